// Address lists of header fields (RFC 5322 §3.4), read as tolerantly as mail programs do and in linear time.
import { type Mailbox, type MailboxOptions, parseMailbox } from './address.ts'
import { withoutControls } from './bytes.ts'
import { decodeEncodedWords } from './encoded-word.ts'

export type AddressEntry = {
  /** The name shown, unquoted, encoded words decoded; '' when there is none. */
  readonly displayName: string
  /** The mailbox, or null where what stands there is none. */
  readonly mailbox: Mailbox | null
  /** The address as written, comments removed. */
  readonly written: string
}

export type AddressList = {
  readonly entries: readonly AddressEntry[]
  /** Whether there was more than the limit. */
  readonly truncated: boolean
}

/** The recipients of the largest legitimate mails; policies look at far fewer. */
export const ADDRESSES_MAX = 10_000

/** What is written beyond this is no address; it is kept as far as people may want to see it. */
const WRITTEN_MAX = 1000

type Token =
  | { readonly kind: 'text' | 'quoted' | 'comment'; readonly text: string; readonly spaced: boolean }
  | { readonly kind: ',' | ';' | ':' | '<' | '>'; readonly text: string; readonly spaced: boolean }

type Pending = { tokens: Token[]; angle: Token[] | null; inAngle: boolean; isAfterAngle: boolean }

/**
 * Reads a list of addresses. Groups give their members, comments are no part of an address but serve as a
 * display name where there is no other, and broken entries come out with `mailbox` null.
 */
export function parseAddressList(
  value: string,
  options: MailboxOptions & { readonly max?: number } = {},
): AddressList {
  const max = options.max ?? ADDRESSES_MAX
  const entries: AddressEntry[] = []
  let pending = empty()
  let inGroup = false
  const finish = (): void => {
    if (pending.tokens.length > 0 || pending.angle !== null) entries.push(entryOf(pending, options))
    pending = empty()
  }
  for (const token of tokens(value)) {
    if (entries.length >= max) return { entries, truncated: true }
    if (pending.inAngle && token.kind !== '>') {
      // Inside angle brackets a comma belongs to a source route; a second `<` starts over.
      if (token.kind === '<') pending.angle = []
      else pending.angle!.push(token)
    } else if (token.kind === '<') {
      if (pending.isAfterAngle) finish()
      pending.angle = []
      pending.inAngle = true
    } else if (token.kind === '>') {
      pending.isAfterAngle ||= pending.inAngle
      pending.inAngle = false
    } else if (token.kind === ',') finish()
    else if (token.kind === ':' && !inGroup) {
      // What stood before is the name of a group; if it is an address, some reader takes it for the author.
      if (readMailbox(writtenAddress(pending.tokens), options) !== null) finish()
      pending = empty()
      inGroup = true
    } else if (token.kind === ';') {
      finish()
      inGroup = false
    } else if (pending.isAfterAngle && token.kind !== 'comment') {
      finish()
      pending.tokens.push(token)
    } else pending.tokens.push(token)
  }
  finish()
  return { entries, truncated: false }
}

function empty(): Pending {
  return { tokens: [], angle: null, inAngle: false, isAfterAngle: false }
}

function entryOf(pending: Pending, options: MailboxOptions): AddressEntry {
  const { tokens, angle } = pending
  const comments = tokens.filter((token) => token.kind === 'comment')
  const words = tokens.filter((token) => token.kind !== 'comment')
  const written = writtenAddress(angle ?? tokens)
  const name = angle === null || words.length === 0 ? comments : words
  const displayName = withoutControls(decodeEncodedWords(joinWords(name)), '').trim()
  return { displayName, mailbox: readMailbox(route(written, angle !== null), options), written }
}

/** Drops the source route of an address in angle brackets (RFC 5322 §4.4). */
function route(written: string, inAngle: boolean): string {
  return inAngle && written.startsWith('@') ? written.slice(written.indexOf(':') + 1) : written
}

function readMailbox(text: string, options: MailboxOptions): Mailbox | null {
  const mailbox = parseMailbox(text, {
    allowUtf8: true,
    allowLiteral: true,
    allowUnderscore: true,
    ...options,
  })
  return mailbox.ok ? mailbox.value : null
}

/**
 * White space and comments inside an address are obsolete syntax (RFC 5322 §4.4) only around dots and `@`.
 * Between two words they count as a space, so that `a@good.example(x)evil.example` stays no address.
 */
function writtenAddress(parts: readonly Token[]): string {
  let text = ''
  let spaced = false
  for (const token of parts) {
    if (text.length > WRITTEN_MAX) break
    spaced ||= token.spaced || token.kind === 'comment'
    if (token.kind === 'comment') continue
    const glued = text === '' || GLUE.has(text[text.length - 1]!) || GLUE.has(token.text[0] ?? '')
    if (spaced && !glued) text += ' '
    text += token.kind === 'quoted' ? `"${token.text}"` : token.text
    spaced = false
  }
  return text
}

function joinWords(tokens: readonly Token[]): string {
  let text = ''
  for (const token of tokens) {
    if (token.spaced && text !== '') text += ' '
    text += token.kind === 'text' ? token.text : token.text.replace(/\\(.)/gs, '$1')
  }
  return text
}

const GLUE = new Set(['.', '@', ':', ','])
const SPECIAL = new Set([',', ';', ':', '<', '>'])

/** Cuts a field body into tokens; a quoted string or comment without end reaches to the end. */
function* tokens(value: string): Generator<Token> {
  let spaced = false
  for (let at = 0; at < value.length; ) {
    const character = value[at]!
    if (isSpace(character)) {
      spaced = true
      at++
      continue
    }
    let end: number
    if (character === '"') {
      end = quotedEnd(value, at)
      yield { kind: 'quoted', text: inner(value, at, end, '"'), spaced }
    } else if (character === '(') {
      end = commentEnd(value, at)
      yield { kind: 'comment', text: inner(value, at, end, ')'), spaced }
    } else if (SPECIAL.has(character)) {
      end = at + 1
      yield { kind: character as ',', text: character, spaced }
    } else {
      end = textEnd(value, at)
      yield { kind: 'text', text: value.slice(at, end), spaced }
    }
    spaced = false
    at = end
  }
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

function inner(value: string, start: number, end: number, close: string): string {
  return value.slice(start + 1, end > start + 1 && value[end - 1] === close ? end - 1 : end)
}

function quotedEnd(value: string, start: number): number {
  for (let i = start + 1; i < value.length; i++) {
    if (value[i] === '\\') i++
    else if (value[i] === '"') return i + 1
  }
  return value.length
}

function commentEnd(value: string, start: number): number {
  let depth = 0
  for (let i = start; i < value.length; i++) {
    const character = value[i]
    if (character === '\\') i++
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return i + 1
  }
  return value.length
}

/** A run of other characters; a domain literal in brackets keeps its colons. */
function textEnd(value: string, start: number): number {
  let literal = false
  let i = start
  for (; i < value.length; i++) {
    const character = value[i]!
    if (character === '[') literal = true
    else if (character === ']') literal = false
    else if (literal ? isSpace(character) : isDelimiter(character)) break
  }
  return i
}

function isDelimiter(character: string): boolean {
  return isSpace(character) || character === '"' || character === '(' || SPECIAL.has(character)
}
