// Word of an alert by webhook: a signed POST to where the organisation chose, which need not cross this
// gateway.
import { createHmac } from 'node:crypto'
import type { PinnedFetch } from '#platform/pinned-fetch.ts'

export type WebhookBody = {
  /** The same at every attempt: a receiver that saw it before forgets the copy. */
  readonly id: string
  readonly event: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string } | null
  readonly alert: {
    readonly id: string
    readonly kind: string
    readonly subject: string
    readonly severity: string
    readonly text: string
    readonly remedy: string
    readonly link: string
    readonly raisedAt: number
    readonly clearedAt: number | null
  } | null
}

export type WebhookSent = { readonly ok: true } | { readonly ok: false; readonly why: string }

const TIMEOUT_MS = 10_000
/** Of an answer that says no, for the page. */
const ANSWER_SHOWN_MAX = 200

/**
 * Posts it with `Gatepost-Signature: t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 of `SECONDS.BODY` under the
 * secret (RFC 2104). Any 2xx answer takes it. Never rejects.
 */
export async function postWebhook(
  {
    url,
    secret,
    body,
    now,
  }: {
    readonly url: string
    readonly secret: string
    readonly body: WebhookBody
    readonly now: number
  },
  fetch: PinnedFetch,
): Promise<WebhookSent> {
  const text = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'gatepost-event': body.event,
    'gatepost-delivery': body.id,
    'gatepost-signature': signatureOf(text, { secret, seconds: Math.floor(now / 1000) }),
  }
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(url, { method: 'POST', headers, body: text, signal })
    if (response.status >= 200 && response.status < 300) return { ok: true }
    const said = (await response.text()).replaceAll(/\s+/g, ' ').trim().slice(0, ANSWER_SHOWN_MAX)
    return { ok: false, why: `It answered ${response.status}${said === '' ? '' : `: ${said}`}.` }
  } catch (error) {
    return { ok: false, why: reasonOf(error) }
  }
}

/** The value of `Gatepost-Signature`. */
export function signatureOf(
  text: string,
  { secret, seconds }: { readonly secret: string; readonly seconds: number },
): string {
  const hex = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')
  return `t=${seconds},v1=${hex}`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `It did not answer within ${TIMEOUT_MS / 1000} s.`
  return error.message.endsWith('.') ? error.message : `${error.message}.`
}
