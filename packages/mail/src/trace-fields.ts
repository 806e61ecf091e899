// The trace we leave and read: Received (RFC 5321 §4.4, RFC 3848) and Authentication-Results (RFC 8601).
import { formatMailbox, type Mailbox } from './address.ts'
import { isAsciiText, withoutControls } from './bytes.ts'
import { formatDate } from './date.ts'
import type { HeaderField } from './header.ts'
import { fail, ok, type Parsed } from './parsed.ts'

export type ReceivedProtocol =
  | 'SMTP'
  | 'ESMTP'
  | 'ESMTPA'
  | 'ESMTPS'
  | 'ESMTPSA'
  | 'UTF8SMTP'
  | 'UTF8SMTPA'
  | 'UTF8SMTPS'
  | 'UTF8SMTPSA'

export type ReceivedDetails = {
  /** What the client called itself. */
  readonly helo: string
  /** The verified host name, or null. */
  readonly clientName: string | null
  readonly clientIp: string
  readonly by: string
  readonly protocol: ReceivedProtocol
  readonly tlsVersion: string | null
  readonly tlsCipher: string | null
  readonly id: string
  /** Named only for a single recipient: more would disclose blind copies (RFC 5321 §7.2). */
  readonly forMailbox: Mailbox | null
  /** Epoch milliseconds. */
  readonly at: number
}

/** The `with` protocol of RFC 3848 and RFC 6531 §4.3. */
export function receivedProtocol(session: {
  readonly extended: boolean
  readonly tls: boolean
  readonly auth: boolean
  readonly smtpUtf8: boolean
}): ReceivedProtocol {
  if (!session.extended) return 'SMTP'
  const base = session.smtpUtf8 ? 'UTF8SMTP' : 'ESMTP'
  return `${base}${session.tls ? 'S' : ''}${session.auth ? 'A' : ''}` as ReceivedProtocol
}

/** Writes a Received field, folded, with its final CRLF. RFC 5321 §4.4. */
export function receivedField(details: ReceivedDetails): string {
  const { clientName, clientIp, forMailbox } = details
  const literal = clientIp.includes(':') ? `[IPv6:${clientIp}]` : `[${clientIp}]`
  const info = clientName === null ? literal : `${traceWord(clientName)} ${literal}`
  let field = `Received: from ${traceWord(details.helo)} (${info})\r\n`
  field += `\tby ${traceWord(details.by)} with ${details.protocol} id ${traceWord(details.id)}`
  if (details.tlsVersion !== null) {
    const cipher = details.tlsCipher === null ? '' : ` cipher=${traceWord(details.tlsCipher)}`
    field += `\r\n\t(version=${traceWord(details.tlsVersion)}${cipher})`
  }
  if (forMailbox !== null) field += `\r\n\tfor <${withoutControls(formatMailbox(forMailbox), '?')}>`
  return `${field};\r\n\t${formatDate(details.at)}\r\n`
}

/**
 * Keeps what may stand in a Received clause as it is; anything that could end a comment or a line becomes
 * `?`.
 */
function traceWord(text: string): string {
  if (text !== '' && text.length <= TRACE_WORD_MAX && isMadeOf(TRACE_CODES, text)) return text
  return text.replace(/[^A-Za-z0-9.:[\]_+/=@-]/g, '?').slice(0, TRACE_WORD_MAX) || '?'
}

const TRACE_WORD_MAX = 255
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/**
 * What each writer lets through as it is: nearly all texts, and a look at each octet costs less than a
 * pattern.
 */
const TRACE_CODES = codesOf(`${LETTERS}.:[]_+/=@-`)
const KEYWORD_CODES = codesOf(`${LETTERS}._-`)
const TOKEN_CODES = codesOf(`${LETTERS}.!#$%&'*+^_\`{|}~@-`)

function codesOf(characters: string): Uint8Array {
  const codes = new Uint8Array(128)
  for (const character of characters) codes[character.charCodeAt(0)] = 1
  return codes
}

function isMadeOf(codes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127 || codes[code] !== 1) return false
  }
  return true
}

export type AuthenticationResult = {
  /** `spf`, `dkim`, `dmarc`, `arc`, `auth`, `iprev`… */
  readonly method: string
  readonly result: string
  readonly reason?: string | undefined
  /** Pairs such as `['smtp.mailfrom', 'example.org']`. */
  readonly properties: readonly (readonly [string, string])[]
}

export type AuthenticationResultsField = {
  readonly authservId: string
  readonly results: readonly AuthenticationResult[]
}

/** Writes an Authentication-Results field, folded, with its final CRLF. Values are quoted where need be. */
export function authenticationResults(field: AuthenticationResultsField): string {
  const head = `Authentication-Results: ${quoteValue(field.authservId)}`
  if (field.results.length === 0) return `${head}; none\r\n`
  let text = head
  for (const { method, result, reason, properties } of field.results) {
    text += `;\r\n\t${keyword(method)}=${keyword(result)}`
    if (reason !== undefined) text += ` reason=${quoteString(reason)}`
    let column = text.length - text.lastIndexOf('\n')
    for (const [name, value] of properties) {
      const property = `${keyword(name)}=${quoteValue(value)}`
      const fold = column + property.length > 76
      text += fold ? `\r\n\t\t${property}` : ` ${property}`
      column = fold ? property.length + 16 : column + property.length + 1
    }
  }
  return `${text}\r\n`
}

