// A small JSON server on loopback with faults to order: what the sandbox's web APIs stand on.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type JsonRequest = {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type JsonAnswer = {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Faults wait here; each answer takes one away. */
export type WebFaults = {
  /** Answers of 429 before the next real one. */
  throttle: number
  /** `Retry-After` of those; null leaves it out. */
  retryAfterSeconds: number | null
  /** Answers that break off in the middle. */
  cut: number
  /** Answers of 503. */
  overload: number
}

export type JsonServer = {
  readonly url: string
  readonly faults: WebFaults
  /** Requests so far, oldest first. */
  readonly requests: readonly JsonRequest[]
  stop(): Promise<void>
}

const BODY_BYTES_MAX = 4_000_000
/** Tests look at the last ones; a sandbox that runs for days keeps no more. */
const REQUESTS_KEPT = 5_000

/** Starts a server on 127.0.0.1. `isExempt` requests never meet a fault. */
export async function startJsonServer(
  answer: (request: JsonRequest) => JsonAnswer | Promise<JsonAnswer>,
  options: { readonly port?: number; readonly isExempt?: (request: JsonRequest) => boolean } = {},
): Promise<JsonServer> {
  const faults: WebFaults = { throttle: 0, retryAfterSeconds: 0, cut: 0, overload: 0 }
  const requests: JsonRequest[] = []
  const server = createServer((incoming, response) => {
    void readRequest(incoming)
      .then(async (request) => {
        if (requests.length >= REQUESTS_KEPT) requests.shift()
        requests.push(request)
        const exempt = options.isExempt?.(request) === true
        const fault = exempt ? null : nextFault(faults)
        if (fault === 'cut') return cutOff(response, await answer(request))
        write(response, fault ?? (await answer(request)))
      })
      .catch((error: unknown) => {
        write(response, { status: 500, body: { fault: error instanceof Error ? error.message : 'unknown' } })
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    requests,
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function nextFault(faults: WebFaults): JsonAnswer | 'cut' | null {
  if (faults.throttle > 0) {
    faults.throttle -= 1
    const { retryAfterSeconds } = faults
    const headers: Record<string, string> =
      retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
    return {
      status: 429,
      headers,
      body: { error: { code: 'TooManyRequests', message: 'Too many requests.' } },
    }
  }
  if (faults.overload > 0) {
    faults.overload -= 1
    return { status: 503, body: { error: { code: 'ServiceUnavailable', message: 'Try again.' } } }
  }
  if (faults.cut === 0) return null
  faults.cut -= 1
  return 'cut'
}

async function readRequest(incoming: IncomingMessage): Promise<JsonRequest> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new Error('the body is too large')
    parts.push(chunk)
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value)
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`),
    headers,
    body: Buffer.concat(parts).toString('utf8'),
  }
}

function write(response: ServerResponse, { status, body, headers }: JsonAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

/** Half of the answer under the length of the whole, then the connection ends. */
function cutOff(response: ServerResponse, { status, body }: JsonAnswer): void {
  const text = Buffer.from(JSON.stringify(body ?? {}))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(text.length) })
  response.write(text.subarray(0, Math.floor(text.length / 2)), () => response.destroy())
}
