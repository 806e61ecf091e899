// Reads Content-Type and Content-Disposition: a value and its parameters, with the pieces and charsets of
// RFC 2231.
import { fromLatin1, toLatin1 } from './bytes.ts'
import { decodeWithCharset } from './charset.ts'

export type ContentParameter = {
  /** Lower case, without the marks of RFC 2231. */
  readonly name: string
  readonly value: string
  /** Written with a charset or in pieces (RFC 2231 §3 and §4). */
  readonly isExtended: boolean
}

export type ContentField = {
  /** `text/plain`, `attachment`: lower case, '' when there is none. */
  readonly value: string
  /** In their order; a name may come more than once. */
  readonly parameters: readonly ContentParameter[]
  /** More parameters or pieces were written than are read. */
  readonly isCut: boolean
}

/** Programs write a dozen; a file name of 10,000 characters in pieces of 60 needs some 170. */
export const CONTENT_PARAMETERS_MAX = 500
/** Beyond this a field is an attempt to tire us. */
export const CONTENT_FIELD_LENGTH_MAX = 65_536

type Written = { readonly name: string; readonly value: string }
type Piece = { readonly at: number; readonly value: string; readonly isEncoded: boolean }

/** Reads the unfolded value of a field. Never throws; what cannot be read is passed over. RFC 2045 §5.1. */
export function parseContentField(text: string, parametersMax = CONTENT_PARAMETERS_MAX): ContentField {
  const input = text.length > CONTENT_FIELD_LENGTH_MAX ? text.slice(0, CONTENT_FIELD_LENGTH_MAX) : text
  const head = readHead(input)
  const written: Written[] = []
  let isCut = input !== text
  for (let at = head.end; at < input.length; ) {
    const name = readName(input, at + 1)
    if (name.end >= input.length || input[name.end] === ';') {
      at = name.end
      continue
    }
    const value = readValue(input, name.end + 1)
    if (written.length >= parametersMax) {
      isCut = true
      break
    }
    if (name.text !== '') written.push({ name: name.text.toLowerCase(), value: value.text })
    at = value.end
  }
  return { value: withoutComments(head.text).trim().toLowerCase(), parameters: combine(written), isCut }
}

/** The parameter's value; what is written by RFC 2231 goes before what is written plainly (RFC 6266 §4.3). */
export function parameterOf({ parameters }: ContentField, name: string): string | null {
  let found: string | null = null
  for (const parameter of parameters) {
    if (parameter.name !== name) continue
    if (parameter.isExtended) return parameter.value
    found ??= parameter.value
  }
  return found
}

function readUntilSemicolon(text: string, from: number): { text: string; end: number } {
  const semicolon = text.indexOf(';', from)
  const end = semicolon === -1 ? text.length : semicolon
  return { text: text.slice(from, end), end }
}

/** The value; where a program forgot the semicolon, the first parameter begins behind the white space. */
function readHead(text: string): { text: string; end: number } {
  const whole = readUntilSemicolon(text, 0)
  if (!whole.text.includes('=')) return whole
  const forgotten = /^\s*[^\s="(;]+(?=\s+[A-Za-z*0-9-]+\s*=)/.exec(whole.text)
  return forgotten === null ? whole : { text: forgotten[0], end: forgotten[0].length }
}

/** Up to `=` or `;`, without white space and comments. */
function readName(text: string, from: number): { text: string; end: number } {
  let end = from
  while (end < text.length && text[end] !== '=' && text[end] !== ';') end++
  return { text: withoutComments(text.slice(from, end)).trim(), end }
}

/** A quoted string, else everything up to the semicolon: names with spaces are written so, too. */
function readValue(text: string, from: number): { text: string; end: number } {
  let at = from
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  if (text[at] !== '"') {
    const plain = readUntilSemicolon(text, at)
    return { text: plain.text.trim(), end: plain.end }
  }
  let value = ''
  let run = at + 1
  for (at += 1; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== '\\' || at + 1 >= text.length) continue
    value += text.slice(run, at)
    at += 1
    run = at
  }
  value += text.slice(run, at)
  // What stands between the closing quote and the next semicolon belongs to nothing.
  return { text: value, end: readUntilSemicolon(text, Math.min(at + 1, text.length)).end }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10
}

/** Comments (RFC 5322 §3.2.2), nested ones too; one that never ends takes the rest. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let kept = ''
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '(') depth += 1
    else if (character === ')' && depth > 0) depth -= 1
    else if (depth === 0) kept += character
  }
  return kept
}

const MARKED = /^([^*]{1,80})(?:\*(\d{1,4}))?(\*)?$/

/** Puts pieces together and decodes charsets: `name*0*=utf-8''a%20; name*1=b` is one parameter `name`. */
function combine(written: readonly Written[]): readonly ContentParameter[] {
  const combined: (ContentParameter | { readonly name: string; readonly pieces: Piece[] })[] = []
  const inPieces = new Map<string, Piece[]>()
  for (const { name, value } of written) {
    const mark = name.includes('*') ? MARKED.exec(name) : null
    if (mark === null || (mark[2] === undefined && mark[3] === undefined)) {
      combined.push({ name, value, isExtended: false })
      continue
    }
    const base = mark[1]!
    const piece = { at: Number(mark[2] ?? 0), value, isEncoded: mark[3] !== undefined }
    if (mark[2] === undefined) {
      combined.push({ name: base, value: joined([piece]), isExtended: true })
      continue
    }
    const pieces = inPieces.get(base)
    if (pieces !== undefined) pieces.push(piece)
    else {
      const first = [piece]
      inPieces.set(base, first)
      combined.push({ name: base, pieces: first })
    }
  }
  return combined.map((one) =>
    'pieces' in one ? { name: one.name, value: joined(one.pieces), isExtended: true } : one,
  )
}

function joined(pieces: readonly Piece[]): string {
  const ordered = [...pieces].sort((a, b) => a.at - b.at)
  const first = ordered[0]!
  const [charset, rest] = first.isEncoded ? charsetOf(first.value) : [null, first.value]
  let octets = ''
  for (const piece of ordered) {
    const value = piece === first ? rest : piece.value
    octets += piece.isEncoded ? percentDecoded(value) : value
  }
  // Raw characters beyond a byte were decoded already, with the header field.
  if (charset === null && !ordered.some(({ isEncoded }) => isEncoded)) return octets
  return isBytes(octets) ? decodeWithCharset(fromLatin1(octets), charset ?? 'utf-8') : octets
}

/** `charset'language'text` (RFC 2231 §4). */
function charsetOf(value: string): readonly [string | null, string] {
  const first = value.indexOf("'")
  const second = first === -1 ? -1 : value.indexOf("'", first + 1)
  if (second === -1) return [null, value]
  return [value.slice(0, first).trim().toLowerCase() || null, value.slice(second + 1)]
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    toLatin1(Uint8Array.of(Number.parseInt(hex, 16))),
  )
}

function isBytes(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return false
  return true
}
