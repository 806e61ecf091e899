// ESMTP parameters of MAIL and RCPT: SIZE (RFC 1870), BODY (6152, 3030), SMTPUTF8 (6531), DSN (3461), AUTH
// (4954), REQUIRETLS (8689).

import { parseMailbox } from './address.ts'
import { hasControls, isAsciiText } from './bytes.ts'
import { fail, ok, type Parsed } from './parsed.ts'
import { decodeUtf8Address, decodeXtext, decodeXtextAddress } from './xtext.ts'

export type BodyType = '7BIT' | '8BITMIME' | 'BINARYMIME'
export type NotifyWhen = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY'

export type MailParameters = {
  /** Octets the client means to send (RFC 1870); may be larger than any message. */
  readonly size: number | null
  readonly body: BodyType | null
  readonly smtpUtf8: boolean
  readonly ret: 'FULL' | 'HDRS' | null
  /** ENVID, decoded: printable ASCII. */
  readonly envelopeId: string | null
  /** AUTH=, decoded: a mailbox, or `<>` where the client does not say. */
  readonly auth: string | null
  readonly requireTls: boolean
}

export type RcptParameters = {
  readonly notify: readonly NotifyWhen[] | null
  /** ORCPT, decoded: `rfc822;user@example.org`. No control characters. */
  readonly originalRecipient: string | null
}

export type ParameterFault = 'syntax' | 'parameter-syntax' | 'parameter-unknown'

/** RFC 3461 §4.4. */
const ENVELOPE_ID_LENGTH_MAX = 100
/** RFC 3461 §4.2. */
const ORIGINAL_RECIPIENT_LENGTH_MAX = 500
/** RFC 1870 §3: 20 digits. */
const SIZE_DIGITS_MAX = 20

const NO_MAIL_PARAMETERS: MailParameters = {
  size: null,
  body: null,
  smtpUtf8: false,
  ret: null,
  envelopeId: null,
  auth: null,
  requireTls: false,
}
const NO_RCPT_PARAMETERS: RcptParameters = { notify: null, originalRecipient: null }

/** Reads what follows the reverse-path: `text` from offset `from`, which is the end or a space. */
export function parseMailParameters(text: string, from: number): Parsed<MailParameters, ParameterFault> {
  if (from === text.length) return ok(NO_MAIL_PARAMETERS)
  const into = { ...NO_MAIL_PARAMETERS }
  const fault = eachParameter(text, from, (keyword, value) => setMailParameter(into, keyword, value))
  return fault ?? ok(into)
}

/** Reads what follows the forward-path: `text` from offset `from`, which is the end or a space. */
export function parseRcptParameters(text: string, from: number): Parsed<RcptParameters, ParameterFault> {
  if (from === text.length) return ok(NO_RCPT_PARAMETERS)
  const into = { ...NO_RCPT_PARAMETERS }
  const fault = eachParameter(text, from, (keyword, value) => setRcptParameter(into, keyword, value))
  return fault ?? ok(into)
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }
type Fault = { readonly ok: false; readonly fault: ParameterFault; readonly at: number }

function eachParameter(
  text: string,
  from: number,
  set: (keyword: string, value: string | null) => ParameterFault | null,
): Fault | null {
  let seen = ' '
  for (let at = from; at < text.length; ) {
    if (text.charCodeAt(at) !== 32) return fail('syntax', at)
    while (text.charCodeAt(at) === 32) at++
    const space = text.indexOf(' ', at)
    const end = space === -1 ? text.length : space
    const equals = text.indexOf('=', at)
    const named = equals !== -1 && equals < end
    const keyword = text.slice(at, named ? equals : end).toUpperCase()
    if (!isKeyword(keyword)) return fail('parameter-syntax', at)
    // RFC 5321 §4.1.1.11 knows no order and no repetition: two values for one name are two readings.
    if (seen.includes(` ${keyword} `)) return fail('parameter-syntax', at)
    seen += `${keyword} `
    const fault = set(keyword, named ? text.slice(equals + 1, end) : null)
    if (fault !== null) return fail(fault, at)
    at = end
  }
  return null
}

