// Mailboxes as the envelope writes them: RFC 5321 §4.1.2, with RFC 6531 §3.3 where UTF-8 is allowed.
import { flatText, isAsciiText, utf8Length } from './bytes.ts'
import { type DomainFault, type DomainOptions, parseDomain } from './domain.ts'
import { formatIp, parseIp } from './ip.ts'
import { fail, ok, type Parsed } from './parsed.ts'

/**
 * `localPart` is unquoted and kept as sent; `domain` is lower case: a name, or a literal like
 * `[192.0.2.1]`.
 */
export type Mailbox = { readonly localPart: string; readonly domain: string }

export type MailboxOptions = Pick<DomainOptions, 'toAscii' | 'allowUnderscore'> & {
  /** UTF-8 in the local part, and in the domain if `toAscii` is given (RFC 6531). */
  readonly allowUtf8?: boolean | undefined
  /** Address literals as domain: `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3). */
  readonly allowLiteral?: boolean | undefined
}

export type MailboxFault =
  | 'local-part-empty'
  | 'local-part-too-long'
  | 'local-part-character'
  | 'local-part-dots'
  | 'quoted-string-open'
  | 'at-missing'
  | 'domain-missing'
  | 'mailbox-too-long'
  | 'literal-not-allowed'
  | 'literal-syntax'
  | 'utf8-not-allowed'
  | DomainFault

/**
 * RFC 5321 §4.5.3.1.1 obliges us to take 64 octets and allows more. Variable envelope return paths with the
 * recipient's address inside (bulk mailers, SRS) go beyond 64 every day, so twice that is taken.
 */
export const LOCAL_PART_OCTETS_MAX = 128
/** RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them are the angle brackets. */
export const MAILBOX_OCTETS_MAX = 254

/**
 * Reads `local-part@domain`, the whole text. RFC 5321 §4.1.2 (`Mailbox`); comments and folding are refused.
 */
export function parseMailbox(text: string, options: MailboxOptions = {}): Parsed<Mailbox, MailboxFault> {
  if (text.length > MAILBOX_OCTETS_MAX) return fail('mailbox-too-long', MAILBOX_OCTETS_MAX)
  const quoted = text.charCodeAt(0) === 34
  const end = quoted ? quotedEnd(text) : atomEnd(text)
  if (end < 0) return quoted ? fail('quoted-string-open', text.length) : fail(atomFault(text), -end - 1)
  if (end === text.length) return fail('at-missing', end)
  if (text.charCodeAt(end) !== 64) return fail('local-part-character', end)
  if (end === text.length - 1) return fail('domain-missing', end)
  const localPart = quoted ? unquoted(text, end) : text.slice(0, end)
  if (localPart === null) return fail('local-part-character', 1)
  const ascii = isAsciiText(text)
  if (!ascii) {
    if (options.allowUtf8 !== true) return fail('utf8-not-allowed')
    if (utf8Length(text) > MAILBOX_OCTETS_MAX) return fail('mailbox-too-long')
  }
  const octets = ascii ? localPart.length : utf8Length(localPart)
  if (octets > LOCAL_PART_OCTETS_MAX) return fail('local-part-too-long', LOCAL_PART_OCTETS_MAX)
  const domain = parseMailboxDomain(text.slice(end + 1), options)
  if (!domain.ok) return fail(domain.fault, end + 1 + domain.at)
  return ok({ localPart, domain: domain.value })
}

type Written = { readonly mailbox: Mailbox | null; readonly text: string; readonly key: string }

/**
 * Mailboxes written last, by identity: policies, facts and reports of one message ask for the texts of the
 * same two or three some twenty times, and a text that is the same object is also found in maps without being
 * hashed again.
 */
const WRITTEN_KEPT = 4
const written: Written[] = new Array(WRITTEN_KEPT).fill({ mailbox: null, text: '', key: '' })
let writtenNext = 0

function writtenOf(mailbox: Mailbox): Written {
  for (let i = 0; i < WRITTEN_KEPT; i++) if (written[i]!.mailbox === mailbox) return written[i]!
  const text = textOf(mailbox)
  const made = { mailbox, text, key: foldCase(text) }
  written[writtenNext] = made
  writtenNext = (writtenNext + 1) % WRITTEN_KEPT
  return made
}

/** Writes a mailbox for an envelope: quotes the local part where the grammar wants it. RFC 5321 §4.1.2. */
export function formatMailbox(mailbox: Mailbox): string {
  return writtenOf(mailbox).text
}

function textOf(mailbox: Mailbox): string {
  const { localPart, domain } = mailbox
  const written = isDotString(localPart) ? localPart : quote(localPart)
  return domain === '' ? written : flatText(written, '@', domain)
}

