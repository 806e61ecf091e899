// What goes on top of a message when it leaves: DKIM signatures of the author's domain where that is the
// tenant's, an ARC seal where the author is somebody else (O6). Never the one for the other.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { addressKey } from '@gatepost/mail/address.ts'
import { authorsOf } from '@gatepost/mail/author.ts'
import { type HeaderField, parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import { arcFields } from '#authentication/arc-fields.ts'
import { arcSeal } from '#authentication/arc-seal.ts'
import { BodyHash } from '#authentication/body-hash.ts'
import { dkimSignature, MessageToSign, type SignatureMade, type SigningKey } from '#authentication/sign.ts'
import type { Emit } from '#events/emit.ts'
import { SIGNING_KEY_COLUMN } from '#link/signing-key.ts'
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import type { SealedKey, TenantSettings } from '#policy/settings.ts'
import type { Envelope } from '#spool/spool.ts'
import { resultsIn } from './own-results.ts'
import { isSigningWanted, signingDomainOf } from './signing-domain.ts'

export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

export type Stamp = {
  /** Header fields with line endings; ASCII. */
  readonly fields: string
  readonly made: readonly SignatureMade[]
  /** Forward-paths that a policy leaves without it. */
  readonly notFor?: ReadonlySet<string>
  /** Why a signature that belongs there is not there. */
  readonly failed: string | null
}

/** Null, at once, where nothing is to be signed. The promise never rejects. */
export type Stamper = (envelope: Envelope, content: Chunks, about?: StampAbout) => Promise<Stamp> | null

export type StampAbout = {
  /** We changed the text, so the author's signature is broken: a seal says what it was (RFC 8617 §5.1). */
  readonly isAltered: boolean
}

export type StamperDeps = {
  readonly settingsOf: (tenantId: string) => TenantSettings | null
  readonly tenantOfDomain: (domain: string) => string | null
  /** Opens private keys; null signs nothing. */
  readonly secrets: Pick<SecretBox, 'open'> | null
  readonly clock: Pick<Clock, 'now'>
  readonly emit: Emit
}

const UNALTERED: StampAbout = { isAltered: false }
const UNSTAMPED: Stamp = { fields: '', made: [], failed: null }
/** As edges read headers: a longer one was not accepted. */
const HEADER_BYTES_MAX = 262_144
/** Opened keys kept ready. */
const KEYS_MAX = 5_000
const AUTHOR_OPTIONS = { allowUtf8: true, allowLiteral: true, allowUnderscore: true, toAscii: domainToASCII }

/** The stamp as it goes to some recipients: those that a policy leaves without it get none. */
export function stampFor(stamp: Stamp, recipients: readonly { readonly forwardPath: string }[]): Stamp {
  const isLeft =
    recipients.length > 0 && recipients.every(({ forwardPath }) => stamp.notFor?.has(forwardPath))
  return isLeft ? UNSTAMPED : stamp
}

/** Stamps messages; opens each key once. */
export function createStamper(deps: StamperDeps): Stamper {
  const { settingsOf, secrets, emit } = deps
  if (secrets === null) return () => null
  const opened = new BoundedCache<KeyObject>(KEYS_MAX)
  const open = (tenantId: string, { sealed, ...key }: SealedKey): SigningKey => {
    const name = `${key.id} ${sealed}`
    let found = opened.get(name, 0)
    if (found === undefined) {
      const place = { tenantId, column: SIGNING_KEY_COLUMN, id: key.id }
      found = createPrivateKey(secrets.open(sealed, place))
      opened.set(name, found, 1)
    }
    return { ...key, key: found }
  }
  return (envelope, content, { isAltered } = UNALTERED) => {
    const settings = settingsOf(envelope.tenantId)
    const { signing } = settings ?? {}
    if (settings === null || signing === undefined || signing.keys.length === 0) return null
    const isOurs = envelope.isOurs === true
    if (envelope.direction === 'inbound' && !isOurs && !isAltered && !isSealed(envelope, settings))
      return null
    return stamp({ envelope, content, settings, open, isAltered }, deps).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      emit('delivery.signing.failed', { messageId: envelope.id, tenantId: envelope.tenantId, why })
      return { fields: '', made: [], failed: why }
    })
  }
}

type Work = {
  readonly envelope: Envelope
  readonly content: Chunks
  readonly settings: TenantSettings
  readonly open: (tenantId: string, key: SealedKey) => SigningKey
  readonly isAltered: boolean
}