/** esmtp-keyword: RFC 5321 §4.1.2. */
function isKeyword(keyword: string): boolean {
  for (let i = 0; i < keyword.length; i++) {
    const code = keyword.charCodeAt(i)
    const alphanumeric = (code >= 65 && code <= 90) || (code >= 48 && code <= 57)
    if (!alphanumeric && (code !== 45 || i === 0)) return false
  }
  return keyword !== ''
}

function setMailParameter(
  into: Writable<MailParameters>,
  keyword: string,
  value: string | null,
): ParameterFault | null {
  switch (keyword) {
    case 'SIZE':
      into.size = readSize(value)
      return into.size === null ? 'parameter-syntax' : null
    case 'BODY':
      into.body = readBody(value)
      return into.body === null ? 'parameter-syntax' : null
    case 'SMTPUTF8':
      into.smtpUtf8 = true
      return value === null ? null : 'parameter-syntax'
    case 'RET': {
      const ret = value?.toUpperCase()
      into.ret = ret === 'FULL' || ret === 'HDRS' ? ret : null
      return into.ret === null ? 'parameter-syntax' : null
    }
    case 'ENVID':
      if (value === null || value === '' || value.length > ENVELOPE_ID_LENGTH_MAX) return 'parameter-syntax'
      into.envelopeId = decodeXtext(value)
      return into.envelopeId === null ? 'parameter-syntax' : null
    case 'AUTH':
      into.auth = readAuth(value)
      return into.auth === null ? 'parameter-syntax' : null
    case 'REQUIRETLS':
      into.requireTls = true
      return value === null ? null : 'parameter-syntax'
    default:
      return 'parameter-unknown'
  }
}

function setRcptParameter(
  into: Writable<RcptParameters>,
  keyword: string,
  value: string | null,
): ParameterFault | null {
  if (keyword === 'NOTIFY') {
    into.notify = readNotify(value)
    return into.notify === null ? 'parameter-syntax' : null
  }
  if (keyword === 'ORCPT') {
    into.originalRecipient = readOriginalRecipient(value)
    return into.originalRecipient === null ? 'parameter-syntax' : null
  }
  return 'parameter-unknown'
}

function readSize(value: string | null): number | null {
  if (value === null || value === '' || value.length > SIZE_DIGITS_MAX) return null
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code < 48 || code > 57) return null
  }
  return Number(value)
}

function readBody(value: string | null): BodyType | null {
  const body = value?.toUpperCase()
  return body === '8BITMIME' || body === '7BIT' || body === 'BINARYMIME' ? body : null
}

/** RFC 4954 §5: `<>` or a mailbox as xtext. */
function readAuth(value: string | null): string | null {
  if (value === null) return null
  const decoded = decodeXtext(value)
  if (decoded === '<>') return '<>'
  return decoded !== null && parseMailbox(decoded, { allowLiteral: true, allowUnderscore: true }).ok
    ? decoded
    : null
}

/** RFC 3461 §4.1: NEVER stands alone. */
function readNotify(value: string | null): NotifyWhen[] | null {
  if (value === null || value.length > 32) return null
  const list: NotifyWhen[] = []
  for (const word of value.toUpperCase().split(',')) {
    if (word !== 'NEVER' && word !== 'SUCCESS' && word !== 'FAILURE' && word !== 'DELAY') return null
    if (!list.includes(word)) list.push(word)
  }
  return list.includes('NEVER') && list.length > 1 ? null : list
}

/** RFC 3461 §4.2: `addr-type ";" xtext`; RFC 6533 §3 for type `utf-8`. */
function readOriginalRecipient(value: string | null): string | null {
  if (value === null || value.length > ORIGINAL_RECIPIENT_LENGTH_MAX) return null
  const semicolon = value.indexOf(';')
  if (semicolon < 1 || semicolon === value.length - 1) return null
  const type = value.slice(0, semicolon).toLowerCase()
  if (!/^[a-z0-9-]+$/.test(type)) return null
  const written = value.slice(semicolon + 1)
  const address = type === 'utf-8' ? decodeUtf8Address(written) : decodeXtextAddress(written)
  if (address === null || hasControls(address)) return null
  if (type === 'utf-8' || isAsciiText(address)) return `${type};${address}`
  return type === 'rfc822' ? `utf-8;${address}` : null
}
