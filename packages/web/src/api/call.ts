// The typed client: one function that sends any endpoint of the contract and parses what comes back.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { ProblemBody } from '@gatepost/contract/problem.ts'
import type * as z from 'zod'
import { ProblemError, unreachable } from './problem-error.ts'

/** A part of a request that may be left out when the endpoint asks for nothing there. */
type Part<Name extends string, Value> = object extends Value
  ? { readonly [Key in Name]?: Value }
  : Record<string, never> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value }

export type InputOf<E extends Endpoint> = Part<'params', z.input<E['params']>> &
  Part<'query', z.input<E['query']>> &
  Part<'body', z.input<E['body']>> & {
    /** Revision that the change was made from; a newer one answers `changed-meanwhile`. */
    readonly revision?: number
    /** Body of endpoints that take a file. */
    readonly file?: Blob
    readonly signal?: AbortSignal
  }

type AnyInput = {
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
  readonly revision?: number
  readonly file?: Blob
  readonly signal?: AbortSignal
}

/**
 * Sends a request to our own server with the session cookie.
 * @throws ProblemError for every answer that is not the promised one, and when no answer comes.
 */
export async function call<E extends Endpoint>(
  endpoint: E,
  ...[input]: object extends InputOf<E> ? [input?: InputOf<E>] : [input: InputOf<E>]
): Promise<z.output<E['output']>> {
  const given: AnyInput = input ?? {}
  const response = await send(endpoint, given)
  const text = response.status === 204 ? '{}' : await response.text()
  const json = parseJson(text)
  if (!response.ok) throw problemOf(response, json)
  const parsed = endpoint.output.safeParse(json)
  if (!parsed.success) throw strangeAnswer(endpoint.name, response)
  return parsed.data as z.output<E['output']>
}

async function send(endpoint: Endpoint, input: AnyInput): Promise<Response> {
  const unsafe = endpoint.method !== 'GET'
  const headers = new Headers({ accept: 'application/json' })
  if (unsafe) headers.set('x-gatepost', '1')
  if (input.revision !== undefined) headers.set('if-match', `"${input.revision}"`)
  if (input.file) headers.set('content-type', 'text/csv')
  else if (input.body !== undefined) headers.set('content-type', 'application/json')
  const address = pathOf(endpoint.path, fieldsOf(input.params)) + queryOf(fieldsOf(input.query))
  try {
    return await fetch(address, {
      method: endpoint.method,
      headers,
      credentials: 'same-origin',
      body: input.file ?? (input.body === undefined ? null : JSON.stringify(input.body)),
      signal: input.signal ?? null,
    })
  } catch (error) {
    if (input.signal?.aborted) throw error
    throw unreachable()
  }
}

/** Fills `{name}` of a template; a name that is missing is a bug of the page. */
export function pathOf(template: string, params: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params.get(name)
    if (value === undefined) throw new Error(`${template} needs ${name}`)
    return encodeURIComponent(value)
  })
}

function fieldsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(value ?? {}).filter(([, field]) => field !== undefined && field !== null)
  return new Map(entries.map(([name, field]) => [name, String(field)]))
}

function queryOf(query: ReadonlyMap<string, string>): string {
  const text = new URLSearchParams([...query]).toString()
  return text && `?${text}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function problemOf(response: Response, json: unknown): ProblemError {
  const parsed = ProblemBody.safeParse(json)
  if (parsed.success) return new ProblemError(parsed.data)
  return response.status >= 502 && response.status <= 504 ? unreachable() : strangeAnswer('', response)
}

function strangeAnswer(name: string, response: Response): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'The gateway gave an answer that this page does not know',
    status: response.status,
    name: 'strange-answer',
    detail: `${name || response.url} answered ${response.status}. Reload the page: it may be older than the gateway.`,
    errors: [],
    requestId: response.headers.get('x-request-id') ?? '',
  })
}
