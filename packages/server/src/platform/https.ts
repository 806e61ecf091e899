// Fetches a small text over HTTPS from an address that was chosen before: the name is looked up by nobody
// else, so no guard is passed by. Certificates are verified, redirects are not followed.
import { Agent, request } from 'node:https'

export type HttpsAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Lower case, without parameters. */
      readonly mediaType: string
      readonly text: string
    }
  /** Nobody answered in time, the certificate is wrong, or the answer is too long. */
  | { readonly kind: 'failed'; readonly why: string }

export type HttpsQuestion = {
  /** For the URL, SNI and the name in the certificate. */
  readonly host: string
  readonly ip: string
  readonly port: number
  readonly path: string
  readonly bytesMax: number
  /** For the whole of it. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** PEM of authorities to trust beside the usual ones. */
  readonly ca?: string | undefined
}

/** Asks by GET. Never rejects. */
export function fetchText(question: HttpsQuestion): Promise<HttpsAnswer> {
  const { host, ip, port, path, bytesMax, timeoutMs, ca } = question
  const limit = AbortSignal.timeout(timeoutMs)
  const signal = question.signal === undefined ? limit : AbortSignal.any([limit, question.signal])
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve({ kind: 'failed', why: limit.aborted ? `no answer in ${timeoutMs / 1000} s` : error.message })
    const asked = request(
      {
        host: ip,
        port,
        path,
        servername: host,
        headers: {
          host: port === 443 ? host : `${host}:${port}`,
          accept: 'text/plain',
          'user-agent': 'Gatepost',
        },
        agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
        signal,
        ...(ca === undefined ? {} : { ca }),
      },
      (response) => {
        const parts: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          parts.push(chunk)
          if (size > bytesMax) asked.destroy(new Error(`the answer is longer than ${bytesMax} bytes`))
        })
        response.on('end', () => {
          const mediaType = (response.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
          const text = Buffer.concat(parts).toString('utf8')
          resolve({ kind: 'answered', status: response.statusCode ?? 0, mediaType, text })
        })
        response.on('error', fail)
      },
    )
    asked.on('error', fail)
    asked.end()
  })
}
