// Orders one certificate from an authority by ACME (RFC 8555), proven over HTTP (§8.3). The only place that
// knows the library, which is loaded at the first order: most processes never need it.
import { Agent } from 'node:https'
import { certificateRequest } from '#platform/certificate-request.ts'

export type Authority = {
  readonly directory: string
  readonly contact: string | null
  /** PEM of the authority that its own certificate is trusted by; null takes the public ones. */
  readonly ca: string | null
  /** External account binding (RFC 8555 §7.3.4). */
  readonly externalAccount: { readonly keyId: string; readonly hmacKey: string } | null
}

export type OrderOptions = {
  readonly authority: Authority
  /** PEM; an unknown one becomes a new account. */
  readonly accountKey: string
  /** PEM of the host's key. */
  readonly key: string
  readonly name: string
  /** Makes the proof of a token readable at `http://NAME/.well-known/acme-challenge/TOKEN`. */
  readonly publish: (token: string, proof: string) => Promise<void>
}

/** The authority refused, or could not be asked; the message is its own words. */
export class AuthorityFault extends Error {}

/** What the library adds to its HTTP client, which its types do not tell. */
type AcmeSettings = { retryMaxAttempts: number; retryDefaultDelay: number }

/** For one request of several. */
const REQUEST_MS = 20_000
/** Waits of 0.5, 1, 2 … 10 s: some 75 s in all for an authority that looks from several places. */
const POLLS = { backoffAttempts: 12, backoffMin: 500, backoffMax: 10_000 } as const
const STILL_PENDING = /pending or processing/
const WORDS_MAX = 700

/** Returns the PEM chain. Throws `AuthorityFault`. */
export async function orderCertificate(options: OrderOptions): Promise<string> {
  try {
    return await order(options)
  } catch (error) {
    throw new AuthorityFault(wordsOf(error))
  }
}

async function order({ authority, accountKey, key, name, publish }: OrderOptions): Promise<string> {
  const { default: acme } = await import('acme-client')
  const { directory, contact, ca, externalAccount } = authority
  const defaults = acme.axios.defaults as typeof acme.axios.defaults & { acmeSettings: AcmeSettings }
  defaults.timeout = REQUEST_MS
  // What fails is tried again by our own schedule, and told meanwhile.
  defaults.acmeSettings.retryMaxAttempts = 1
  defaults.acmeSettings.retryDefaultDelay = 1
  if (ca !== null) defaults.httpsAgent = new Agent({ ca })
  const client = new acme.Client({
    directoryUrl: directory,
    accountKey,
    ...POLLS,
    ...(externalAccount && {
      externalAccountBinding: { kid: externalAccount.keyId, hmacKey: externalAccount.hmacKey },
    }),
  })
  // For a key that the authority knows this finds the account (§7.3.1), also after it was moved or restored.
  await client.createAccount({
    termsOfServiceAgreed: true,
    ...(contact === null ? {} : { contact: [`mailto:${contact}`] }),
  })
  const ordered = await client.createOrder({ identifiers: [{ type: 'dns', value: name }] })
  for (const authorization of await client.getAuthorizations(ordered)) {
    if (authorization.status === 'valid') continue
    const challenge = authorization.challenges.find(({ type }) => type === 'http-01')
    if (challenge === undefined) throw new Error(`No challenge over HTTP is offered for ${name}.`)
    await publish(challenge.token, await client.getChallengeKeyAuthorization(challenge))
    await client.completeChallenge(challenge)
    await client.waitForValidStatus(challenge)
  }
  // The library's own writer stumbles over two versions of its schemas in one tree.
  const done = await client.finalizeOrder(ordered, certificateRequest([name], key))
  return client.getCertificate(done)
}

/** One line, cut, and without what could leave a page or a log. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  if (STILL_PENDING.test(text)) return 'The authority did not decide in time.'
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > WORDS_MAX ? `${line.slice(0, WORDS_MAX)}…` : line || 'The authority said nothing.'
}
