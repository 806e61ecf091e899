// Lists RAR archives of both formats (RAR 1.5 to 4, and 5) by their headers alone: each header says where the
// next one stands, so reading is linear in their number and touches no content.
import { decodeUtf8, toLatin1 } from '@gatepost/mail/bytes.ts'
import {
  LISTED_NAME_MAX,
  type ListedMember,
  type ListFault,
  type Listing,
  type ListLimits,
} from './listing.ts'

const SIGN = 'Rar!\x1a\x07'

/** The files that the headers name. Never throws. */
export function listRar(octets: Uint8Array, limits: ListLimits): Listing {
  if (toLatin1(octets, 0, 6) !== SIGN) return { members: [], fault: 'broken' }
  const members: ListedMember[] = []
  const read = octets[6] === 1 ? readFive : readFour
  const fault = read({ octets, members, membersMax: limits.members })
  return { members, fault }
}

type Reading = {
  readonly octets: Uint8Array
  readonly members: ListedMember[]
  readonly membersMax: number
}

const MAIN = 0x73
const FILE = 0x74
const END = 0x7b
const HEAD_LENGTH = 7
const FILE_LENGTH = 32
/** Of a main header: all further headers are encrypted. */
const ENCRYPTED_LIST = 0x80
const HAS_DATA = 0x8000
const IS_ENCRYPTED = 0x04
const IS_LARGE = 0x100
const IS_UNICODE = 0x200
const IS_FOLDER = 0xe0

/** RAR 1.5 to 4: CRC, type, flags and size of each header, then what the type asks for. */
function readFour({ octets, members, membersMax }: Reading): ListFault | null {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  for (let at = HEAD_LENGTH; at + HEAD_LENGTH <= octets.length; ) {
    const type = octets[at + 2]!
    const flags = view.getUint16(at + 3, true)
    const size = view.getUint16(at + 5, true)
    if (type === END) return null
    if (size < HEAD_LENGTH || at + size > octets.length) return 'broken'
    if (type === MAIN && (flags & ENCRYPTED_LIST) !== 0) return 'encrypted-list'
    let packed = 0
    if (type === FILE) {
      if (size < FILE_LENGTH) return 'broken'
      if (members.length >= membersMax) return 'too-many'
      const file = fileFour(octets, { view, at, flags, size })
      members.push(file.member)
      packed = file.packed
    } else if ((flags & HAS_DATA) !== 0 && size >= HEAD_LENGTH + 4) packed = view.getUint32(at + 7, true)
    at += size + packed
  }
  // Archives of old programs have no end header.
  return members.length > 0 ? null : 'broken'
}

type HeaderFour = {
  readonly view: DataView
  readonly at: number
  readonly flags: number
  readonly size: number
}

function fileFour(octets: Uint8Array, { view, at, flags, size }: HeaderFour) {
  const isLarge = (flags & IS_LARGE) !== 0 && size >= FILE_LENGTH + 8
  const high = (offset: number) => (isLarge ? view.getUint32(at + FILE_LENGTH + offset, true) * 2 ** 32 : 0)
  const from = at + FILE_LENGTH + (isLarge ? 8 : 0)
  const name = octets.subarray(from, Math.min(at + size, from + view.getUint16(at + 26, true)))
  const member: ListedMember = {
    name: nameFour(name, (flags & IS_UNICODE) !== 0),
    size: view.getUint32(at + 11, true) + high(4),
    isEncrypted: (flags & IS_ENCRYPTED) !== 0,
    isFolder: (flags & IS_FOLDER) === IS_FOLDER,
  }
  return { member, packed: view.getUint32(at + 7, true) + high(0) }
}

function nameFour(octets: Uint8Array, isUnicode: boolean): string {
  const end = octets.indexOf(0)
  if (!isUnicode) return toLatin1(octets, 0, end === -1 ? octets.length : end).slice(-LISTED_NAME_MAX)
  if (end === -1) return decodeUtf8(octets).slice(-LISTED_NAME_MAX)
  return unicodeFour(octets.subarray(0, end), octets.subarray(end + 1)).slice(-LISTED_NAME_MAX)
}

/**
 * Names beyond ASCII: behind the plain name stand two bits a character, which tell how it differs from the
 * plain one. One step writes at most 129 characters, and there are four steps in an octet of bits.
 */
