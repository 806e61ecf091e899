// The edge's end of the link: HTTP over the local socket with kept connections, JSON both ways (decisions
// 32).
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
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
  /** Sends a line and streams what follows; no faster than the other end takes it. */
  upload(
    path: string,
    body: { readonly line: string; readonly chunks: AsyncIterable<Uint8Array> },
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<LinkResponse>
  close(): void
}

/** Speaks to the socket at `socketPath`. */
export function createLinkClient(socketPath: string): LinkClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  // Uploads have connections of their own: they must not hold up reports and orders.
  const uploads = new Agent({ keepAlive: true, maxSockets: 16 })
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
          readAnswer(response, call).then(resolve, reject)
        },
      )
      call.on('timeout', () => call.destroy(new Error(`no answer in ${timeoutMs} ms`)))
      call.on('error', reject)
      call.end(bytes ?? undefined)
    })
  return {
    get: (path, options) => send({ method: 'GET', path, body: null, ...options }),
    post: (path, body, options) => send({ method: 'POST', path, body, ...options }),
    upload: (path, { line, chunks }, { timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const headers = { 'gatepost-link': String(LINK_VERSION), 'content-type': 'application/octet-stream' }
        const options = { socketPath, agent: uploads, method: 'POST', path, headers, timeout: timeoutMs }
        const call = request({ ...options, ...(signal === undefined ? {} : { signal }) }, (response) => {
          readAnswer(response, call).then(resolve, reject)
        })
        call.on('timeout', () => call.destroy(new Error(`no answer in ${timeoutMs} ms`)))
        call.on('error', reject)
        pipeline(Readable.from(withLine(line, chunks)), call).catch(reject)
      }),
    close: () => {
      agent.destroy()
      uploads.destroy()
    },
  }
}

function readAnswer(response: IncomingMessage, call: ClientRequest): Promise<LinkResponse> {
  return new Promise((resolve, reject) => {
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
  })
}

async function* withLine(line: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${line}\n`)
  yield* chunks
}
