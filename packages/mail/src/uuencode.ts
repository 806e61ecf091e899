// Files that stand uuencoded in a body, between `begin 644 name` and `end`: Outlook shows them as
// attachments, whatever the part calls itself.
import { toLatin1 } from './bytes.ts'
import { shownName } from './file-name.ts'
import { holdsLineOf } from './octet-scan.ts'
import type { Decoded } from './transfer-encoding.ts'

export type UuFile = Decoded & { readonly fileName: string }

/** A body with more is a list of traps; the rest is told as cut. */
const FILES_MAX = 100
const BEGIN_LINE_MAX = 400
const BEGIN = /^begin(?:-base64)? [0-7]{3,4} +(\S.*)$/

/** Finds the files in a decoded body; one pass. Each is cut at `octetsMax`. */
export function uuFilesIn(octets: Uint8Array, octetsMax: number): readonly UuFile[] {
  if (!holdsLineOf(octets, 'begin')) return NO_FILES
  const files: UuFile[] = []
  let at = 0
  while (at < octets.length && files.length < FILES_MAX) {
    const lf = octets.indexOf(LF, at)
    const end = lf === -1 ? octets.length : lf
    const name = octets[at] === LETTER_B ? nameIn(octets, at, end) : null
    at = end + 1
    if (name === null) continue
    const { next, ...decoded } = decodeUu(octets, at, octetsMax)
    files.push({ fileName: shownName(name), ...decoded })
    at = next
  }
  const isMore = files.length === FILES_MAX && holdsLineOf(octets.subarray(at), 'begin')
  return isMore ? [...files.slice(0, -1), { ...files.at(-1)!, isCut: true }] : files
}

const NO_FILES: readonly UuFile[] = []
const LF = 10
const LETTER_B = 98

function nameIn(octets: Uint8Array, at: number, end: number): string | null {
  if (!startsWith(octets, at, 'begin')) return null
  const line = toLatin1(octets, at, Math.min(end, at + BEGIN_LINE_MAX)).trimEnd()
  return BEGIN.exec(line)?.[1] ?? null
}

/**
 * Decodes the lines of one file, from behind its `begin` line up to `end`; each line tells its length in its
 * first character. At most `max` octets.
 */
function decodeUu(octets: Uint8Array, from: number, max: number): Decoded & { readonly next: number } {
  // A `begin` line without an end stands behind the last octet.
  const into = new Uint8Array(Math.max(0, Math.min(max, octets.length - from)))
  let length = 0
  let at = from
  while (at < octets.length && !startsWith(octets, at, 'end')) {
    const lf = octets.indexOf(LF, at)
    const end = lf === -1 ? octets.length : lf
    const size = (octets[at]! - 32) & 63
    const room = Math.min(size, Math.max(0, Math.floor(((end - at - 1) * 3) / 4)))
    if (length + room > into.length) return { octets: into.subarray(0, length), isCut: true, next: end + 1 }
    decodeUuLine(octets, { at: at + 1, size: room, into, to: length })
    length += room
    at = end + 1
  }
  return { octets: into.subarray(0, length), isCut: false, next: at }
}

type Line = { readonly at: number; readonly size: number; readonly into: Uint8Array; readonly to: number }

function decodeUuLine(from: Uint8Array, { at, size, into, to }: Line): void {
  for (let i = 0; i < size; i++) {
    const group = at + Math.floor(i / 3) * 4 + (i % 3)
    const first = ((from[group] ?? 32) - 32) & 63
    const second = ((from[group + 1] ?? 32) - 32) & 63
    const shift = (i % 3) * 2
    into[to + i] = ((first << (2 + shift)) | (second >> (4 - shift))) & 255
  }
}

function startsWith(octets: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (octets[at + i] !== text.charCodeAt(i)) return false
  return true
}
