// Line endings made right: text that a program of ours wrote may end its lines in other ways than mail does.
import { fromLatin1, toLatin1 } from './bytes.ts'

const CR = 13
const LF = 10

/** Every bare CR and bare LF as CRLF (RFC 5321 §2.3.8); the same bytes where there is none. */
export function withCrlf(bytes: Uint8Array): Uint8Array {
  return hasBareLineEnding(bytes) ? fromLatin1(toLatin1(bytes).replace(/\r\n|\r|\n/g, '\r\n')) : bytes
}

/** Whether the bytes hold a CR or LF that is no part of CRLF. */
export function hasBareLineEnding(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === LF) return true
    if (byte !== CR) continue
    if (bytes[at + 1] !== LF) return true
    at++
  }
  return false
}