/**
 * Whether a field claims to be ours: an Authentication-Results field with our authserv-id, or one whose id
 * cannot be read. Such fields are removed from what comes in (RFC 8601 §5).
 */
export function isOwnAuthenticationResults(
  field: Pick<HeaderField, 'nameLower' | 'value'>,
  authservId: string,
): boolean {
  if (field.nameLower !== 'authentication-results') return false
  const lexer = new Lexer(field.value)
  const id = lexer.value()
  // Readers end it where its name ends: at a slash, an equals sign, a dot behind which nothing comes.
  return id === null || withoutEndingDots(NAME.exec(id)![0]).toLowerCase() === authservId.toLowerCase()
}

const NAME = /^[A-Za-z0-9._-]*/

function withoutEndingDots(name: string): string {
  let end = name.length
  while (name[end - 1] === '.') end -= 1
  return name.slice(0, end)
}

/** RFC 8601 sets no limit; a field has room for far fewer. */
const RESULTS_MAX = 200

/** Reads the value of an Authentication-Results field. RFC 8601 §2.2. */
export function parseAuthenticationResults(value: string): Parsed<AuthenticationResultsField> {
  const lexer = new Lexer(value)
  const authservId = lexer.value()
  if (authservId === null) return fail('authserv-id', lexer.at)
  // A version number may follow the identifier.
  if (!lexer.isAt(';') && !lexer.isAtEnd()) lexer.value()
  const results: AuthenticationResult[] = []
  while (lexer.take(';')) {
    if (lexer.isAtEnd()) break
    const read = readResult(lexer)
    if (read === 'none') continue
    if (read === null) return fail('result-syntax', lexer.at)
    if (results.length >= RESULTS_MAX) return fail('too-many-results', lexer.at)
    results.push(read)
  }
  return lexer.isAtEnd() ? ok({ authservId, results }) : fail('result-syntax', lexer.at)
}

function readResult(lexer: Lexer): AuthenticationResult | 'none' | null {
  const method = lexer.word()
  if (method === null) return null
  if (lexer.take('/')) lexer.word()
  if (!lexer.take('=')) return method.toLowerCase() === 'none' ? 'none' : null
  const result = lexer.word()
  if (result === null) return null
  let reason: string | undefined
  const properties: [string, string][] = []
  while (!lexer.isAt(';') && !lexer.isAtEnd()) {
    const name = propertyName(lexer)
    if (name === null || !lexer.take('=')) return null
    const value = lexer.value()
    if (value === null) return null
    if (name === 'reason') reason = value
    else properties.push([name, value])
  }
  return { method: method.toLowerCase(), result: result.toLowerCase(), reason, properties }
}

/** `ptype.property`; comments may stand around the dot. */
function propertyName(lexer: Lexer): string | null {
  let name = lexer.word()
  if (name === null) return null
  if (lexer.take('.')) name += '.'
  if (name.endsWith('.')) name += lexer.word() ?? ''
  return name.toLowerCase()
}

/** Walks a structured field body: words, quoted strings, and comments skipped at any depth. */
class Lexer {
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    this.#skip()
  }

  isAtEnd(): boolean {
    return this.at >= this.#text.length
  }

  isAt(character: string): boolean {
    return this.#text[this.at] === character
  }

  take(character: string): boolean {
    if (!this.isAt(character)) return false
    this.at++
    this.#skip()
    return true
  }

  /** A keyword, with dots as in `smtp.mailfrom`. */
  word(): string | null {
    return this.#run(/[A-Za-z0-9._-]+/y)
  }

  /** A token or quoted string; mail addresses stand here unquoted. */
  value(): string | null {
    return this.isAt('"') ? this.#quoted() : this.#run(/[^\s;"()\\]+/y)
  }

  #run(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.#text)
    if (match === null) return null
    this.at += match[0].length
    this.#skip()
    return match[0]
  }

  #quoted(): string | null {
    const pattern = /"((?:[^"\\]|\\.)*)"(?:@[^\s;"()\\]+)?/sy
    pattern.lastIndex = this.at
    const match = pattern.exec(this.#text)
    if (match === null) return null
    this.at += match[0].length
    this.#skip()
    const content = match[1]!.replace(/\\(.)/gs, '$1')
    // A quoted local part keeps its quotes, because it is part of a mailbox.
    return match[0].endsWith('"') ? content : match[0]
  }

  #skip(): void {
    let depth = 0
    for (; this.at < this.#text.length; this.at++) {
      const character = this.#text[this.at]!
      if (character === '(') depth++
      else if (depth > 0 && character === '\\') this.at++
      else if (depth > 0 && character === ')') depth--
      else if (depth === 0 && !/\s/.test(character)) return
    }
  }
}

function keyword(text: string): string {
  if (text !== '' && isMadeOf(KEYWORD_CODES, text)) return text
  return text.replace(/[^A-Za-z0-9._-]/g, '') || 'unknown'
}

/** As a token where it is one (RFC 2045 §5.1, and `@` as RFC 8601 §2.2 allows), else as a quoted string. */
function quoteValue(text: string): string {
  return text !== '' && isMadeOf(TOKEN_CODES, text) ? text : quoteString(text)
}

/** Control characters are lost: a value from the envelope must not open a line of its own. */
function quoteString(text: string): string {
  const clean = withoutControls(text, '?').slice(0, 512)
  const safe = isAsciiText(clean) ? clean : clean.replace(/[\ud800-\udfff](?![\udc00-\udfff])/g, '?')
  return `"${safe.replace(/["\\]/g, '\\$&')}"`
}