async function stamp(
  { envelope, content, settings, open, isAltered }: Work,
  deps: StamperDeps,
): Promise<Stamp> {
  const { clock, tenantOfDomain } = deps
  const { tenantId } = settings
  const keys = settings.signing?.keys ?? []
  const { fields, bodyHash } = await readThrough(content)
  const now = clock.now()
  const isOurs = envelope.isOurs === true
  if (envelope.direction === 'outbound' || isOurs) {
    const authors = authorsIn(fields)
    const domain = signingDomainOf(authors, { settings, tenantOfDomain })
    if (domain !== null) {
      const unsigned = isOurs
        ? []
        : envelope.recipients.filter(({ forwardPath }) => {
            return !isSigningWanted({ envelope, forwardPath, authors, settings, now })
          })
      if (unsigned.length > 0 && unsigned.length === envelope.recipients.length) return UNSTAMPED
      const message = new MessageToSign(fields, bodyHash)
      const some = keys.filter((key) => key.domain === domain).map((key) => open(tenantId, key))
      const texts = await Promise.all(some.map((key) => dkimSignature(message, key, now)))
      const signed = { fields: texts.join(''), made: some.map((key) => madeBy('dkim', key)), failed: null }
      const notFor = new Set(unsigned.map(({ forwardPath }) => forwardPath))
      return notFor.size === 0 ? signed : { ...signed, notFor }
    }
  }
  const sealing = isAltered || isSealed(envelope, settings) ? sealingKeyOf(envelope, keys) : null
  if (sealing === null) return UNSTAMPED
  const chain = arcFields(fields)
  const results = resultsIn(envelope.traceFields)
  // What nobody authenticated cannot be vouched for; a chain that failed stays failed.
  if (results === null || results.arc === 'fail') return UNSTAMPED
  const key = open(tenantId, sealing)
  const state = results.arc
  const message = new MessageToSign(fields, bodyHash)
  const text = await arcSeal({ message, chain, state, results: results.text, key, now })
  return text === null ? UNSTAMPED : { fields: text, made: [madeBy('arc', key)], failed: null }
}

/** What leaves for elsewhere is sealed unless nothing is; for our own domains only where all is. */
function isSealed({ recipients }: Envelope, { signing, domains }: TenantSettings): boolean {
  if (signing === undefined || signing.seals === 'none') return false
  if (signing.seals === 'all') return true
  return recipients.some(({ forwardPath }) => {
    const domain = forwardPath.slice(forwardPath.lastIndexOf('@') + 1)
    return !domains.some(({ name }) => name === domain)
  })
}

function madeBy(kind: SignatureMade['kind'], { domain, selector, algorithm }: SigningKey): SignatureMade {
  return { kind, domain, selector, algorithm }
}

/** RSA, since verifiers of chains know it; of the recipient's own domain where that has a key. */
function sealingKeyOf({ recipients }: Envelope, keys: readonly SealedKey[]): SealedKey | null {
  const usable = keys.filter(({ algorithm }) => algorithm === 'rsa-sha256')
  const to = new Set(recipients.map(({ forwardPath }) => forwardPath.slice(forwardPath.lastIndexOf('@') + 1)))
  return usable.find(({ domain }) => to.has(domain)) ?? usable[0] ?? null
}

/** Address keys of all authors; null where one cannot be read, or the field stands there twice. */
function authorsIn(fields: readonly HeaderField[]): readonly string[] | null {
  if (fields.filter(({ nameLower }) => nameLower === 'from').length !== 1) return null
  const authors = authorsOf(fields, AUTHOR_OPTIONS)
  const known = authors.flatMap(({ mailbox }) => (mailbox === null ? [] : addressKey(mailbox)))
  return known.length === authors.length ? known : null
}

/** The fields of the header, and the hash of the body in relaxed form. Chunks may be used again: copied. */
async function readThrough(
  content: Chunks,
): Promise<{ readonly fields: readonly HeaderField[]; readonly bodyHash: string }> {
  const body = new BodyHash({ canon: 'relaxed', algorithm: 'sha256', length: null })
  let head: Uint8Array = new Uint8Array()
  let isWhole = false
  for await (const chunk of content) {
    if (isWhole) {
      body.write(chunk)
      continue
    }
    head = head.length === 0 ? Uint8Array.from(chunk) : Buffer.concat([head, chunk])
    const { headerBytes, bodyOffset } = splitMessage(head)
    // The end may be the end of what is here so far.
    if (bodyOffset === headerBytes.length && head.length < HEADER_BYTES_MAX) continue
    isWhole = true
    body.write(head.subarray(bodyOffset))
    head = headerBytes
  }
  // A message without an empty line is all header.
  const parsed = parseHeaderFields(head, { maxBytes: HEADER_BYTES_MAX })
  if (!parsed.ok) throw new Error(`the header cannot be read: ${parsed.fault}`)
  return { fields: parsed.value, bodyHash: body.digest().hash }
}
