// Reads tar archives (POSIX ustar) from octets in memory: names and sizes, and the octets by offset.
import { decodeUtf8, toLatin1 } from '@gatepost/mail/bytes.ts'

export type TarMember = { readonly name: string; readonly octets: Uint8Array }

const BLOCK = 512
const NAME_LENGTH = 100
/**
 * What is no file: links to names, devices, folders, and records of GNU's and Solaris' programs. POSIX asks
 * to take every other type for a regular file, and a hard link makes a file with a further name.
 */
const NO_FILES = new Set(['2', '3', '4', '5', '6', 'D', 'V'])
/** Members that hold the name of the next one: GNU's, and the records of POSIX (pax) and Solaris. */
const LONG_NAME = 'L'
const RECORDS = new Set(['x', 'X'])
/** Members that stand between such a name and its file: the goal of a link, records for all. */
const BETWEEN = new Set(['K', 'g'])
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
    if (isEmpty(octets, at)) return { members, isBroken: false, isCut: false }
    const size = octal(toLatin1(octets, at + 124, at + 136))
    if (size === null || at + BLOCK + size > octets.length) return { members, isBroken: true, isCut: false }
    if (members.length >= membersMax) return { members, isBroken: false, isCut: true }
    const type = String.fromCharCode(octets[at + 156]!)
    const content = octets.subarray(at + BLOCK, at + BLOCK + size)
    if (type === LONG_NAME) longName = decodeUtf8(content.subarray(0, LONG_NAME_MAX)).split('\0', 1)[0]!
    else if (RECORDS.has(type)) longName = pathIn(content) ?? longName
    else if (!BETWEEN.has(type)) {
      if (!NO_FILES.has(type)) members.push({ name: longName ?? nameAt(octets, at), octets: content })
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

/** The end: a block of zeros. A header may leave the name empty that was given before. */
function isEmpty(octets: Uint8Array, at: number): boolean {
  for (let i = at; i < at + BLOCK; i++) if (octets[i] !== 0) return false
  return true
}

/**
 * `LENGTH path=NAME` of the records of the next member (POSIX.1-2001, pax), the last one; null without one.
 * Values may hold line ends, so that only the lengths tell where a record begins.
 */
function pathIn(records: Uint8Array): string | null {
  let found: string | null = null
  for (let at = 0; at < records.length; ) {
    const digits = /^\d{1,10}(?= )/.exec(toLatin1(records, at, at + 11))?.[0]
    const length = Number(digits ?? 0)
    if (digits === undefined || length < digits.length + 3) return found
    const record = records.subarray(at + digits.length + 1, at + Math.min(length - 1, LONG_NAME_MAX))
    if (toLatin1(record, 0, PATH.length) === PATH) found = decodeUtf8(record.subarray(PATH.length))
    at += length
  }
  return found
}

const PATH = 'path='

/** Octal digits; sizes in base 256 are larger than any message. */
function octal(text: string): number | null {
  const digits = text.split('\0', 1)[0]!.trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : null
}
