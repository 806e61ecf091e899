// OpenAPI 3.1 from the contract: the same objects that validate requests describe them.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { problems } from '@gatepost/contract/problem.ts'
import * as z from 'zod'
import { takesKey } from './done-requests.ts'
import { isStrict, requestSchema } from './request-schema.ts'

type Json = { readonly [name: string]: unknown }

const WORDS = [
  'Everything the console does. Errors are RFC 9457 problems. Times are epoch milliseconds.',
  'Fields and query parameters that an operation does not name are refused (`invalid-input`), unless its',
  '`x-unknown-fields` says `passed-over`. Where something is changed, fields marked `readOnly` may be sent',
  'back as they were read, beside at least one that can be changed; they change nothing.',
].join(' ')

/** The whole document, for `/openapi.json`. */
export function openApi(endpoints: readonly Endpoint[], version: string): Json {
  const paths = new Map<string, Map<string, Json>>()
  for (const endpoint of endpoints) {
    const methods = paths.get(endpoint.path) ?? new Map<string, Json>()
    methods.set(endpoint.method.toLowerCase(), operationOf(endpoint))
    paths.set(endpoint.path, methods)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatepost API',
      version,
      description: WORDS,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries([...paths].map(([path, methods]) => [path, Object.fromEntries(methods)])),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-gatepost' },
        token: { type: 'http', scheme: 'bearer', description: 'An API token, `gp_…`.' },
      },
      schemas: { Problem: problemSchema() },
    },
  }
}

function operationOf(endpoint: Endpoint): Json {
  const responses = new Map<string, Json>([[String(endpoint.status), successOf(endpoint)]])
  for (const name of endpoint.problems) {
    const { status, title } = problems[name]
    const earlier = responses.get(String(status)) as { readonly description?: string } | undefined
    const description = earlier?.description
      ? `${earlier.description}; ${name}: ${title}`
      : `${name}: ${title}`
    responses.set(String(status), {
      description,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
  }
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    description: `Permission: ${endpoint.allow}.`,
    'x-permission': endpoint.allow,
    'x-problems': endpoint.problems,
    'x-unknown-fields': isStrict(endpoint) ? 'refused' : 'passed-over',
    ...securityOf(endpoint),
    parameters: [
      ...parametersOf(endpoint, 'path'),
      ...parametersOf(endpoint, 'query'),
      ...headersOf(endpoint),
    ],
    ...bodyOf(endpoint),
    responses: Object.fromEntries(responses),
  }
}

function successOf(endpoint: Endpoint): Json {
  if (endpoint.status === 204) return { description: 'Done.' }
  if (endpoint.file) {
    return { description: 'A file.', content: { [endpoint.file.mediaType]: { schema: { type: 'string' } } } }
  }
  return {
    description: 'Done.',
    content: { 'application/json': { schema: outputSchema(endpoint.output) } },
  }
}

function bodyOf(endpoint: Endpoint): Json {
  if (endpoint.raw) {
    const content = endpoint.raw.mediaTypes.map((type) => [
      type,
      { schema: { type: 'string', format: 'binary' } },
    ])
    const description = `At most ${endpoint.raw.bytesMax} bytes.`
    return { requestBody: { required: true, description, content: Object.fromEntries(content) } }
  }
  const schema = requestSchema(endpoint, 'body') as { readonly properties?: Json }
  // A choice of several objects has no fields of its own.
  if (schema.properties && Object.keys(schema.properties).length === 0) return {}
  return { requestBody: { required: true, content: { 'application/json': { schema } } } }
}

function parametersOf(endpoint: Endpoint, place: 'path' | 'query'): Json[] {
  const { properties, required } = requestSchema(endpoint, place === 'path' ? 'params' : 'query') as {
    readonly properties?: { readonly [name: string]: { readonly description?: string } }
    readonly required?: readonly string[]
  }
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (required ?? []).includes(name),
    schema: property,
    ...(property.description ? { description: property.description } : {}),
  }))
}

function headersOf(endpoint: Endpoint): Json[] {
  const header = (name: string, description: string): Json => {
    return { name, in: 'header', required: false, schema: { type: 'string' }, description }
  }
  return [
    ...(endpoint.problems.includes('changed-meanwhile') && endpoint.method !== 'POST'
      ? [header('If-Match', 'The revision that the change is based on, as its ETag has it, such as `"7"`.')]
      : []),
    ...(takesKey(endpoint)
      ? [header('Idempotency-Key', 'Sent again with the same key within the hour, it is not done again.')]
      : []),
  ]
}

function outputSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  return rest
}

function problemSchema(): Json {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'name', 'detail', 'errors', 'requestId'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      name: { type: 'string', enum: Object.keys(problems) },
      detail: { type: 'string', description: 'What happened and what to do.' },
      errors: {
        type: 'array',
        items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
      },
      requestId: { type: 'string' },
      retryAfter: { type: 'integer', description: 'Seconds to wait.' },
    },
  }
}

/** Agents come with a token of their own; people by session or API token. */
function securityOf({ allow }: Endpoint): object {
  if (allow === 'public') return {}
  return { security: allow === 'agent' ? [{ token: [] }] : [{ session: [] }, { token: [] }] }
}
