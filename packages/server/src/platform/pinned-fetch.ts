// A fetch that connects only where somebody else chose: names are resolved and judged first, the connection
// goes to that address, and redirects are not followed, so that no answer leads it inside our network.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export type PinnedFetch = (url: string, init?: PinnedInit) => Promise<Response>

export type PinnedInit = {
  readonly method?: string
  readonly headers?: ConstructorParameters<typeof Headers>[0]
  readonly body?: string | URLSearchParams | Uint8Array | null
  readonly signal?: AbortSignal | null
}

/** Longer answers are cut off: discovery documents, key sets and metadata are far below. */
const BYTES_MAX = 2 * 1024 * 1024
const TIMEOUT_MS = 15_000

/** `addressesOf` resolves a host and leaves what may be connected to; it throws where nothing is left. */
export function createPinnedFetch(
  addressesOf: (host: string, port: number) => Promise<readonly string[]>,
): PinnedFetch {
  return async (text, init = {}) => {
    const url = new URL(text)
    const isSecure = url.protocol === 'https:'
    const port = Number(url.port) || (isSecure ? 443 : 80)
    const [address] = await addressesOf(url.hostname, port)
    if (address === undefined) throw new Error(`no address of ${url.hostname} may be connected to`)
    const response = await send(url, { address, port, isSecure, init })
    const body = await bytesOf(response)
    const status = response.statusCode ?? 502
    const headers = new Headers()
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
    const isEmpty = status === 204 || status === 304
    return new Response(isEmpty ? null : new Uint8Array(body), { status, headers })
  }
}

type Target = {
  readonly address: string
  readonly port: number
  readonly isSecure: boolean
  readonly init: PinnedInit
}

function send(url: URL, { address, port, isSecure, init }: Target): Promise<IncomingMessage> {
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  const signal = init.signal ? AbortSignal.any([limit, init.signal]) : limit
  const body = init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? null)
  const headers = new Headers(init.headers)
  if (init.body instanceof URLSearchParams && !headers.has('content-type'))
    headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
  const options = {
    host: address,
    port,
    path: `${url.pathname}${url.search}`,
    method: init.method ?? 'GET',
    headers: {
      ...Object.fromEntries(headers),
      host: url.host,
      'user-agent': 'Gatepost',
      ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
    signal,
  }
  return new Promise((resolve, reject) => {
    const asked = isSecure
      ? httpsRequest(
          { ...options, servername: url.hostname, agent: new HttpsAgent({ keepAlive: false }) },
          resolve,
        )
      : httpRequest({ ...options, agent: new HttpAgent({ keepAlive: false }) }, resolve)
    asked.on('error', reject)
    asked.end(body ?? undefined)
  })
}

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length
    if (size > BYTES_MAX) throw new Error(`the answer is longer than ${BYTES_MAX} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
