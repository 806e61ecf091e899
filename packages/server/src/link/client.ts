// The edge's end of the link: HTTP over the local socket with kept connections, JSON both ways (decisions
// 32).
import { Agent, request } from 'node:http'
import { LINK_VERSION } from './protocol.ts'

const RESPONSE_BYTES_MAX = 64_000_000 // A shard of the largest tenant is far below; a runaway answer is cut.

export type LinkResponse = { readonly status: number; readonly text: string }

export type LinkClient = {
  /** Rejects when control cannot be reached in `timeoutMs`. */
  get(path: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<LinkResponse>
  post(
    path: string,
    body: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<LinkResponse>
  close(): void
}

/** Speaks to the socket at `socketPath`. */
export function createLinkClient(socketPath: string): LinkClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  type Call = { method: string; path: string; body: string | null; timeoutMs: number; signal?: AbortSignal }
  const send = ({ method, path, body, timeoutMs, signal }: Call): Promise<LinkResponse> =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = { 'gatepost-link': String(LINK_VERSION) }
      // Encoded once: a batch of reports is a megabyte.
      const bytes = body === null ? null : Buffer.from(body)
      if (bytes !== null) {
        headers['content-type'] = 'application/json'
        headers['content-length'] = String(bytes.length)
      }
      const call = request(
        { socketPath, agent, method, path, headers, timeout: timeoutMs, signal },
        (response) => {
          const parts: Buffer[] = []
          let size = 0
          response.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size > RESPONSE_BYTES_MAX) call.destroy(new Error('the answer is larger than allowed'))
            else parts.push(chunk)
          })
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') })
          })
          response.on('error', reject)
        },
      )
      call.on('timeout', () => call.destroy(new Error(`no answer in ${timeoutMs} ms`)))
      call.on('error', reject)
      call.end(bytes ?? undefined)
    })
  return {
    get: (path, options) => send({ method: 'GET', path, body: null, ...options }),
    post: (path, body, options) => send({ method: 'POST', path, body, ...options }),
    close: () => agent.destroy(),
  }
}
