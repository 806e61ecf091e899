// One DKIM-Signature or ARC-Message-Signature field: what it claims, or why it cannot be judged (RFC 6376
// §3.5, §6.1.1).
import { domainToASCII } from 'node:url'
import type { HeaderField } from '@gatepost/mail/header.ts'
import type { BodyHashKind } from './body-hash.ts'
import { colonList, parseTagList, unfolded } from './tag-list.ts'

export type SignatureKind = 'dkim' | 'arc'

export type Signature = {
  readonly field: HeaderField
  readonly kind: SignatureKind
  /** d= and s=, A-labels in lower case. */
  readonly domain: string
  readonly selector: string
  readonly algorithm: 'rsa' | 'ed25519'
  readonly isHeaderRelaxed: boolean
  readonly body: BodyHashKind
  /** bh= in base64. */
  readonly bodyHash: string
  /** h=, lower case, in its order. */
  readonly signedFields: readonly string[]
  readonly signature: Uint8Array
  /** x=, seconds since 1970. */
  readonly expiration: number | null
  /** The domain of i= lies below d=: keys may forbid it (t=s). */
  readonly isSubdomainIdentity: boolean
}

export type ReadSignature =
  | { readonly kind: 'signature'; readonly value: Signature }
  | {
      readonly kind: 'invalid'
      readonly result: 'neutral' | 'policy'
      readonly reason: string
      readonly domain: string
      readonly selector: string
    }

const NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/
/** RFC 1035 §3.1, as text without the dot at its end. */
const NAME_LENGTH_MAX = 253
const KEY_LABEL = '._domainkey.'
const TIMESTAMP = /^[0-9]{1,12}$/
const BODY_LENGTH = /^[0-9]{1,76}$/
const ALGORITHM = /^(rsa|ed25519)-(sha256|sha1)$/
const CANON = /^(simple|relaxed)(?:\/(simple|relaxed))?$/
const REQUIRED = ['a', 'b', 'bh', 'd', 'h', 's'] as const

type Tags = ReadonlyMap<string, string>

/** Reads a field. What cannot be judged is `neutral` (RFC 8601 §2.7.1), and its key is never looked up. */
export function readSignature(field: HeaderField, kind: SignatureKind): ReadSignature {
  const tags = parseTagList(field.value)
  if (tags === null) return invalid(new Map(), 'signature syntax error')
  const reason = faultOf(tags, kind)
  if (reason !== null) return invalid(tags, reason)
  const [, algorithm, hash] = ALGORITHM.exec(tags.get('a')!.toLowerCase())!
  // RFC 8301 §3.1: rsa-sha1 proves nothing any more. ARC never had it.
  if (hash === 'sha1') return { ...invalid(tags, 'weak algorithm'), result: 'policy' }
  const [, headerCanon, bodyCanon] = CANON.exec(canonOf(tags))!
  const length = tags.get('l')
  return {
    kind: 'signature',
    value: {
      field,
      kind,
      domain: nameOf(tags.get('d')!),
      selector: nameOf(tags.get('s')!),
      algorithm: algorithm as Signature['algorithm'],
      isHeaderRelaxed: headerCanon === 'relaxed',
      body: {
        canon: bodyCanon === 'relaxed' ? 'relaxed' : 'simple',
        algorithm: 'sha256',
        length: length === undefined ? null : Number(length),
      },
      bodyHash: unfolded(tags.get('bh')!),
      signedFields: colonList(tags.get('h')!),
      signature: Buffer.from(unfolded(tags.get('b')!), 'base64'),
      expiration: tags.has('x') ? Number(tags.get('x')) : null,
      isSubdomainIdentity: kind === 'dkim' && isBelow(tags),
    },
  }
}

