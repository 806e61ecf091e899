// docs/reference/api.md from the contract: every endpoint with permission, fields and problems.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { problems } from '@gatepost/contract/problem.ts'
import { openApi } from '#http/openapi.ts'
import { code, GENERATED, markdownTable, page } from './markdown.ts'

/** The parts of JSON Schema that the contract uses. */
type Schema = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly description?: string
}
type Operation = {
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Schema } } }
  readonly responses: {
    readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: Schema } } }
  }
}

export function apiPage(): string {
  const tags = [...new Set(endpoints.map(({ tag }) => tag))]
  const operations = operationsByName()
  return page(
    '# API',
    GENERATED.replace('the source it names', '`packages/contract/src/`'),
    [
      'Everything the console does. A running gateway shows the same at `/docs/api`, and gives OpenAPI 3.1 at',
      '`/openapi.json`. Signing in answers with a session cookie. Times are epoch milliseconds. Lists take `limit`',
      '(up to 500) and `after`. Changes take the revision they are based on in `If-Match`. A `POST` with an',
      '`Idempotency-Key` that comes again within the hour, while the gateway runs, is answered as before and not done',
      'again. Fields and query parameters that are not named here are refused; where something is changed, what was',
      'read may be sent back. Errors are RFC 9457 problems with a `name` from the list at the end.',
    ].join('\n'),
    ...tags.flatMap((tag) => [
      `## ${tag}`,
      ...endpoints.filter((one) => one.tag === tag).map((one) => entry(one, operations.get(one.name))),
    ]),
    '## Problems',
    markdownTable(
      ['Name', 'Status', 'Meaning'],
      Object.entries(problems).map(([name, { status, title }]) => [code(name), String(status), title]),
    ),
  )
}

function entry(endpoint: Endpoint, operation: Operation | undefined): string {
  const { name, method, path, summary, allow, status } = endpoint
  const named = endpoint.problems.map(code).join(', ')
  return page(
    `### ${name}`,
    `\`${method} ${path}\``,
    summary,
    `Permission ${code(allow)}, answers ${status}${named ? `, problems ${named}` : ''}.`,
    ...fieldsOf(endpoint, operation),
  ).trimEnd()
}

function fieldsOf(endpoint: Endpoint, operation: Operation | undefined): string[] {
  const query = (operation?.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const body = operation?.requestBody?.content['application/json']?.schema
  const answer = operation?.responses[String(endpoint.status)]?.content?.['application/json']?.schema
  const rows = [
    ...query.map(({ name, schema, required }) => [
      'query',
      code(name),
      typeOf(schema),
      required ? 'yes' : '',
    ]),
    ...bodyRows(body),
  ]
  return [
    ...(rows.length > 0 ? [markdownTable(['In', 'Field', 'Type', 'Needed'], rows)] : []),
    ...(endpoint.raw
      ? [`Body: ${endpoint.raw.mediaTypes.map(code).join(', ')}, at most ${endpoint.raw.bytesMax} bytes.`]
      : []),
    ...(answer ? [`Answer: ${typeOf(answer)}.`] : []),
  ]
}

function bodyRows(body: Schema | undefined): string[][] {
  const required = body?.required ?? []
  if (body?.oneOf) return [['body', '', typeOf(body), 'yes']]
  return Object.entries(body?.properties ?? {}).map(([name, schema]) => {
    return ['body', code(name), typeOf(schema), required.includes(name) ? 'yes' : '']
  })
}

/** A type in a few words; objects name their fields. */
function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.oneOf) return `one of ${schema.oneOf.length} objects, told apart by their fields`
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`
  return schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ')
}

function operationsByName(): ReadonlyMap<string, Operation> {
  // The document is made here, so its shape is known.
  const { paths } = openApi(endpoints, '') as {
    readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  }
  return new Map(
    endpoints.flatMap(({ name, path, method }) => {
      const operation = paths[path]?.[method.toLowerCase()]
      return operation ? [[name, operation] as const] : []
    }),
  )
}
