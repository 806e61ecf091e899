// Domain names as SMTP writes them (RFC 5321 §4.1.2, RFC 1123 §2.1), in the one form everything compares by.
import { isAsciiText, ownText } from './bytes.ts'
import { fail, ok, type Parsed } from './parsed.ts'

declare const domainBrand: unique symbol

/** A domain name in lower case, all labels ASCII (A-labels), without a trailing dot. */
export type Domain = string & { readonly [domainBrand]: true }

export type DomainOptions = {
  /** Turns U-labels into A-labels (UTS 46); '' when it cannot. Without it non-ASCII names are refused. */
  readonly toAscii?: ((name: string) => string) | undefined
  /** Takes underscores too: service names such as `_dmarc.example`, and host names of careless networks. */
  readonly allowUnderscore?: boolean | undefined
  /** Wants two labels or more and a last label that is no number: for domains a person enters. */
  readonly fullyQualified?: boolean | undefined
}

export type DomainFault =
  | 'domain-empty'
  | 'domain-too-long'
  | 'domain-label-empty'
  | 'domain-label-too-long'
  | 'domain-hyphen'
  | 'domain-character'
  | 'domain-not-ascii'
  | 'domain-not-qualified'

/** RFC 1035 §2.3.4: 255 octets on the wire are 253 characters in text. */
export const DOMAIN_LENGTH_MAX = 253
/** RFC 1035 §2.3.4. */
const LABEL_LENGTH_MAX = 63

/**
 * Reads a domain name. Refuses what two readers could understand differently: trailing dots, empty
 * labels, characters that IDNA would map or drop. RFC 5321 §4.1.2, RFC 5890 §2.3.
 */
export function parseDomain(text: string, options: DomainOptions = {}): Parsed<Domain, DomainFault> {
  if (text === '') return fail('domain-empty')
  if (text.length > DOMAIN_LENGTH_MAX) return fail('domain-too-long', DOMAIN_LENGTH_MAX)
  let labelStart = 0
  let upper = false
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? 46 : text.charCodeAt(i)
    if (code === 46) {
      const fault = labelFault(text, labelStart, i)
      if (fault !== null) return fail(fault, labelStart)
      labelStart = i + 1
    } else if (code >= 65 && code <= 90) upper = true
    else if (code > 127) return parseUnicodeDomain(text, options)
    else if (!isLowerLdh(code) && !(code === 95 && options.allowUnderscore === true)) {
      return fail('domain-character', i)
    }
  }
  const name = upper ? text.toLowerCase() : ownText(text)
  if (options.fullyQualified === true && !isFullyQualified(name)) return fail('domain-not-qualified')
  return ok(name as Domain)
}

/** Whether `child` is `parent` or lies below it. Both are lower-case names. */
export function isSubdomainOf(child: string, parent: string): boolean {
  if (parent === '') return false
  if (child.length === parent.length) return child === parent
  return (
    child.length > parent.length &&
    child.charCodeAt(child.length - parent.length - 1) === 46 &&
    child.endsWith(parent)
  )
}

function isLowerLdh(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45
}

function labelFault(text: string, start: number, end: number): DomainFault | null {
  if (end === start) return 'domain-label-empty'
  if (end - start > LABEL_LENGTH_MAX) return 'domain-label-too-long'
  if (text.charCodeAt(start) === 45 || text.charCodeAt(end - 1) === 45) return 'domain-hyphen'
  return null
}

function isFullyQualified(name: string): boolean {
  const dot = name.lastIndexOf('.')
  if (dot === -1) return false
  for (let i = dot + 1; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code < 48 || code > 57) return true
  }
  return false
}

/** Characters that UTS 46 drops or turns into a dot: one reader sees another domain than the next. */
const MAPPED_AWAY = new RegExp(
  '[\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u3002\\ufeff]' +
    '|[\\u034f\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f]',
)

function parseUnicodeDomain(text: string, options: DomainOptions): Parsed<Domain, DomainFault> {
  const { toAscii } = options
  if (toAscii === undefined) return fail('domain-not-ascii')
  if (text.length > DOMAIN_LENGTH_MAX) return fail('domain-too-long', DOMAIN_LENGTH_MAX)
  // Converters read more than names: one that parses URLs cuts at a slash and decodes percent signs.
  const foreign = /[^A-Za-z0-9.\-_\u0080-\uffff]/.exec(text)
  if (foreign !== null) return fail('domain-character', foreign.index)
  const mapped = MAPPED_AWAY.exec(text)
  if (mapped !== null) return fail('domain-character', mapped.index)
  const composed = text.normalize('NFC')
  if (composed.toLowerCase() !== composed.normalize('NFKC').toLowerCase()) return fail('domain-character')
  const ascii = toAscii(composed)
  if (ascii === '' || !isAsciiText(ascii)) return fail('domain-not-ascii')
  return parseDomain(ascii, options)
}
