// Which fields of a header belong to an ARC chain, and its newest message signature (RFC 8617 §4).
import type { HeaderField } from '@gatepost/mail/header.ts'
import type { ArcSealer } from '#policy/facts.ts'

const NAMES = new Set(['arc-seal', 'arc-message-signature', 'arc-authentication-results'])
/** RFC 8617 §4.2.1: at most 50 sets of three fields; one more shows that there are too many. */
const FIELDS_MAX = 151

/** Most mail is sealed by nobody. */
const NONE: readonly HeaderField[] = []

/** The fields of the chain in their order; more than any chain may have are cut, which makes it fail. */
export function arcFields(fields: readonly HeaderField[]): readonly HeaderField[] {
  let found: HeaderField[] | null = null
  for (const field of fields) {
    if (!field.nameLower.startsWith('arc-') || !NAMES.has(field.nameLower)) continue
    found ??= []
    if (found.length < FIELDS_MAX) found.push(field)
  }
  return found ?? NONE
}

/** The message signature with the highest instance; null when there is none. */
export function newestMessageSignature(chain: readonly HeaderField[]): HeaderField | null {
  let newest: HeaderField | null = null
  let highest = 0
  for (const field of chain) {
    if (field.nameLower !== 'arc-message-signature') continue
    const instance = instanceOfTags(field.value)
    if (instance <= highest) continue
    highest = instance
    newest = field
  }
  return newest
}

/**
 * Who sealed, the oldest first, and the author domain whose DMARC each says it saw pass. Believed only where
 * the chain passes, and then as far as its sealers are.
 */
export function sealersIn(chain: readonly HeaderField[]): readonly ArcSealer[] {
  const sets = new Map<number, { domain: string; dmarcPassFor: string | null; hasResults: boolean }>()
  for (const { nameLower, value } of chain) {
    const isResults = nameLower === 'arc-authentication-results'
    const instance = isResults ? instanceOfResults(value) : instanceOfTags(value)
    const set = sets.get(instance) ?? { domain: '', dmarcPassFor: null, hasResults: false }
    sets.set(instance, set)
    if (nameLower === 'arc-seal') {
      set.domain = /(?:^|;)\s*d\s*=\s*([^\s;]+)/.exec(value)?.[1]?.toLowerCase() ?? ''
    } else if (isResults) {
      // Of two fields with one number nobody can say whose word they are.
      set.dmarcPassFor = set.hasResults ? null : dmarcPassFor(value)
      set.hasResults = true
    }
  }
  return [...sets]
    .sort(([a], [b]) => a - b)
    .map(([, { domain, dmarcPassFor: author }]) => {
      return { domain, dmarcPassFor: author }
    })
}

/** `i=` of a seal or message signature; 0 without one. */
function instanceOfTags(value: string): number {
  return Number(/(?:^|;)\s*i\s*=\s*([0-9]{1,2})\s*(?:;|$)/.exec(value)?.[1] ?? 0)
}

/**
 * `i=` of results: it stands first (RFC 8617 §4.1.1). Comments are passed over, or whoever sealed before
 * could write the number of somebody who is believed into one.
 */
function instanceOfResults(value: string): number {
  return Number(/^\s*i\s*=\s*([0-9]{1,2})\s*;/.exec(withoutTexts(value) ?? '')?.[1] ?? 0)
}

/**
 * `header.from` of the one result `dmarc=pass` (RFC 8601 §2.7, RFC 9989 §9.1). Comments and quoted texts say
 * nothing: a sealer copies into them what senders write.
 */
function dmarcPassFor(value: string): string | null {
  const plain = withoutTexts(value)
  const results = plain?.split(';').filter((part) => /^\s*dmarc\s*=/i.test(part)) ?? []
  const [only] = results
  if (only === undefined || results.length > 1 || !/^\s*dmarc\s*=\s*pass(?![\w-])/i.test(only)) return null
  return /\sheader\.from\s*=\s*([^\s;"]+)/i.exec(only)?.[1]?.toLowerCase() ?? null
}

/** A value without its comments, which may be nested, and with quoted texts empty; null where one is open. */
function withoutTexts(value: string): string | null {
  let plain = ''
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at++) {
    const sign = value[at]!
    if (sign === '\\') at++
    else if (isQuoted) isQuoted = sign !== '"'
    else if (sign === '(') depth++
    else if (sign === ')' && depth > 0) depth--
    else if (depth > 0) continue
    else if (sign === '"') {
      isQuoted = true
      plain += '""'
    } else plain += sign
  }
  return depth === 0 && !isQuoted ? plain : null
}
