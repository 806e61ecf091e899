// Octets in a named charset as a reader would see them: UTF-7, the ISO 2022 family and HZ too. A charset that
// nobody knows is no reason to see nothing (abuse case 28).
import { decodeBase64 } from './base64.ts'
import { decodeUtf8Strict, fromLatin1, toLatin1 } from './bytes.ts'

/** Decodes octets; an unknown charset is read as UTF-8 where it is that, else as Windows-1252. */
export function decodeWithCharset(octets: Uint8Array, charset: string | null): string {
  const marked = byteOrderMark(octets)
  // A byte order mark is stronger than what the header says: browsers and Outlook follow it.
  if (marked !== null) return new TextDecoder(marked).decode(octets)
  const name = charset === null ? '' : normalName(charset)
  const own = OWN.get(name)
  if (own !== undefined) return own(octets)
  const decoder = decoderOf(name)
  return decoder === null ? guessed(octets) : decoder.decode(octets)
}

/**
 * Decodes octets of a charset that somebody knows, by any of its names; null for the others, and for UTF-7,
 * which no reader takes in a header any more. Nothing is guessed but that ASCII may be more than it says.
 */
export function decodeKnownCharset(octets: Uint8Array, charset: string): string | null {
  const name = normalName(charset)
  if (name === 'us-ascii' || name === 'ascii') return guessed(octets)
  const own = name.endsWith('utf-7') ? undefined : OWN.get(name)
  if (own !== undefined) return own(octets)
  const decoder = decoderOf(name)
  if (decoder === null) return null
  const marked = byteOrderMark(octets)
  return (marked === null ? decoder : new TextDecoder(marked)).decode(octets)
}

const OWN: ReadonlyMap<string, (octets: Uint8Array) => string> = new Map([
  ['utf-7', (octets: Uint8Array) => decodeUtf7(toLatin1(octets))],
  ['unicode-1-1-utf-7', (octets: Uint8Array) => decodeUtf7(toLatin1(octets))],
  ['iso-2022-kr', (octets: Uint8Array) => decodeShifted(octets, 'euc-kr')],
  ['iso-2022-cn', (octets: Uint8Array) => decodeShifted(octets, 'gbk')],
  ['iso-2022-cn-ext', (octets: Uint8Array) => decodeShifted(octets, 'gbk')],
  ['hz-gb-2312', decodeHz],
])

/** Names that programs write and the Encoding Standard lacks. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['ansi_x3.4-1968', 'us-ascii'],
  ['iso-8859-8-e', 'iso-8859-8'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['unicode', 'utf-16le'],
  ['utf8mb4', 'utf-8'],
  ['cp1250', 'windows-1250'],
  ['cp850', 'windows-1252'],
  ['cp437', 'windows-1252'],
  ['hz', 'hz-gb-2312'],
])

function normalName(charset: string): string {
  const name = charset
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/g, '')
  return ALIASES.get(name) ?? name
}

/** Null for names nobody knows and for those whose decoder only answers with U+FFFD. */
function decoderOf(name: string): TextDecoder | null {
  if (name === '' || name === 'replacement') return null
  // The octets of mail that calls itself ASCII and is not are UTF-8 more often than anything else.
  if (name === 'us-ascii' || name === 'ascii') return null
  const known = decoders.get(name)
  if (known !== undefined) return known
  const made = madeDecoder(name)
  if (decoders.size < DECODERS_MAX) decoders.set(name, made)
  return made
}

/**
 * Kept, because making one takes longer than a short text: rich text asks for each letter outside of ASCII.
 * Names that nobody knows are kept too, up to a number; a whole text decoded at once leaves no state in it.
 */
const decoders = new Map<string, TextDecoder | null>()
const DECODERS_MAX = 100

function madeDecoder(name: string): TextDecoder | null {
  try {
    return new TextDecoder(name)
  } catch {
    return null
  }
}

const LATIN = new TextDecoder('windows-1252')

function guessed(octets: Uint8Array): string {
  return decodeUtf8Strict(octets) ?? LATIN.decode(octets)
}

function byteOrderMark(octets: Uint8Array): string | null {
  const [first, second, third] = octets
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return null
}

/** UTF-7 (RFC 2152): `+` begins base64 of UTF-16, which ends before any other character; `+-` is a plus. */
export function decodeUtf7(text: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf('+'); at !== -1; at = text.indexOf('+', from)) {
    parts.push(text.slice(from, at))
    let end = at + 1
    while (end < text.length && isBase64(text.charCodeAt(end))) end++
    if (end === at + 1) parts.push('+')
    else parts.push(utf16Of(decodeBase64(text.slice(at + 1, end))))
    from = text[end] === '-' ? end + 1 : end
  }
  parts.push(text.slice(from))
  return parts.join('')
}

function utf16Of(octets: Uint8Array): string {
  return new TextDecoder('utf-16be').decode(octets.subarray(0, octets.length & ~1))
}

function isBase64(code: number): boolean {
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  return isLetter || (code >= 48 && code <= 57) || code === 43 || code === 47
}

const ESCAPE = 27
const SHIFT_OUT = 14
const SHIFT_IN = 15

/** ISO-2022-KR and -CN (RFC 1557, RFC 1922): between shift-out and shift-in each octet lacks its high bit. */
function decodeShifted(octets: Uint8Array, as: 'euc-kr' | 'gbk'): string {
  const plain = new Uint8Array(octets.length)
  let length = 0
  let isShifted = false
  for (let i = 0; i < octets.length; i++) {
    const octet = octets[i]!
    if (octet === SHIFT_OUT) isShifted = true
    else if (octet === SHIFT_IN) isShifted = false
    else if (octet === ESCAPE) {
      // A designation: `ESC $ ) C` and the like; what it names is known from the charset.
      if (octets[i + 1] === 0x24) i += octets[i + 2] === 0x29 || octets[i + 2] === 0x2a ? 3 : 2
    } else {
      if (octet === 10) isShifted = false
      plain[length++] = isShifted && octet > 32 ? octet | 0x80 : octet
    }
  }
  return new TextDecoder(as).decode(plain.subarray(0, length))
}

/** HZ (RFC 1843): `~{` and `~}` shift to GB 2312 and back. */
function decodeHz(octets: Uint8Array): string {
  const text = toLatin1(octets)
  let plain = ''
  let isShifted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character !== '~') {
      plain += isShifted && character > ' ' ? String.fromCharCode(character.charCodeAt(0) | 0x80) : character
      continue
    }
    const next = text[i + 1]
    i += 1
    if (next === '{') isShifted = true
    else if (next === '}') isShifted = false
    else if (next === '~') plain += '~'
  }
  return new TextDecoder('gbk').decode(fromLatin1(plain))
}
