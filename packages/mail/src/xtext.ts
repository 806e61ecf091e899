// The encodings of ESMTP parameter values: xtext (RFC 3461 §4) and that of internationalised recipients
// (RFC 6533 §3).
import { fromLatin1, isAsciiText } from './bytes.ts'

/** Decodes xtext to printable ASCII; null where it is not xtext or hides control or 8-bit characters. */
export function decodeXtext(text: string): string | null {
  let decoded = ''
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 33 || code > 126 || code === 61) return null
    if (code === 43) {
      code = hexPair(text.charCodeAt(i + 1), text.charCodeAt(i + 2))
      // A value with CR or LF inside would be a command of its own once somebody sends it on.
      if (code < 32 || code > 126) return null
      i += 2
    }
    decoded += String.fromCharCode(code)
  }
  return decoded
}

/**
 * Decodes the xtext of an address that may be UTF-8: Postfix writes an internationalised original recipient
 * as `rfc822;b+C3+A9n@…` although RFC 6533 §3 has a type for it. Null as `decodeXtext`, or for broken UTF-8.
 */
export function decodeXtextAddress(text: string): string | null {
  let hasHighOctets = false
  // Octets above 127 are taken out as characters of the same number, and read as UTF-8 together.
  const octets = text.replace(/\+([89A-Fa-f][0-9A-Fa-f])/g, (_, pair: string) => {
    hasHighOctets = true
    return String.fromCharCode(Number.parseInt(pair, 16))
  })
  if (!hasHighOctets) return decodeXtext(text)
  let plain = ''
  for (let i = 0; i < octets.length; ) {
    const start = i
    while (i < octets.length && octets.charCodeAt(i) < 128) i++
    const ascii = decodeXtext(octets.slice(start, i))
    if (ascii === null) return null
    const high = i
    while (i < octets.length && octets.charCodeAt(i) >= 128) i++
    const read = utf8Of(octets.slice(high, i))
    if (read === null) return null
    plain += ascii + read
  }
  return plain
}

function utf8Of(octets: string): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromLatin1(octets))
    // C1 control characters do harm on terminals as well.
    return /[\u0080-\u009f]/.test(text) ? null : text
  } catch {
    return null
  }
}

/** Encodes printable ASCII as xtext. Control and 8-bit characters are dropped: they may not be sent. */
export function encodeXtext(text: string): string {
  let encoded = ''
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126) continue
    encoded +=
      code === 32 || code === 43 || code === 61
        ? `+${code.toString(16).toUpperCase().padStart(2, '0')}`
        : text[i]
  }
  return encoded
}

/** Decodes the address of `utf-8;…` in ORCPT: UTF-8, xtext or `\x{263A}` embedded. RFC 6533 §3. */
export function decodeUtf8Address(text: string): string | null {
  let decoded = ''
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) {
      const end = text.indexOf('}', i)
      const point = text.startsWith('\\x{', i) && end !== -1 ? hexPoint(text.slice(i + 3, end)) : -1
      if (point < 32 || (point >= 127 && point < 160)) return null
      decoded += String.fromCodePoint(point)
      i = end
    } else if (code === 43) {
      const pair = hexPair(text.charCodeAt(i + 1), text.charCodeAt(i + 2))
      if (pair < 32 || pair > 126) return null
      decoded += String.fromCharCode(pair)
      i += 2
    } else {
      if (code < 33 || (code >= 127 && code < 160) || code === 61) return null
      decoded += text[i]
    }
  }
  return decoded
}

/** Encodes an address for `utf-8;…` so that it is pure ASCII (`utf-8-addr-xtext` of RFC 6533 §3). */
export function encodeUtf8Address(text: string): string {
  let encoded = ''
  for (const character of text) {
    const point = character.codePointAt(0)!
    if (point < 32 || (point >= 127 && point < 160)) continue
    const plain = point > 32 && point < 127 && point !== 43 && point !== 61 && point !== 92
    encoded += plain ? character : `\\x{${point.toString(16).toUpperCase().padStart(2, '0')}}`
  }
  return encoded
}

/** Encodes `type;address` for ORCPT and for Original-Recipient, whatever its type. RFC 3461 §4.2. */
export function encodeOriginalRecipient(recipient: string): string {
  const semicolon = recipient.indexOf(';')
  const type = semicolon === -1 ? 'rfc822' : recipient.slice(0, semicolon)
  const address = recipient.slice(semicolon + 1)
  return isAsciiText(address) ? `${type};${encodeXtext(address)}` : `utf-8;${encodeUtf8Address(address)}`
}

function hexPair(high: number, low: number): number {
  const h = hexDigit(high)
  const l = hexDigit(low)
  return h === -1 || l === -1 ? -1 : h * 16 + l
}

/** RFC 3461 §4 wants upper case; lower case digits are understood too. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 65 && code <= 70) return code - 55
  return code >= 97 && code <= 102 ? code - 87 : -1
}

function hexPoint(digits: string): number {
  if (!/^[0-9A-Fa-f]{2,6}$/.test(digits)) return -1
  const point = Number.parseInt(digits, 16)
  return point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? -1 : point
}
