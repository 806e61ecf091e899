// Fetches a JSON document from a service whose address the operator configured: no redirects, limits in time
// and size.

export type FetchedJson =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'failed'; readonly why: string }

export type FetchJson = (url: string) => Promise<FetchedJson>

const TIMEOUT_MS = 15_000
/** Microsoft's list of all services is about 100 KB. */
const BYTES_MAX = 4 * 1024 * 1024

/** Never rejects. A body that is no JSON is null. */
export async function fetchJson(url: string): Promise<FetchedJson> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json', 'user-agent': 'Gatepost' },
    })
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body ?? []) {
      size += part.length
      if (size > BYTES_MAX) return { kind: 'failed', why: `the answer is longer than ${BYTES_MAX} bytes` }
      parts.push(part)
    }
    return { kind: 'answered', status: response.status, body: parsed(Buffer.concat(parts).toString('utf8')) }
  } catch (error) {
    return { kind: 'failed', why: reasonOf(error) }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as {
    readonly message?: string
    readonly cause?: { readonly message?: string }
  }
  return cause?.message ?? message ?? String(error)
}
