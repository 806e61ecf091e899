// Reads ZIP archives (APPNOTE 6.3) from octets in memory, bounded: sizes are counted by us and never
// believed, and nothing is ever written anywhere under a member's name.
import { inflateRawSync } from 'node:zlib'
import { decodeUtf8, toLatin1 } from '@gatepost/mail/bytes.ts'

export type ZipMember = {
  readonly name: string
  /** Its names in front of its octets and in the field for Unicode: programs differ in which counts. */
  readonly otherNames: readonly string[]
  readonly isEncrypted: boolean
  readonly isFolder: boolean
  readonly method: number
  /** As written; not believed. */
  readonly size: number
  readonly packedSize: number
  readonly headerAt: number
}

export type ZipDirectory = {
  readonly members: readonly ZipMember[]
  /** Members beyond `membersMax`. */
  readonly isCut: boolean
  /** What no honest program writes, in plain words; null for a plain archive. */
  readonly odd: string | null
}

const END = 0x06054b50
const END_LENGTH = 22
const CENTRAL = 0x02014b50
const CENTRAL_LENGTH = 46
const LOCAL = 0x04034b50
const LOCAL_LENGTH = 30
const END64_LOCATOR = 0x07064b50
const END64 = 0x06064b50
const COMMENT_MAX = 65_535
const NAME_MAX = 1024

/** The list of members; null when there is none that could be read. */
export function readZip(octets: Uint8Array, membersMax: number): ZipDirectory | null {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const endAt = findEnd(view)
  if (endAt === -1) return null
  const { count, size, at } = directoryOf(view, endAt)
  // What stands in front of the archive shifts every offset: programs that unpack themselves, and tricks.
  const shift = endAt - size - at
  const start = shift >= 0 && signatureAt(view, at + shift) === CENTRAL ? at + shift : at
  // Some programs go by the count, others by the signs: what stands behind the count is seen, too.
  const { members, isCut } = readMembers(view, octets, { from: start, shift: start - at, max: membersMax })
  const odd = oddness(view, members, { directoryAt: start, isCut })
  return { members, isCut, odd: odd ?? (isCut ? null : oddCount(members.length, count)) }
}

function oddCount(found: number, written: number): string | null {
  if (found < written) return 'its list of files is broken'
  return found > written ? 'its list holds more files than it says' : null
}

/**
 * The octets of a member, at most `max`; null with the reason when they cannot be had. An honest member is
 * never longer than it says.
 */
