// Reads tar archives (POSIX ustar) from octets in memory: names and sizes, and the octets by offset.
import { toLatin1 } from '@gatepost/mail/bytes.ts'

export type TarMember = { readonly name: string; readonly octets: Uint8Array }

const BLOCK = 512
const NAME_LENGTH = 100
/** Regular files in the ways that programs write them. */
const FILES = new Set(['0', '\0', '7'])

/** The regular files; `isBroken` when the octets end before a file does, or a header is none. */
export function readTar(
  octets: Uint8Array,
  membersMax: number,
): { readonly members: readonly TarMember[]; readonly isBroken: boolean; readonly isCut: boolean } {
  const members: TarMember[] = []
  for (let at = 0; at + BLOCK <= octets.length; ) {
    if (octets[at] === 0) return { members, isBroken: false, isCut: false }
    const size = octal(toLatin1(octets, at + 124, at + 136))
    if (size === null || at + BLOCK + size > octets.length) return { members, isBroken: true, isCut: false }
    if (members.length >= membersMax) return { members, isBroken: false, isCut: true }
    if (FILES.has(String.fromCharCode(octets[at + 156]!))) {
      members.push({ name: nameAt(octets, at), octets: octets.subarray(at + BLOCK, at + BLOCK + size) })
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return { members, isBroken: false, isCut: false }
}

function nameAt(octets: Uint8Array, at: number): string {
  return toLatin1(octets, at, at + NAME_LENGTH).split('\0', 1)[0]!
}

/** Octal digits; sizes in base 256 are larger than any message. */
function octal(text: string): number | null {
  const digits = text.split('\0', 1)[0]!.trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : null
}
