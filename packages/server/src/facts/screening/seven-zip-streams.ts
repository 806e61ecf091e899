// How the content of a 7z archive is packed, as its list says it (7zFormat.txt of the 7-Zip sources): folders
// of coders, and the sizes of the files in them. Every count is bounded by the octets that are there.

/** Reads onwards; beyond the end everything is zero and `isBroken` is set. */
export type Cursor = { readonly octets: Uint8Array; at: number; isBroken: boolean }

export function cursorOf(octets: Uint8Array, at: number): Cursor {
  return { octets, at, isBroken: false }
}

export type Coder = {
  /** Lower-case hexadecimal. */
  readonly id: string
  readonly properties: Uint8Array
}

export type Folder = {
  readonly coders: readonly Coder[]
  readonly outputs: number
  /** Octets that come out of each coder. */
  sizes: readonly number[]
  hasDigest: boolean
  /** Octets of each file in it; null where the list does not say. */
  streams: readonly (number | null)[]
}

export type Streams = {
  /** Behind the archive's first 32 octets. */
  packedAt: number
  packedSizes: readonly number[]
  folders: readonly Folder[]
}

const END = 0x00
const PACKED = 0x06
const FOLDERS = 0x07
const SUBSTREAMS = 0x08
const SIZES = 0x09
const DIGESTS = 0x0a
const FOLDER_LIST = 0x0b
const FOLDER_SIZES = 0x0c
const STREAM_COUNTS = 0x0d
/** 7-Zip itself takes no more (k_NumCodersInFolder). */
const CODERS_MAX = 32

/** Reads a description of streams; files beyond `streamsMax` are left out. */
export function readStreams(cursor: Cursor, streamsMax: number): Streams {
  const streams: Streams = { packedAt: 0, packedSizes: [], folders: [] }
  while (!cursor.isBroken) {
    const type = number(cursor)
    if (type === END) break
    if (type === PACKED) readPacked(cursor, streams)
    else if (type === FOLDERS) streams.folders = readFolders(cursor)
    else if (type === SUBSTREAMS) readSubstreams(cursor, streams.folders, streamsMax)
    else cursor.isBroken = true
  }
  return streams
}

function readPacked(cursor: Cursor, streams: Streams): void {
  streams.packedAt = number(cursor)
  const count = counted(cursor)
  while (!cursor.isBroken) {
    const type = number(cursor)
    if (type === END) return
    if (type === SIZES) streams.packedSizes = numbers(cursor, count)
    else if (type === DIGESTS) digests(cursor, count)
    else cursor.isBroken = true
  }
}

function readFolders(cursor: Cursor): readonly Folder[] {
  const folders: Folder[] = []
  while (!cursor.isBroken) {
    const type = number(cursor)
    if (type === END) break
    if (type === FOLDER_LIST) {
      const count = counted(cursor)
      // Nobody writes the list of folders into another stream.
      if (octet(cursor) !== 0) cursor.isBroken = true
      for (let i = 0; i < count && !cursor.isBroken; i++) folders.push(readFolder(cursor))
    } else if (type === FOLDER_SIZES) {
      for (const folder of folders) folder.sizes = numbers(cursor, folder.outputs)
    } else if (type === DIGESTS) {
      const isThere = digests(cursor, folders.length)
      for (const [at, folder] of folders.entries()) folder.hasDigest = isThere[at] === true
    } else cursor.isBroken = true
  }
  // Without more words a folder holds one file.
  for (const folder of folders) folder.streams = [folder.sizes.at(-1) ?? null]
  return folders
}

function readFolder(cursor: Cursor): Folder {
  const coders: Coder[] = []
  const count = number(cursor)
  if (count === 0 || count > CODERS_MAX) cursor.isBroken = true
  let inputs = 0
  let outputs = 0
  for (let i = 0; i < count && !cursor.isBroken; i++) {
    const kind = octet(cursor)
    const id = take(cursor, kind & 0x0f)
    const isComplex = (kind & 0x10) !== 0
    inputs += isComplex ? number(cursor) : 1
    outputs += isComplex ? number(cursor) : 1
    const properties = (kind & 0x20) === 0 ? new Uint8Array() : take(cursor, number(cursor))
    coders.push({ id: hex(id), properties })
    if (inputs > CODERS_MAX || outputs > CODERS_MAX) cursor.isBroken = true
  }
  const bound = Math.max(0, outputs - 1)
  for (let i = 0; i < bound * 2; i++) number(cursor)
  const packed = inputs - bound
  for (let i = 0; packed > 1 && i < packed; i++) number(cursor)
  return { coders, outputs, sizes: [], hasDigest: false, streams: [] }
}

