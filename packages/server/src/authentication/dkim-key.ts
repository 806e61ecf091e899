// Public keys of DKIM and ARC from DNS (RFC 6376 §3.6.1, RFC 8463 §4), read once and kept ready for use:
// reading a key costs as much as verifying with it.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { colonList, parseTagList, unfolded } from './tag-list.ts'

export type PublicKey = {
  readonly kind: 'key'
  readonly key: KeyObject
  readonly type: 'rsa' | 'ed25519'
  /** t=s: i= must not lie below d=. */
  readonly isStrictIdentity: boolean
}

export type KeyFault = {
  readonly kind: 'fault'
  readonly result: 'neutral' | 'policy' | 'temperror'
  readonly reason: string
}

/** Keys kept ready: a busy edge sees some thousand signers in an hour. */
const KEYS_MAX = 5_000
/** A key that is withdrawn must stop to count within the hour, whatever its record says. */
const KEY_TTL_MS_MAX = 3_600_000
/** RFC 8301 §3.2: shorter RSA keys prove nothing. */
const RSA_BITS_MIN = 1_024
/** RFC 8301 §3.2 asks for 4,096; each doubling costs four times as much. */
const RSA_BITS_MAX = 8_192
/** A key of `RSA_BITS_MAX` has 1,500 characters. */
const RECORD_CHARACTERS_MAX = 8_192
/** Look-ups at one time; beyond it keys are not to be had now. */
const LOOKUPS_MAX = 2_000
const ED25519_OCTETS = 32
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** Finds and remembers public keys. */
export class KeyStore {
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #keys = new BoundedCache<PublicKey | KeyFault>(KEYS_MAX)
  readonly #underWay = new Map<string, Promise<PublicKey | KeyFault>>()

  constructor({ dns, clock }: { readonly dns: Dns; readonly clock: Clock }) {
    this.#dns = dns
    this.#clock = clock
  }

  /** The key at `selector._domainkey.domain`. Never rejects; DNS trouble is a fault with `temperror`. */
  find(selector: string, domain: string): PublicKey | KeyFault | Promise<PublicKey | KeyFault> {
    const name = `${selector}._domainkey.${domain}`
    const kept = this.#keys.get(name, this.#clock.now()) ?? this.#underWay.get(name)
    if (kept !== undefined) return kept
    if (this.#underWay.size >= LOOKUPS_MAX) return fault('temperror', 'too many look-ups at once')
    const look = this.#ask(name).finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, look)
    return look
  }

  async #ask(name: string): Promise<PublicKey | KeyFault> {
    const answer = await this.#dns
      .query({ name, type: 'TXT' })
      .catch((error: unknown) => ({ kind: 'failed' as const, why: String(error) }))
    if (answer.kind === 'failed') return fault('temperror', `DNS failure: ${answer.why}`)
    const record = answer.kind === 'found' ? recordOf(answer.records) : null
    const key = record === null ? fault('neutral', 'no key') : readKey(record)
    this.#keys.set(name, key, this.#clock.now() + Math.min(KEY_TTL_MS_MAX, answer.ttl * 1_000))
    return key
  }
}

/** RFC 6376 §3.6.2.2 leaves several records open: the first that has a key counts, in whatever order. */
function recordOf(records: readonly string[]): string | null {
  return records.find((text) => /(?:^|;)[ \t\r\n]*p[ \t\r\n]*=/.test(text)) ?? records[0] ?? null
}

/** Reads a key record (RFC 6376 §3.6.1). */
export function readKey(record: string): PublicKey | KeyFault {
  if (record.length > RECORD_CHARACTERS_MAX) return fault('neutral', 'invalid public key')
  const tags = parseTagList(unfolded(record))
  if (tags === null) return fault('neutral', 'invalid public key')
  const version = tags.get('v')
  if (version !== undefined && (version !== 'DKIM1' || tags.keys().next().value !== 'v')) {
    return fault('neutral', 'unknown key version')
  }
  const text = tags.get('p')
  if (text === undefined || text === '') return fault('neutral', 'invalid public key')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return fault('neutral', 'invalid public key')
  const services = tags.get('s')
  if (services !== undefined && !colonList(services).some((name) => name === 'email' || name === '*')) {
    return fault('neutral', 'key not for email')
  }
  const hashes = tags.get('h')
  if (hashes !== undefined && !colonList(hashes).includes('sha256')) {
    return fault('neutral', 'inappropriate hash algorithm')
  }
  const type = (tags.get('k') ?? 'rsa').toLowerCase()
  const isStrictIdentity = colonList(tags.get('t') ?? '').includes('s')
  if (type !== 'rsa' && type !== 'ed25519') return fault('neutral', 'unknown key type')
  return keyOf(Buffer.from(text, 'base64'), type, isStrictIdentity)
}

function keyOf(octets: Buffer, type: PublicKey['type'], isStrictIdentity: boolean): PublicKey | KeyFault {
  if (type === 'ed25519' && octets.length !== ED25519_OCTETS) return fault('neutral', 'invalid public key')
  let key: KeyObject
  try {
    key =
      type === 'ed25519'
        ? createPublicKey({ key: Buffer.concat([ED25519_PREFIX, octets]), format: 'der', type: 'spki' })
        : createPublicKey({ key: octets, format: 'der', type: isBareRsa(octets) ? 'pkcs1' : 'spki' })
  } catch {
    return fault('neutral', 'unknown key type')
  }
  if (key.asymmetricKeyType !== type) return fault('neutral', 'unknown key type')
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (type === 'rsa' && bits < RSA_BITS_MIN) return fault('policy', `RSA key of ${bits} bits`)
  if (type === 'rsa' && bits > RSA_BITS_MAX) return fault('policy', `RSA key of ${bits} bits`)
  return { kind: 'key', key, type, isStrictIdentity }
}

/** A bare RSAPublicKey begins with an INTEGER, a SubjectPublicKeyInfo with a SEQUENCE. */
function isBareRsa(der: Uint8Array): boolean {
  if (der.length < 3 || der[0] !== 0x30) return false
  return der[der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f)] === 0x02
}

function fault(result: KeyFault['result'], reason: string): KeyFault {
  return { kind: 'fault', result, reason }
}
