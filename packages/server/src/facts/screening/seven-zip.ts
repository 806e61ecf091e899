// Lists 7z archives: the list stands at the end, in clear or packed with LZMA, and is read bounded. What the
// list says of packing is read as far as it tells which files are encrypted.
import { crc32 } from 'node:zlib'
import {
  LISTED_NAME_MAX,
  type ListedMember,
  type ListFault,
  type Listing,
  type ListLimits,
} from './listing.ts'
import { lzmaProperties, unpackLzma } from './lzma.ts'
import {
  type Cursor,
  cursorOf,
  type Folder,
  flags,
  number,
  octet,
  readStreams,
  skip,
} from './seven-zip-streams.ts'

const SIGN = [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]
const START_LENGTH = 32
const HEADER = 0x01
const PACKED_HEADER = 0x17
const LZMA = '030101'
const COPY = '00'
const AES = '06f10701'
/** A list that is packed may be packed again; nobody does it more than once. */
const PACKED_TIMES_MAX = 4

const fault = (what: Listing['fault'], members: readonly ListedMember[] = []): Listing => ({
  members,
  fault: what,
})

/** The files that the list names. Never throws. */
export function listSevenZip(octets: Uint8Array, limits: ListLimits): Listing {
  if (octets.length < START_LENGTH || SIGN.some((sign, at) => octets[at] !== sign)) return fault('broken')
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const offset = Number(view.getBigUint64(12, true))
  const size = Number(view.getBigUint64(20, true))
  if (size === 0) return fault(null)
  if (START_LENGTH + offset + size > octets.length) return fault('broken')
  let header = octets.subarray(START_LENGTH + offset, START_LENGTH + offset + size)
  if (crc32(header) !== view.getUint32(28, true)) return fault('broken')
  for (let times = 0; header[0] === PACKED_HEADER; times++) {
    if (times >= PACKED_TIMES_MAX) return fault('packed-list')
    const inner = unpackHeader(octets, header, limits)
    if (!(inner instanceof Uint8Array)) return fault(inner)
    header = inner
  }
  return header[0] === HEADER ? readHeader(cursorOf(header, 1), limits) : fault('broken')
}

function unpackHeader(octets: Uint8Array, header: Uint8Array, limits: ListLimits): Uint8Array | ListFault {
  const cursor = cursorOf(header, 1)
  const { packedAt, packedSizes, folders } = readStreams(cursor, limits.members)
  const folder = folders[0]
  if (cursor.isBroken || folders.length !== 1 || folder === undefined) return 'broken'
  if (folder.coders.some(({ id }) => id === AES)) return 'encrypted-list'
  const [coder] = folder.coders
  const size = folder.sizes.at(-1) ?? 0
  if (folder.coders.length !== 1 || coder === undefined) return 'packed-list'
  if (size > limits.listOctets) return 'large-list'
  const from = START_LENGTH + packedAt
  const end = from + (packedSizes[0] ?? 0)
  if (end > octets.length) return 'broken'
  const packed = octets.subarray(from, end)
  if (coder.id === COPY) return packed
  if (coder.id !== LZMA || coder.properties.length !== 5) return 'packed-list'
  const properties = lzmaProperties(coder.properties[0]!)
  return properties === null ? 'packed-list' : (unpackLzma(packed, properties, size) ?? 'broken')
}

const END = 0x00
const ARCHIVE_PROPERTIES = 0x02
const OTHER_STREAMS = 0x03
const STREAMS = 0x04
const FILES = 0x05

function readHeader(cursor: Cursor, limits: ListLimits): Listing {
  let folders: readonly Folder[] = []
  for (;;) {
    const type = number(cursor)
    if (cursor.isBroken) return fault('broken')
    if (type === END) return fault(null)
    if (type === ARCHIVE_PROPERTIES) skipProperties(cursor)
    else if (type === OTHER_STREAMS) readStreams(cursor, limits.members)
    else if (type === STREAMS) folders = readStreams(cursor, limits.members).folders
    else if (type === FILES) return readFiles(cursor, folders, limits)
    else return fault('broken')
  }
}

function skipProperties(cursor: Cursor): void {
  while (!cursor.isBroken && number(cursor) !== END) skip(cursor, number(cursor))
}

const EMPTY_STREAMS = 0x0e
const EMPTY_FILES = 0x0f
const NAMES = 0x11

function readFiles(cursor: Cursor, folders: readonly Folder[], limits: ListLimits): Listing {
  const count = number(cursor)
  // Each file has at least the two octets that end its name.
  if (count * 2 > cursor.octets.length) return fault('broken')
  let names: readonly string[] | null = null
  let isEmpty: readonly boolean[] = []
  let isFile: readonly boolean[] = []
  for (;;) {
    const type = number(cursor)
    if (type === END || cursor.isBroken) break
    const size = number(cursor)
    const inner = cursorOf(
      cursor.octets.subarray(0, Math.min(cursor.octets.length, cursor.at + size)),
      cursor.at,
    )
    skip(cursor, size)
    if (type === EMPTY_STREAMS) isEmpty = flags(inner, count)
    else if (type === EMPTY_FILES) isFile = flags(inner, isEmpty.filter(Boolean).length)
    else if (type === NAMES) names = readNames(inner, Math.min(count, limits.members))
    if (inner.isBroken) return fault('broken')
  }
  if (names === null) return fault(count === 0 && !cursor.isBroken ? null : 'broken')
  const members = membersOf(names, { isEmpty, isFile, folders })
  if (cursor.isBroken || names.length < Math.min(count, limits.members)) return fault('broken', members)
  return fault(count > limits.members ? 'too-many' : null, members)
}

/** UTF-16, each ended by a NUL. */
function readNames(cursor: Cursor, max: number): readonly string[] {
  const names: string[] = []
  // A list in another stream is allowed by the format, and written by nobody.
  if (octet(cursor) !== 0) cursor.isBroken = true
  const { octets } = cursor
  while (names.length < max && cursor.at + 2 <= octets.length) {
    let end = cursor.at
    while (end + 2 <= octets.length && (octets[end] !== 0 || octets[end + 1] !== 0)) end += 2
    let name = ''
    for (let at = Math.max(cursor.at, end - 2 * LISTED_NAME_MAX); at < end; at += 2) {
      name += String.fromCharCode(octets[at]! | (octets[at + 1]! << 8))
    }
    names.push(name)
    cursor.at = end + 2
  }
  return names
}

type About = {
  readonly isEmpty: readonly boolean[]
  readonly isFile: readonly boolean[]
  readonly folders: readonly Folder[]
}

/** Files that have content take the streams of the packed folders in their order. */
function membersOf(names: readonly string[], { isEmpty, isFile, folders }: About): readonly ListedMember[] {
  const streams = folders.flatMap(({ coders, streams }) => {
    const isEncrypted = coders.some(({ id }) => id === AES)
    return streams.map((size) => ({ size, isEncrypted }))
  })
  let stream = 0
  let empty = 0
  return names.map((name, at) => {
    if (isEmpty[at]) return { name, size: 0, isEncrypted: false, isFolder: isFile[empty++] !== true }
    const { size, isEncrypted } = streams[stream++] ?? { size: null, isEncrypted: false }
    return { name, size, isEncrypted, isFolder: false }
  })
}