/**
 * The key addresses are compared and stored by: local part NFC and lower case, quoted only where it must be;
 * domain lower case, A-labels in `Mailbox`. The key of a key is itself. Texts that are no mailbox have one
 * too.
 */
export function addressKey(address: Mailbox | string): string {
  const mailbox = typeof address === 'string' ? mailboxOf(address) : address
  if (mailbox === null) return foldCase((address as string).trim())
  return writtenOf(mailbox).key
}

/** The mailbox written in a text, or null. White space around it is ignored; UTF-8 local parts are taken. */
export function mailboxOf(text: string, options: MailboxOptions = {}): Mailbox | null {
  const parsed = parseMailbox(text.trim(), { allowUtf8: true, allowLiteral: true, ...options })
  return parsed.ok ? parsed.value : null
}

/** Whether two mailboxes are the same by `addressKey`. */
export function isSameMailbox(a: Mailbox, b: Mailbox): boolean {
  return addressKey(a) === addressKey(b)
}

/** Whether a character may stand in an atom: RFC 5322 §3.2.3, RFC 6531 §3.3 for those above U+007F. */
export function isAtomCode(code: number): boolean {
  if (code < 128) return ATOM[code] === 1
  // White space, C1 controls and direction overrides are seen by no reader, or trimmed by some: U+00A0 and
  // below, U+1680, U+2000 to U+200A, U+2028 to U+202F, U+205F, U+2066 to U+2069, U+3000, U+FEFF.
  if (code <= 0xa0 || code === 0x1680 || code === 0x3000 || code === 0xfeff) return false
  if (code < 0x2000 || code > 0x2069) return true
  return code > 0x200a && (code < 0x2028 || code > 0x202f) && code !== 0x205f && code < 0x2066
}

const ATOM = new Uint8Array(128)
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~") {
  ATOM[character.charCodeAt(0)] = 1
}

function foldCase(text: string): string {
  if (isAsciiText(text)) return text.toLowerCase()
  // Lower case can take a text out of normal form.
  return text.normalize('NFC').toLowerCase().normalize('NFC')
}

/** The offset behind a Dot-string, or -(offset + 1) of what is wrong. */
function atomEnd(text: string): number {
  let previousDot = true
  let i = 0
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 46) {
      if (previousDot) return -i - 1
      previousDot = true
    } else if (code === 64) break
    else if (!isAtomCode(code)) return -i - 1
    else previousDot = false
  }
  return previousDot ? -i - 1 : i
}

function atomFault(text: string): MailboxFault {
  const end = atomEnd(text)
  const at = -end - 1
  const code = text.charCodeAt(at)
  if (at === 0 && (text === '' || code === 64)) return 'local-part-empty'
  return code === 46 || code === 64 || at === text.length ? 'local-part-dots' : 'local-part-character'
}

/** The offset behind the closing quote of a Quoted-string that starts the text, or -1. */
function quotedEnd(text: string): number {
  for (let i = 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) i++
    else if (code === 34) return i + 1
  }
  return -1
}

/** The content of the quoted string `text[0..end)`, or null where a character may not stand in it. */
function unquoted(text: string, end: number): string | null {
  let content = ''
  for (let i = 1; i < end - 1; i++) {
    let code = text.charCodeAt(i)
    if (code === 92) {
      code = text.charCodeAt(++i)
      // quoted-pairSMTP is a backslash and a printable ASCII character: RFC 5321 §4.1.2.
      if (code > 126) return null
    }
    if (code < 32 || code === 127 || (code > 127 && !isAtomCode(code))) return null
    content += text[i]
  }
  return content
}

function isDotString(localPart: string): boolean {
  return localPart !== '' && atomEnd(localPart) === localPart.length
}

function quote(localPart: string): string {
  return `"${localPart.replace(/["\\]/g, '\\$&')}"`
}

function parseMailboxDomain(text: string, options: MailboxOptions): Parsed<string, MailboxFault> {
  if (text.charCodeAt(0) !== 91) return parseDomain(text, options)
  if (options.allowLiteral !== true) return fail('literal-not-allowed')
  if (text.charCodeAt(text.length - 1) !== 93) return fail('literal-syntax', text.length)
  const inside = text.slice(1, -1)
  const six = inside.length > 5 && inside.slice(0, 5).toLowerCase() === 'ipv6:'
  const address = parseIp(six ? inside.slice(5) : inside, { keepMapped: true })
  if (!address.ok || address.value.family !== (six ? 6 : 4)) return fail('literal-syntax', 1)
  return ok(six ? `[IPv6:${formatIp(address.value)}]` : `[${formatIp(address.value)}]`)
}
