// Bytes to text and back. Nothing here needs Node, because this package also runs in browsers.

const CR = 13
const LF = 10
/** Arguments handed to String.fromCharCode at once: engines limit the stack an apply may use. */
const CHARACTERS_PER_CALL = 4096

/**
 * Node's own routine where there is one: for a command line it is six times as fast as what works everywhere,
 * and every octet of every message passes here.
 */
const native = (globalThis as { readonly Buffer?: { readonly prototype: NativeBytes } }).Buffer?.prototype
const nativeLatin1 = native?.latin1Slice
type NativeBytes = { latin1Slice(this: Uint8Array, start: number, end: number): string }

const utf8 = new TextDecoder('utf-8')
const utf8Strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * A copy with memory of its own. Node's Buffer is a Uint8Array whose `slice` is a view, and a view of a few
 * bytes keeps the whole block that was read.
 */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/** Reads each byte as the character of that number (ISO 8859-1), so that no byte is lost. */
export function toLatin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (nativeLatin1 !== undefined) {
    const stop = Math.min(end, bytes.length)
    return start < stop ? nativeLatin1.call(bytes, start, stop) : ''
  }
  if (end - start <= CHARACTERS_PER_CALL) {
    return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[])
  }
  let text = ''
  for (let from = start; from < end; from += CHARACTERS_PER_CALL) {
    const part = bytes.subarray(from, Math.min(end, from + CHARACTERS_PER_CALL))
    text += String.fromCharCode.apply(null, part as unknown as number[])
  }
  return text
}

/** Shorter slices are copies anyway. */
const SLICE_LENGTH_MIN = 13
const scratch = new Uint8Array(1024)

/**
 * The parts as one text in one piece of memory, for what is written as JSON: a template makes a rope, and one
 * rope in an object makes engines write all of it at half the speed.
 */
export function flatText(...parts: readonly (string | number)[]): string {
  return parts.join('')
}

/**
 * The same text with memory of its own, for what is kept: engines make a slice a view that holds the whole
 * text it was cut from, and write JSON of objects with such views at half the speed. Texts beyond ASCII and
 * long ones come back as they are.
 */
export function ownText(text: string): string {
  const { length } = text
  if (length < SLICE_LENGTH_MIN || length > scratch.length || nativeLatin1 === undefined) return text
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return text
    scratch[i] = code
  }
  return nativeLatin1.call(scratch, 0, length)
}

/** Writes each character as one byte; characters above U+00FF become `?`. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes[i] = code < 256 ? code : 63
  }
  return bytes
}

/** Encodes text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Decodes UTF-8; wrong sequences become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

/** Decodes UTF-8, or returns null when the bytes are not UTF-8. */
export function decodeUtf8Strict(bytes: Uint8Array): string | null {
  try {
    return utf8Strict.decode(bytes)
  } catch {
    return null
  }
}

/** Decodes as UTF-8 where the bytes are UTF-8, else as ISO 8859-1: for header fields of any origin. */
export function decodeText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  // Most is ASCII, and then no view has to be made of it.
  if (isAscii(bytes, start, end)) return toLatin1(bytes, start, end)
  return decodeUtf8Strict(bytes.subarray(start, end)) ?? toLatin1(bytes, start, end)
}

/** Whether every byte is below 128. */
export function isAscii(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! > 127) return false
  return true
}

/** Whether every character of the text is below U+0080. */
export function isAsciiText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

/** The octets a text takes as UTF-8, without encoding it. */
export function utf8Length(text: string): number {
  let octets = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    octets += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2
  }
  return octets
}

/** Joins byte arrays. A single part is returned as it is, not copied. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The offset of the next CRLF at or after `from`, or -1. */
export function indexOfCrlf(bytes: Uint8Array, from = 0): number {
  let at = bytes.indexOf(LF, from)
  while (at !== -1) {
    if (at > from && bytes[at - 1] === CR) return at - 1
    at = bytes.indexOf(LF, at + 1)
  }
  return -1
}

/** The offset of `needle` at or after `from`, or -1. */
export function indexOfBytes(bytes: Uint8Array, needle: Uint8Array, from = 0): number {
  const first = needle[0]
  if (first === undefined) return from <= bytes.length ? from : -1
  let at = bytes.indexOf(first, from)
  while (at !== -1 && at + needle.length <= bytes.length) {
    let i = 1
    while (i < needle.length && bytes[at + i] === needle[i]) i++
    if (i === needle.length) return at
    at = bytes.indexOf(first, at + 1)
  }
  return -1
}

/** Whether two byte arrays hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Replaces CR, LF, NUL and every other control character, so that a text stays on its line. */
export function withoutControls(text: string, replacement = ' '): string {
  return hasControls(text) ? text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, replacement) : text
}

/** Whether a text holds control characters, or the line separators some readers treat as line ends. */
export function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029) return true
  }
  return false
}