export function zipMemberOctets(
  octets: Uint8Array,
  member: ZipMember,
  max: number,
): { readonly octets: Uint8Array } | { readonly why: 'too-large' | 'method' | 'broken' } {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  if (signatureAt(view, member.headerAt) !== LOCAL) return { why: 'broken' }
  const from =
    member.headerAt +
    LOCAL_LENGTH +
    view.getUint16(member.headerAt + 26, true) +
    view.getUint16(member.headerAt + 28, true)
  if (from + member.packedSize > octets.length) return { why: 'broken' }
  const packed = octets.subarray(from, from + member.packedSize)
  if (member.method === 0) return packed.length > max ? { why: 'too-large' } : { octets: packed }
  if (member.method !== 8) return { why: 'method' }
  if (member.size > max) return { why: 'too-large' }
  try {
    // What is written is a hint for memory alone: more comes out as a fault of this limit.
    return { octets: inflateRawSync(packed, { maxOutputLength: Math.max(1, max) }) }
  } catch (error) {
    return { why: (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken' }
  }
}

function signatureAt(view: DataView, at: number): number {
  return at >= 0 && at + 4 <= view.byteLength ? view.getUint32(at, true) : 0
}

/** The end of the directory, from behind: its comment may be 64 KiB long. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_LENGTH
  for (let at = last; at >= 0 && at >= last - COMMENT_MAX; at--) {
    if (view.getUint32(at, true) === END) return at
  }
  return -1
}

type Directory = { readonly count: number; readonly size: number; readonly at: number }

function directoryOf(view: DataView, endAt: number): Directory {
  const plain = {
    count: view.getUint16(endAt + 10, true),
    size: view.getUint32(endAt + 12, true),
    at: view.getUint32(endAt + 16, true),
  }
  const isLarge = plain.count === 0xffff || plain.size === 0xffffffff || plain.at === 0xffffffff
  if (!isLarge || signatureAt(view, endAt - 20) !== END64_LOCATOR) return plain
  const largeAt = Number(view.getBigUint64(endAt - 12, true))
  if (signatureAt(view, largeAt) !== END64 || largeAt + 56 > view.byteLength) return plain
  return {
    count: Number(view.getBigUint64(largeAt + 32, true)),
    size: Number(view.getBigUint64(largeAt + 40, true)),
    at: Number(view.getBigUint64(largeAt + 48, true)),
  }
}

function readMembers(
  view: DataView,
  octets: Uint8Array,
  range: { readonly from: number; readonly shift: number; readonly max: number },
): Pick<ZipDirectory, 'members' | 'isCut'> {
  const members: ZipMember[] = []
  let at = range.from
  while (at + CENTRAL_LENGTH <= view.byteLength && signatureAt(view, at) === CENTRAL) {
    if (members.length >= range.max) return { members, isCut: true }
    const flags = view.getUint16(at + 8, true)
    const nameLength = view.getUint16(at + 28, true)
    const octetsOfName = octets.subarray(
      at + CENTRAL_LENGTH,
      at + CENTRAL_LENGTH + Math.min(nameLength, NAME_MAX),
    )
    const name = textOf(octetsOfName, flags)
    const headerAt = view.getUint32(at + 42, true) + range.shift
    const extraAt = at + CENTRAL_LENGTH + nameLength
    const others = [
      localName(view, octets, headerAt),
      unicodeName(view, octets, extraAt, view.getUint16(at + 30, true)),
    ].filter((other) => other !== null && other !== name) as string[]
    members.push({
      name,
      otherNames: others,
      isEncrypted: (flags & 1) !== 0 || view.getUint16(at + 10, true) === 99,
      // Programs that take another of its names, or its octets, make a file of it.
      isFolder: [name, ...others].every((one) => one.endsWith('/')) && view.getUint32(at + 24, true) === 0,
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      headerAt,
    })
    at += CENTRAL_LENGTH + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return { members, isCut: false }
}

function textOf(name: Uint8Array, flags: number): string {
  return (flags & 0x800) !== 0 ? decodeUtf8(name) : toLatin1(name)
}

/** The name in front of a member's octets, which programs read that take an archive as it comes. */
function localName(view: DataView, octets: Uint8Array, at: number): string | null {
  if (signatureAt(view, at) !== LOCAL || at + LOCAL_LENGTH > view.byteLength) return null
  const length = Math.min(view.getUint16(at + 26, true), NAME_MAX)
  return textOf(octets.subarray(at + LOCAL_LENGTH, at + LOCAL_LENGTH + length), view.getUint16(at + 6, true))
}

/** APPNOTE 4.6.9: the name once more in UTF-8, behind a version and a sum. */
function unicodeName(view: DataView, octets: Uint8Array, from: number, length: number): string | null {
  const end = Math.min(from + length, view.byteLength)
  for (let at = from; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    const size = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) !== UNICODE_PATH || size <= 5 || at + 4 + size > end) continue
    return decodeUtf8(octets.subarray(at + 9, at + 4 + Math.min(size, NAME_MAX)))
  }
  return null
}

const UNICODE_PATH = 0x7075

/** Whether octets end as an archive does, whatever stands in front: programs that unpack look there. */
export function endsAsZip(octets: Uint8Array): boolean {
  const end = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).subarray(
    -COMMENT_MAX - END_LENGTH,
  )
  if (end.lastIndexOf(Buffer.from('PK\x05\x06')) === -1) return false
  const directory = readZip(octets, 1)
  return directory !== null && directory.members.length > 0
}

/** Behind a member its sum and sizes may stand, with or without a sign, in 32 or 64 bits (APPNOTE 4.3.9). */
const DESCRIPTORS = [0, 12, 16, 20, 24] as const

/**
 * Members that share octets, archives behind archives, and files that the list leaves out are read
 * differently by different programs.
 */
function oddness(
  view: DataView,
  members: readonly ZipMember[],
  { directoryAt, isCut }: { readonly directoryAt: number; readonly isCut: boolean },
): string | null {
  const inOrder = [...members].sort((a, b) => a.headerAt - b.headerAt)
  let end = 0
  for (const { headerAt, packedSize } of inOrder) {
    if (headerAt < end) return 'its files overlap'
    end = headerAt + LOCAL_LENGTH + packedSize
  }
  const first = inOrder[0]?.headerAt ?? directoryAt
  if (first > 0 && signatureAt(view, 0) === LOCAL) return 'it holds a second archive'
  // A list that was not read to its end leaves out what it names later.
  if (isCut) return null
  const listed = new Set(members.map(({ headerAt }) => headerAt))
  const isHiding = ({ headerAt, packedSize }: ZipMember): boolean => {
    if (signatureAt(view, headerAt) !== LOCAL || headerAt + LOCAL_LENGTH > view.byteLength) return false
    const names = view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true)
    const behind = headerAt + LOCAL_LENGTH + names + packedSize
    return DESCRIPTORS.some(
      (more) => signatureAt(view, behind + more) === LOCAL && !listed.has(behind + more),
    )
  }
  return members.some(isHiding) ? 'it holds files that its list does not name' : null
}
