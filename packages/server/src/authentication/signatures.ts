// The signatures of one message: read from its header, hashed as the body passes, verified at its end
// (RFC 6376 §6). mailauth checks it in tests; why it is ours stands in docs/decisions/0015.
import { createHash, verify } from 'node:crypto'
import type { HeaderField } from '@gatepost/mail/header.ts'
import { BodyHash, type BodyHashKind } from './body-hash.ts'
import type { KeyFault, KeyStore, PublicKey } from './dkim-key.ts'
import { SignableHeader } from './header-hash.ts'
import type { DkimFinding } from './results.ts'
import { type ReadSignature, readSignature, type Signature, type SignatureKind } from './signature.ts'

/** Mail has one or two signatures, lists and resenders add some; a hundred are an attempt to tire us. */
const SIGNATURES_MAX = 10
/** Ways to hash the body (canonicalisation and l=) that one message may ask for. */
const BODY_HASHES_MAX = 5

type Claim = {
  readonly read: ReadSignature
  readonly body: BodyHash | null
  readonly key: PublicKey | KeyFault | Promise<PublicKey | KeyFault> | null
}

export class Signatures {
  readonly #header: SignableHeader
  readonly #claims: readonly Claim[]
  readonly #bodies = new Map<string, BodyHash>()
  readonly #digests = new Map<BodyHash, { readonly hash: string; readonly total: number }>()

  /** Begins with the fields that carry a signature, topmost first; key look-ups are under way at once. */
  constructor(
    fields: readonly HeaderField[],
    signed: readonly { readonly field: HeaderField; readonly kind: SignatureKind }[],
    keys: KeyStore,
  ) {
    this.#header = new SignableHeader(fields)
    this.#claims = signed.slice(0, SIGNATURES_MAX).map(({ field, kind }) => {
      const read = readSignature(field, kind)
      if (read.kind === 'invalid') return { read, body: null, key: null }
      const { selector, domain, body } = read.value
      return { read, body: this.#bodyHash(body), key: keys.find(selector, domain) }
    })
  }

  /** Takes the next octets of the body. */
  write(chunk: Uint8Array): void {
    for (const body of this.#bodies.values()) body.write(chunk)
  }

  /** The verdict on each signature in their order. `now` in epoch milliseconds. Never rejects. */
  async verify(now: number): Promise<readonly DkimFinding[]> {
    for (const body of this.#bodies.values()) this.#digests.set(body, body.digest())
    const findings: DkimFinding[] = []
    for (const { read, body, key } of this.#claims) {
      if (read.kind === 'invalid') {
        const { domain, selector, result, reason } = read
        findings.push({ domain, selector, result, reason })
      } else {
        const found = key instanceof Promise ? await key : key
        findings.push(this.#judge(read.value, body, { key: found, now }))
      }
    }
    return findings
  }

  #bodyHash(kind: BodyHashKind): BodyHash | null {
    const name = `${kind.canon} ${kind.length}`
    let body = this.#bodies.get(name) ?? null
    if (body === null && this.#bodies.size < BODY_HASHES_MAX) {
      body = new BodyHash(kind)
      this.#bodies.set(name, body)
    }
    return body
  }

  #judge(
    signature: Signature,
    body: BodyHash | null,
    at: { readonly key: PublicKey | KeyFault | null; readonly now: number },
  ): DkimFinding {
    const { domain, selector } = signature
    const say = (result: DkimFinding['result'], reason: string): DkimFinding => {
      return { domain, selector, result, reason }
    }
    const digest = body === null ? undefined : this.#digests.get(body)
    if (digest === undefined) return say('policy', 'too many ways to hash the body')
    if (digest.hash !== signature.bodyHash) return say('fail', 'body hash did not verify')
    const { key } = at
    if (key === null) return say('temperror', 'no key')
    if (key.kind === 'fault') return say(key.result, key.reason)
    if (key.type !== signature.algorithm) return say('neutral', 'inappropriate key algorithm')
    if (key.isStrictIdentity && signature.isSubdomainIdentity) return say('neutral', 'domain mismatch')
    if (!isSigned(signature, key, this.#header)) return say('fail', 'bad signature')
    if (signature.expiration !== null && signature.expiration * 1_000 < at.now) {
      return say('neutral', 'expired')
    }
    const weakness = this.#weaknessOf(signature, digest.total)
    return weakness === null ? { domain, selector, result: 'pass' } : say('policy', weakness)
  }

  /** Verified, and yet it does not vouch for what a reader sees (RFC 6376 §8.2, §8.15). */
  #weaknessOf({ kind, body, signedFields }: Signature, total: number): string | null {
    if (kind === 'arc') return null
    if (body.length !== null && body.length < total) {
      return `covers ${body.length} of ${total} octets of the body`
    }
    const signedAuthors = signedFields.filter((name) => name === 'from').length
    return this.#header.count('from') > signedAuthors ? 'a From field is not signed' : null
  }
}

function isSigned(signature: Signature, { key, type }: PublicKey, header: SignableHeader): boolean {
  const octets = header.signedBy(signature)
  try {
    // RFC 8463 §3: Ed25519 signs the SHA-256 hash.
    return type === 'rsa'
      ? verify('sha256', octets, key, signature.signature)
      : verify(null, createHash('sha256').update(octets).digest(), key, signature.signature)
  } catch {
    return false
  }
}
