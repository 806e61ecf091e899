// Reads tar archives (POSIX ustar) from octets in memory: names and sizes, and the octets by offset.
import { decodeUtf8, toLatin1 } from '@gatepost/mail/bytes.ts'

export type TarMember = { readonly name: string; readonly octets: Uint8Array }

const BLOCK = 512
const NAME_LENGTH = 100
/** Regular files in the ways that programs write them. */
const FILES = new Set(['0', '\0', '7'])
/** Members that hold the name of the next one: GNU's, and the records of POSIX (pax). */
const LONG_NAME = 'L'
const RECORDS = 'x'
/** Of a longer name the end counts. */
const LONG_NAME_MAX = 65_536

/** The regular files; `isBroken` when the octets end before a file does, or a header is none. */
export function readTar(
  octets: Uint8Array,
  membersMax: number,
): { readonly members: readonly TarMember[]; readonly isBroken: boolean; readonly isCut: boolean } {
  const members: TarMember[] = []
  let longName: string | null = null
  for (let at = 0; at + BLOCK <= octets.length; ) {
    if (octets[at] === 0) return { members, isBroken: false, isCut: false }
    const size = octal(toLatin1(octets, at + 124, at + 136))
    if (size === null || at + BLOCK + size > octets.length) return { members, isBroken: true, isCut: false }
    if (members.length >= membersMax) return { members, isBroken: false, isCut: true }
    const type = String.fromCharCode(octets[at + 156]!)
    const content = octets.subarray(at + BLOCK, at + BLOCK + size)
    if (type === LONG_NAME) longName = decodeUtf8(content.subarray(0, LONG_NAME_MAX)).split('\0', 1)[0]!
    else if (type === RECORDS) longName = pathIn(content) ?? longName
    else {
      if (FILES.has(type)) members.push({ name: longName ?? nameAt(octets, at), octets: content })
      longName = null
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return { members, isBroken: false, isCut: false }
}

/** Whether a header stands at the beginning, by its sum; the octets of the sum itself count as spaces. */
export function isTar(octets: Uint8Array): boolean {
  if (octets.length < BLOCK) return false
  const written = octal(toLatin1(octets, SUM_AT, SUM_AT + SUM_LENGTH))
  let sum = SUM_LENGTH * 32
  for (let at = 0; at < BLOCK; at++) if (at < SUM_AT || at >= SUM_AT + SUM_LENGTH) sum += octets[at]!
  return written !== null && written === sum
}

const SUM_AT = 148
const SUM_LENGTH = 8

function nameAt(octets: Uint8Array, at: number): string {
  return toLatin1(octets, at, at + NAME_LENGTH).split('\0', 1)[0]!
}

/** `LENGTH path=NAME` of the records of the next member (POSIX.1-2001, pax); null without one. */
function pathIn(records: Uint8Array): string | null {
  const text = decodeUtf8(records.subarray(0, LONG_NAME_MAX))
  return /(?:^|\n)\d{1,10} path=([^\n]*)\n/.exec(text)?.[1] ?? null
}

/** Octal digits; sizes in base 256 are larger than any message. */
function octal(text: string): number | null {
  const digits = text.split('\0', 1)[0]!.trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : null
}
