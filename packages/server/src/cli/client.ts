// Speaks the HTTP API over data/run/admin.sock: the command line does what the console does, by the same
// endpoints.
import { type IncomingMessage, request } from 'node:http'
import type { BodyIn, Endpoint, OutputOf, ParamsOf, QueryIn } from '@gatepost/contract/endpoint.ts'
import type { ProblemBody } from '@gatepost/contract/problem.ts'

export type CallInput<E extends Endpoint> = {
  readonly params?: ParamsOf<E>
  readonly query?: QueryIn<E>
  readonly body?: BodyIn<E>
  /** The bytes of endpoints that take a file. */
  readonly file?: Uint8Array
}

/** Sends one request. Throws `Refused` for problems and `NotRunning` when nobody answers. */
export type Call = <E extends Endpoint>(endpoint: E, input?: CallInput<E>) => Promise<OutputOf<E>>

/** The API refused; the problem says what happened and what to do. */
export class Refused extends Error {
  readonly problem: ProblemBody

  constructor(problem: ProblemBody) {
    super(problem.title)
    this.problem = problem
  }
}

/** Nobody answers on the socket. The message is a line for people. */
export class NotRunning extends Error {}

/** The socket names its peer by file permissions; the cookie only makes the request a signed-in one. */
const COOKIE = 'gatepost=local'
const ANSWER_MS_MAX = 120_000 // An import of 50,000 rows takes seconds; a route test answers at once.

export function createClient(socketPath: string, dataFolder: string): Call {
  return async (endpoint, input = {}) => {
    const path = pathOf(endpoint.path, input.params) + queryOf(input.query)
    const { status, text } = await send(socketPath, { endpoint, path, body: bodyOf(input) }).catch(
      (error) => {
        throw asNotRunning(error, socketPath, dataFolder)
      },
    )
    if (status === 204) return {} as OutputOf<typeof endpoint>
    if (status < 300 && endpoint.file) return asFile(text) as OutputOf<typeof endpoint>
    const json = parseJson(text)
    if (status >= 200 && status < 300) return json as OutputOf<typeof endpoint>
    if (isProblem(json)) throw new Refused(json)
    throw new Error(`The gateway answered ${status} with something that is no problem: ${text.slice(0, 200)}`)
  }
}

/** A file comes whole here: whoever asks prints it. */
async function* asFile(text: string): AsyncGenerator<string> {
  yield text
}

type Body = { readonly type: string; readonly bytes: Uint8Array } | null

function bodyOf({ body, file }: { readonly body?: unknown; readonly file?: Uint8Array }): Body {
  if (file) return { type: 'text/csv', bytes: file }
  if (body === undefined) return null
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) }
}

function send(
  socketPath: string,
  { endpoint, path, body }: { readonly endpoint: Endpoint; readonly path: string; readonly body: Body },
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const content = body ? { 'content-type': body.type, 'content-length': body.bytes.length } : {}
    const headers = { host: 'localhost', cookie: COOKIE, 'user-agent': 'gatepost-cli', ...content }
    const { method } = endpoint
    const outgoing = request({ socketPath, method, path, headers, timeout: ANSWER_MS_MAX }, (incoming) => {
      readAll(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, text }), reject)
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS_MAX / 1000} s`)))
    outgoing.on('error', reject)
    outgoing.end(body?.bytes)
  })
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

function pathOf(template: string, params: unknown): string {
  const values = new Map(Object.entries((params ?? {}) as object))
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))))
}

function queryOf(query: unknown): string {
  const given = Object.entries((query ?? {}) as object).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isProblem(value: unknown): value is ProblemBody {
  return typeof value === 'object' && value !== null && 'name' in value && 'detail' in value
}

function asNotRunning(error: NodeJS.ErrnoException, socketPath: string, dataFolder: string): Error {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new NotRunning(
        `Gatepost is not running on ${dataFolder}. Start it with npm start, or name its folder by GATEPOST_DATA.`,
      )
    case 'EACCES':
      return new NotRunning(
        `This account may not use ${socketPath}. Run this as the account that runs Gatepost.`,
      )
    case 'ECONNRESET':
      return new NotRunning('Gatepost ended while it was answering. Look at its state with: gatepost status')
    default:
      return error
  }
}