function unicodeFour(plain: Uint8Array, code: Uint8Array): string {
  const high = (code[0] ?? 0) << 8
  let name = ''
  let at = 1
  let bits = 0
  let left = 0
  const next = () => code[at++] ?? 0
  while (at < code.length && name.length < 4 * LISTED_NAME_MAX) {
    if (left === 0) {
      bits = next()
      left = 4
    }
    const step = (bits >> 6) & 3
    if (step === 0) name += String.fromCharCode(next())
    else if (step === 1) name += String.fromCharCode(high | next())
    else if (step === 2) name += String.fromCharCode(next() | (next() << 8))
    else {
      const run = next()
      const add = (run & 0x80) === 0 ? null : next()
      for (let count = (run & 0x7f) + 2; count > 0 && name.length < plain.length; count--) {
        const letter = plain[name.length]!
        name += String.fromCharCode(add === null ? letter : high | ((letter + add) & 0xff))
      }
    }
    bits <<= 2
    left -= 1
  }
  return name
}

const FIVE_START = 8
const FIVE_FILE = 2
const FIVE_ENCRYPTION = 4
const FIVE_END = 5
const FIVE_FOLDER = 1
const FIVE_TIME = 2
const FIVE_CRC = 4
const FIVE_NO_SIZE = 8
/** An extra record of this type says that the file is encrypted. */
const FIVE_EXTRA_ENCRYPTION = 1
/** Numbers take seven bits an octet, and ten octets at most. */
const NUMBER_OCTETS_MAX = 10

/** Reads numbers one after the other; beyond the end they are zero and `isBroken` is set. */
type Cursor = { readonly octets: Uint8Array; at: number; readonly end: number; isBroken: boolean }

function number(cursor: Cursor): number {
  let value = 0
  for (let i = 0; i < NUMBER_OCTETS_MAX && cursor.at < cursor.end; i++) {
    const octet = cursor.octets[cursor.at++]!
    value += (octet & 0x7f) * 2 ** (7 * i)
    if (octet < 0x80) return value
  }
  cursor.isBroken = true
  return 0
}

/** RAR 5: CRC, size, type and flags of each header, sizes of its extra area and of the data behind it. */
function readFive({ octets, members, membersMax }: Reading): ListFault | null {
  for (let at = FIVE_START; at + 7 <= octets.length; ) {
    const cursor: Cursor = { octets, at: at + 4, end: octets.length, isBroken: false }
    const size = number(cursor)
    const end = cursor.at + size
    if (cursor.isBroken || size < 2 || end > octets.length) return 'broken'
    const inner: Cursor = { octets, at: cursor.at, end, isBroken: false }
    const type = number(inner)
    const flags = number(inner)
    const extra = (flags & 1) === 0 ? 0 : number(inner)
    const data = (flags & 2) === 0 ? 0 : number(inner)
    if (type === FIVE_END) return null
    if (type === FIVE_ENCRYPTION) return 'encrypted-list'
    if (type === FIVE_FILE) {
      if (members.length >= membersMax) return 'too-many'
      members.push(fileFive(inner, Math.max(inner.at, end - extra)))
    }
    if (inner.isBroken) return 'broken'
    at = end + data
  }
  return members.length > 0 ? null : 'broken'
}

function fileFive(cursor: Cursor, extraAt: number): ListedMember {
  const flags = number(cursor)
  const size = number(cursor)
  number(cursor) // Attributes.
  if ((flags & FIVE_TIME) !== 0) cursor.at += 4
  if ((flags & FIVE_CRC) !== 0) cursor.at += 4
  number(cursor) // How it is packed.
  number(cursor) // On which system.
  const length = number(cursor)
  const name = cursor.octets.subarray(cursor.at, Math.min(extraAt, cursor.at + length))
  return {
    name: decodeUtf8(name).slice(-LISTED_NAME_MAX),
    size: (flags & FIVE_NO_SIZE) === 0 ? size : null,
    isEncrypted: hasExtra(cursor, extraAt, FIVE_EXTRA_ENCRYPTION),
    isFolder: (flags & FIVE_FOLDER) !== 0,
  }
}

function hasExtra({ octets, end }: Cursor, extraAt: number, wanted: number): boolean {
  const cursor: Cursor = { octets, at: extraAt, end, isBroken: false }
  while (cursor.at < end) {
    const size = number(cursor)
    const next = cursor.at + size
    if (cursor.isBroken || size === 0) return false
    if (number(cursor) === wanted) return true
    cursor.at = next
  }
  return false
}
