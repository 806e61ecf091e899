// Content transfer encodings (RFC 2045 §6) undone as mail programs undo them: broken input is read as far as
// it goes, in one pass, and never more than the octets asked for.

export type Decoded = {
  readonly octets: Uint8Array
  /** There was more than asked for. */
  readonly isCut: boolean
}

/** Decodes `octets`, written in `encoding` (lower case), to at most `max` octets. */
export function decodeTransfer(octets: Uint8Array, encoding: string, max: number): Decoded {
  switch (encoding) {
    case 'base64':
      return decodeBase64Octets(octets, max)
    case 'quoted-printable':
      return decodeQuotedPrintable(octets, max)
    default:
      return octets.length > max ? { octets: octets.subarray(0, max), isCut: true } : { octets, isCut: false }
  }
}

/** Longer bodies are always decoded: mail programs pass over what is no base64, and so must whoever looks. */
const PLAIN_LENGTH_MAX = 200

/** A sentence that only calls itself base64, such as "image goes here", is shown as it stands. */
function isPlainText(octets: Uint8Array): boolean {
  let outside = 0
  for (const octet of octets) if (SIX_BITS[octet] === OTHER && octet !== LF && octet !== CR) outside += 1
  return outside * 20 > octets.length
}

const OTHER = 255
const PAD = 254
const SIX_BITS = new Uint8Array(256).fill(OTHER)
for (let i = 0; i < 64; i++) {
  SIX_BITS['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i
}
SIX_BITS[61] = PAD

/** Octets outside the alphabet are passed over; behind padding a new text may begin. RFC 2045 §6.8. */
function decodeBase64Octets(octets: Uint8Array, max: number): Decoded {
  if (octets.length <= PLAIN_LENGTH_MAX && isPlainText(octets)) return { octets, isCut: octets.length > max }
  const into = new Uint8Array(Math.min(max, Math.ceil((octets.length * 3) / 4)))
  let length = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < octets.length; i++) {
    const value = SIX_BITS[octets[i]!]!
    if (value >= PAD) {
      if (value === PAD) bits = 0
      continue
    }
    held = ((held << 6) | value) & 0x3fff
    bits += 6
    if (bits < 8) continue
    if (length >= into.length) return { octets: into, isCut: true }
    bits -= 8
    into[length++] = held >> bits
  }
  return { octets: into.subarray(0, length), isCut: false }
}

const EQUALS = 61
const LF = 10
const CR = 13

/** RFC 2045 §6.7: soft line ends go, white space before a line end goes, a stray `=` stays. */
function decodeQuotedPrintable(octets: Uint8Array, max: number): Decoded {
  const into = new Uint8Array(Math.min(max, octets.length))
  let length = 0
  let lineStart = 0
  for (let i = 0; i < octets.length; i++) {
    let octet = octets[i]!
    if (octet === EQUALS) {
      const soft = softLineEnd(octets, i + 1)
      if (soft !== -1) {
        i = soft
        lineStart = length
        continue
      }
      const value = hexValue(octets[i + 1], octets[i + 2])
      if (value !== -1) {
        octet = value
        i += 2
        // Written out, so not white space that transport added.
        lineStart = length + 1
      }
    } else if (octet === LF) {
      const wasCr = length > lineStart && into[length - 1] === CR
      if (wasCr) length -= 1
      while (length > lineStart && (into[length - 1] === 32 || into[length - 1] === 9)) length -= 1
      if (wasCr) into[length++] = CR
      lineStart = length + 1
    }
    if (length >= into.length) return { octets: into, isCut: true }
    into[length++] = octet
  }
  return { octets: into.subarray(0, length), isCut: false }
}

/**
 * The offset of the LF when only white space stands before it, else -1; at the end of input the last octet.
 */
function softLineEnd(octets: Uint8Array, from: number): number {
  let at = from
  // Longer runs of white space are no soft line end; a limit keeps the pass linear.
  const stop = Math.min(octets.length, from + 80)
  while (at < stop && (octets[at] === 32 || octets[at] === 9 || octets[at] === CR)) at++
  if (at >= octets.length) return octets.length - 1
  return octets[at] === LF ? at : -1
}

function hexValue(high: number | undefined, low: number | undefined): number {
  const first = hexDigit(high)
  const second = hexDigit(low)
  return first === -1 || second === -1 ? -1 : first * 16 + second
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 65 && code <= 70) return code - 55
  return code >= 97 && code <= 102 ? code - 87 : -1
}