function readSubstreams(cursor: Cursor, folders: readonly Folder[], streamsMax: number): void {
  let counts: readonly number[] = folders.map(() => 1)
  let type = number(cursor)
  if (type === STREAM_COUNTS) {
    counts = numbers(cursor, folders.length)
    type = number(cursor)
  }
  let left = streamsMax
  for (const [at, folder] of folders.entries()) {
    const count = counts[at] ?? 0
    const kept = Math.min(count, left)
    left -= kept
    folder.streams = sizesIn(cursor, folder, { count, kept, isWritten: type === SIZES })
  }
  // What follows are digests, whose number depends on all that came before; no name stands behind them here.
  if (type === SIZES) type = number(cursor)
  if (type === DIGESTS) {
    const wanted = folders.reduce((sum, folder, at) => {
      const count = counts[at] ?? 0
      return sum + (count === 1 && folder.hasDigest ? 0 : count)
    }, 0)
    if (wanted > cursor.octets.length) cursor.isBroken = true
    else digests(cursor, wanted)
    type = number(cursor)
  }
  if (type !== END) cursor.isBroken = true
}

type Sizes = { readonly count: number; readonly kept: number; readonly isWritten: boolean }

/** All but the last are written; the last is what remains. */
function sizesIn(
  cursor: Cursor,
  folder: Folder,
  { count, kept, isWritten }: Sizes,
): readonly (number | null)[] {
  const total = folder.sizes.at(-1) ?? 0
  const sizes: (number | null)[] = []
  let sum = 0
  for (let i = 0; i < count - 1 && isWritten && !cursor.isBroken; i++) {
    const size = number(cursor)
    sum += size
    if (sizes.length < kept) sizes.push(size)
  }
  const last = isWritten || count === 1 ? Math.max(0, total - sum) : null
  while (sizes.length < kept) sizes.push(last)
  return sizes
}

/** The number 7z writes: leading ones of the first octet tell how many follow. */
export function number(cursor: Cursor): number {
  const first = octet(cursor)
  let value = 0
  for (let i = 0, mask = 0x80; i < 8; i++, mask >>= 1) {
    if ((first & mask) === 0) return value + (first & (mask - 1)) * 2 ** (8 * i)
    value += octet(cursor) * 2 ** (8 * i)
  }
  return value
}

/** A number of things of which each takes an octet or more. */
function counted(cursor: Cursor): number {
  const count = number(cursor)
  if (count <= cursor.octets.length) return count
  cursor.isBroken = true
  return 0
}

function numbers(cursor: Cursor, count: number): readonly number[] {
  const found: number[] = []
  for (let i = 0; i < count && !cursor.isBroken; i++) found.push(number(cursor))
  return found
}

export function octet(cursor: Cursor): number {
  const found = cursor.octets[cursor.at]
  if (found === undefined) cursor.isBroken = true
  else cursor.at += 1
  return found ?? 0
}

export function skip(cursor: Cursor, octets: number): void {
  if (octets > cursor.octets.length - cursor.at) cursor.isBroken = true
  else cursor.at += octets
}

function take(cursor: Cursor, length: number): Uint8Array {
  const from = cursor.at
  skip(cursor, length)
  return cursor.octets.subarray(from, cursor.at)
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (one) => one.toString(16).padStart(2, '0')).join('')
}

/** A bit for each of `count` things, the first in the highest. */
export function flags(cursor: Cursor, count: number): readonly boolean[] {
  const found: boolean[] = []
  for (let i = 0, bits = 0; i < count && !cursor.isBroken; i++) {
    if (i % 8 === 0) bits = octet(cursor)
    found.push((bits & (0x80 >> (i % 8))) !== 0)
  }
  return found
}

/** Skips check sums; tells which things have one. */
function digests(cursor: Cursor, count: number): readonly boolean[] {
  const isThere = octet(cursor) !== 0 ? Array.from({ length: count }, () => true) : flags(cursor, count)
  skip(cursor, 4 * isThere.filter(Boolean).length)
  return isThere
}
