// Header fields of RFC 5322 §2.2 as they stand in the bytes: found, counted, unfolded and removed, never
// rewritten.
import { decodeText, toLatin1 } from './bytes.ts'
import { knownName } from './header-names.ts'
import { fail, ok, type Parsed } from './parsed.ts'

export { authorsOf } from './author.ts'
export { decodeEncodedWords } from './encoded-word.ts'

export type HeaderField = {
  /** As written, without white space before the colon; '' for a line that is no field. */
  readonly name: string
  readonly nameLower: string
  /** The whole field, with its line endings. */
  readonly raw: Uint8Array
  /** The body unfolded (RFC 5322 §2.2.3) and trimmed; UTF-8, else read as ISO 8859-1. */
  readonly value: string
  /** Offsets in the bytes given. */
  readonly start: number
  readonly end: number
}

export type HeaderLimits = { readonly maxFields?: number | undefined; readonly maxBytes?: number | undefined }

/** Mailing lists and Exchange together reach 200 fields; more than this is an attempt to tire us. */
export const HEADER_FIELDS_MAX = 1000
/** Long recipient lists reach some hundred KiB. */
export const HEADER_BYTES_MAX = 1_048_576

const CR = 13
const LF = 10
const SPACE = 32
const TAB = 9
const COLON = 58

/** Finds the empty line between header and body; a message without one is all header. RFC 5322 §2.1. */
export function splitMessage(content: Uint8Array): {
  readonly headerBytes: Uint8Array
  readonly bodyOffset: number
} {
  let lineStart = 0
  for (;;) {
    const first = content[lineStart]
    if (first === LF) return split(content, lineStart, lineStart + 1)
    if (first === CR && content[lineStart + 1] === LF) return split(content, lineStart, lineStart + 2)
    const lf = content.indexOf(LF, lineStart)
    if (lf === -1) return split(content, content.length, content.length)
    lineStart = lf + 1
  }
}

function split(content: Uint8Array, headerEnd: number, bodyOffset: number) {
  return { headerBytes: content.subarray(0, headerEnd), bodyOffset }
}

/** Reads header bytes (without the empty line) into fields, in their order. */
export function parseHeaderFields(bytes: Uint8Array, limits: HeaderLimits = {}): Parsed<HeaderField[]> {
  const maxFields = limits.maxFields ?? HEADER_FIELDS_MAX
  const maxBytes = limits.maxBytes ?? HEADER_BYTES_MAX
  if (bytes.length > maxBytes) return fail('header-too-big', maxBytes)
  const fields: HeaderField[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = fieldEnd(bytes, start)
    if (fields.length >= maxFields) return fail('too-many-fields', start)
    fields.push(readField(bytes, start, end))
    start = end
  }
  return ok(fields)
}

/** The first field of a name, in any case. */
export function firstField(fields: readonly HeaderField[], name: string): HeaderField | null {
  const lower = name.toLowerCase()
  return fields.find((field) => field.nameLower === lower) ?? null
}

/** All fields of a name, in their order. */
export function fieldsNamed(fields: readonly HeaderField[], name: string): HeaderField[] {
  const lower = name.toLowerCase()
  return fields.filter((field) => field.nameLower === lower)
}

/** How many fields of a name there are. */
export function countField(fields: readonly HeaderField[], name: string): number {
  return fieldsNamed(fields, name).length
}

/** The content without the header fields the predicate picks; the same array when it picks none. */
export function removeFields(
  content: Uint8Array,
  predicate: (field: HeaderField) => boolean,
  limits: HeaderLimits = {},
): Uint8Array {
  const { headerBytes } = splitMessage(content)
  const fields = parseHeaderFields(headerBytes, limits)
  if (!fields.ok) return content
  const removed = fields.value.filter(predicate)
  if (removed.length === 0) return content
  let length = content.length
  for (const field of removed) length -= field.end - field.start
  const kept = new Uint8Array(length)
  let from = 0
  let at = 0
  for (const field of removed) {
    kept.set(content.subarray(from, field.start), at)
    at += field.start - from
    from = field.end
  }
  kept.set(content.subarray(from), at)
  return kept
}

/** The offset behind the field that starts at `start`: lines that begin with white space belong to it. */
function fieldEnd(bytes: Uint8Array, start: number): number {
  let lf = bytes.indexOf(LF, start)
  while (lf !== -1) {
    const next = bytes[lf + 1]
    if (next !== SPACE && next !== TAB) return lf + 1
    lf = bytes.indexOf(LF, lf + 1)
  }
  return bytes.length
}

function readField(bytes: Uint8Array, start: number, end: number): HeaderField {
  const colon = colonOf(bytes, start, end)
  let nameEnd = colon === -1 ? start : colon
  // White space before the colon is obsolete syntax (RFC 5322 §4.5) and still means the same field.
  while (nameEnd > start && isBlank(bytes[nameEnd - 1]!)) nameEnd--
  return new Field(bytes, { start, nameEnd, valueStart: colon + 1 || start, end })
}

/**
 * A field whose bytes are cut out and whose value is decoded when somebody asks: most of a message's fields
 * are never looked at.
 */
class Field implements HeaderField {
  readonly name: string
  readonly nameLower: string
  readonly start: number
  readonly end: number
  readonly #bytes: Uint8Array
  readonly #valueStart: number
  #value: string | undefined

  constructor(bytes: Uint8Array, at: { start: number; nameEnd: number; valueStart: number; end: number }) {
    const known = knownName(bytes, at.start, at.nameEnd)
    this.name = known === null ? toLatin1(bytes, at.start, at.nameEnd) : known.name
    this.nameLower = known === null ? this.name.toLowerCase() : known.nameLower
    this.start = at.start
    this.end = at.end
    this.#bytes = bytes
    this.#valueStart = at.valueStart
  }

  get raw(): Uint8Array {
    return this.#bytes.subarray(this.start, this.end)
  }

  get value(): string {
    this.#value ??= this.#read()
    return this.#value
  }

  /** Without the white space around it, so that the text need not be cut again. */
  #read(): string {
    const bytes = this.#bytes
    let from = this.#valueStart
    let to = this.end
    while (from < to && isSpace(bytes[from]!)) from++
    while (to > from && isSpace(bytes[to - 1]!)) to--
    return unfold(decodeText(bytes, from, to))
  }
}

/** The colon behind a field name of printable ASCII (RFC 5322 §2.2), or -1. */
function colonOf(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte === COLON) return i === start ? -1 : i
    if (byte < 33 || byte > 126) {
      if (i === start || !isBlank(byte)) return -1
      while (i < end && isBlank(bytes[i]!)) i++
      return bytes[i] === COLON && i < end ? i : -1
    }
  }
  return -1
}

function isSpace(byte: number): boolean {
  return isBlank(byte) || byte === LF || byte === CR
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB
}

/** Unfolding removes the line endings and nothing else (RFC 5322 §2.2.3). */
function unfold(text: string): string {
  return (text.includes('\n') ? text.replace(/\r?\n/g, '') : text).trim()
}