function invalid(tags: Tags, reason: string): ReadSignature & { readonly kind: 'invalid' } {
  const name = (text: string): string => (NAME.test(text) ? text : '')
  const domain = name(nameOf(tags.get('d') ?? ''))
  const selector = name(nameOf(tags.get('s') ?? ''))
  return { kind: 'invalid', result: 'neutral', reason, domain, selector }
}

function faultOf(tags: Tags, kind: SignatureKind): string | null {
  if (kind === 'dkim' && !tags.has('v')) return 'signature missing required tag'
  if (REQUIRED.some((tag) => !tags.has(tag))) return 'signature missing required tag'
  if (kind === 'dkim' && tags.get('v') !== '1') return 'incompatible version'
  const match = ALGORITHM.exec(tags.get('a')!.toLowerCase())
  if (match === null || (match[2] === 'sha1' && (kind === 'arc' || match[1] !== 'rsa'))) {
    return 'unknown algorithm'
  }
  if (!CANON.test(canonOf(tags))) return 'unknown canonicalization'
  const domain = nameOf(tags.get('d')!)
  const selector = nameOf(tags.get('s')!)
  if (!NAME.test(domain) || !domain.includes('.') || !NAME.test(selector)) return 'signature syntax error'
  // No such name can be asked for, and a question that fails would count as a time-out.
  if (selector.length + KEY_LABEL.length + domain.length > NAME_LENGTH_MAX) return 'signature syntax error'
  return numbersFault(tags) ?? contentFault(tags, kind)
}

function numbersFault(tags: Tags): string | null {
  const t = tags.get('t')
  const x = tags.get('x')
  const l = tags.get('l')
  if (t !== undefined && !TIMESTAMP.test(t)) return 'signature syntax error'
  if (x !== undefined && !TIMESTAMP.test(x)) return 'signature syntax error'
  if (l !== undefined && !BODY_LENGTH.test(l)) return 'signature syntax error'
  // RFC 6376 §3.5: x= is greater than t=.
  return t !== undefined && x !== undefined && Number(x) <= Number(t) ? 'invalid expiration' : null
}

function contentFault(tags: Tags, kind: SignatureKind): string | null {
  if (kind === 'dkim') {
    const methods = tags.has('q') ? colonList(tags.get('q')!) : ['dns/txt']
    if (!methods.includes('dns/txt')) return 'unsupported query method'
    const identity = identityDomain(tags)
    if (identity === null) return 'signature syntax error'
    const domain = nameOf(tags.get('d')!)
    if (identity !== domain && !identity.endsWith(`.${domain}`)) return 'domain mismatch'
  }
  // RFC 6376 §6.1.1: a signature without From says nothing about the author.
  return colonList(tags.get('h')!).includes('from') ? null : 'From field not signed'
}

/** The domain of i=, which is d= when absent; null when it is none. */
function identityDomain(tags: Tags): string | null {
  const identity = tags.get('i')
  if (identity === undefined) return nameOf(tags.get('d')!)
  const at = identity.lastIndexOf('@')
  if (at === -1) return null
  // Its value may be folded anywhere (RFC 6376 §2.11), as long ones are.
  const domain = nameOf(unfolded(identity.slice(at + 1)))
  return NAME.test(domain) ? domain : null
}

function isBelow(tags: Tags): boolean {
  return identityDomain(tags) !== nameOf(tags.get('d')!)
}

/** RFC 6376 §3.5: simple/simple without c=, and a simple body without its second half. */
function canonOf(tags: Tags): string {
  return (tags.get('c') ?? 'simple/simple').toLowerCase()
}

/** RFC 8616 §4: names may be U-labels, and are looked up and compared as A-labels. */
function nameOf(text: string): string {
  const lower = text.toLowerCase()
  return NAME.test(lower) || lower === '' ? lower : isHostText(lower) ? domainToASCII(lower) : lower
}

/** What a URL parser would read as more than a name stays as it is, and is then no name. */
function isHostText(text: string): boolean {
  return /^[a-z0-9.\-\u0080-\uffff]+$/.test(text)
}
