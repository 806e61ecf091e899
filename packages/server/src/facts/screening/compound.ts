// Reads OLE compound files (MS-CFB): the older Office documents, Outlook items, and what encrypted documents
// are wrapped in. Names of streams, and the octets of one; chains are followed once and bounded.
import { concat } from '@gatepost/mail/bytes.ts'

export type CompoundEntry = {
  readonly name: string
  readonly start: number
  readonly size: number
  /** The storage it lies in, by its number; -1 where none names it. */
  readonly within: number
}

export type Compound = {
  readonly entries: readonly CompoundEntry[]
  /** At most `max` octets of a stream. */
  read(entry: CompoundEntry, max: number): Uint8Array
}

const HEADER_LENGTH = 512
const ENTRY_LENGTH = 128
/** A presentation of 500 slides has some thousand streams. */
const ENTRIES_MAX = 20_000
const FAT_SECTORS_IN_HEADER = 109
const END_OF_CHAIN = 0xfffffffe

/** Null for what is no compound file, or a broken one. */
export function readCompound(octets: Uint8Array): Compound | null {
  if (octets.length < HEADER_LENGTH * 2) return null
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const shift = view.getUint16(30, true)
  const miniShift = view.getUint16(32, true)
  if ((shift !== 9 && shift !== 12) || miniShift !== 6) return null
  const file: FileOf = { octets, view, sectorSize: 1 << shift, fat: fatOf(view, 1 << shift) }
  const directory = chain(file, view.getUint32(48, true), ENTRIES_MAX * ENTRY_LENGTH)
  const entries = entriesOf(directory)
  const root = entries.find(({ type }) => type === 5)
  if (root === undefined) return null
  const miniCutoff = view.getUint32(56, true)
  let mini: { readonly octets: Uint8Array; readonly fat: Uint32Array } | null = null
  return {
    entries: entries.filter(({ type }) => type === 1 || type === 2),
    read({ start, size }, max) {
      const wanted = Math.min(size, max)
      if (size >= miniCutoff) return chain(file, start, wanted).subarray(0, wanted)
      mini ??= {
        octets: chain(file, root.start, root.size),
        fat: numbers(chain(file, view.getUint32(60, true), octets.length)),
      }
      return miniChain(mini, start, wanted)
    },
  }
}

type FileOf = {
  readonly octets: Uint8Array
  readonly view: DataView
  readonly sectorSize: number
  readonly fat: Uint32Array
}

/**
 * The table of next sectors, from the list in the header and its continuation. It has an entry for each
 * sector of the file and a few more: a list that goes in circles makes no longer one.
 */
export function fatOf(view: DataView, sectorSize: number): Uint32Array {
  const perSector = sectorSize / 4
  const most = Math.ceil(view.byteLength / sectorSize / perSector) + 1
  const sectors: number[] = []
  const add = (at: number): void => {
    const sector = view.getUint32(at, true)
    if ((sector + 2) * sectorSize <= view.byteLength) sectors.push(sector)
  }
  for (let i = 0; i < FAT_SECTORS_IN_HEADER; i++) add(76 + i * 4)
  let next = view.getUint32(68, true)
  for (let left = most; next < END_OF_CHAIN && left > 0 && sectors.length < most; left--) {
    const at = (next + 1) * sectorSize
    if (at + sectorSize > view.byteLength) break
    for (let i = 0; i < perSector - 1; i++) add(at + i * 4)
    next = view.getUint32(at + sectorSize - 4, true)
  }
  const used = sectors.slice(0, most)
  const fat = new Uint32Array(used.length * perSector)
  used.forEach((sector, at) => {
    const from = (sector + 1) * sectorSize
    for (let i = 0; i < perSector; i++) fat[at * perSector + i] = view.getUint32(from + i * 4, true)
  })
  return fat
}

/** The octets of a chain of sectors, at most `max` rounded up to a sector. */
function chain({ octets, sectorSize, fat }: FileOf, start: number, max: number): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  for (let sector = start; sector < END_OF_CHAIN && length < max; sector = fat[sector] ?? END_OF_CHAIN) {
    const from = (sector + 1) * sectorSize
    if (from >= octets.length || length > octets.length) break
    const part = octets.subarray(from, from + sectorSize)
    parts.push(part)
    length += part.length
  }
  return parts.length === 0 ? new Uint8Array() : concat(parts)
}

function miniChain(
  { octets, fat }: { readonly octets: Uint8Array; readonly fat: Uint32Array },
  start: number,
  wanted: number,
): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  for (let sector = start; sector < END_OF_CHAIN && length < wanted; sector = fat[sector] ?? END_OF_CHAIN) {
    const part = octets.subarray(sector * 64, sector * 64 + 64)
    if (part.length === 0) break
    parts.push(part)
    length += part.length
  }
  return parts.length === 0 ? new Uint8Array() : concat(parts).subarray(0, wanted)
}

function numbers(octets: Uint8Array): Uint32Array {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  return Uint32Array.from({ length: octets.length >> 2 }, (_, i) => view.getUint32(i * 4, true))
}

type Entry = CompoundEntry & { readonly type: number }

function entriesOf(directory: Uint8Array): readonly Entry[] {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength)
  const count = Math.min(ENTRIES_MAX, Math.floor(directory.length / ENTRY_LENGTH))
  const within = storagesOf(view, count)
  const entries: Entry[] = []
  for (let number = 0; number < count; number++) {
    const at = number * ENTRY_LENGTH
    const type = directory[at + 66]!
    const nameLength = Math.min(64, view.getUint16(at + 64, true))
    if (type === 0 || nameLength < 2) continue
    let name = ''
    for (let i = 0; i + 2 < nameLength; i += 2) name += String.fromCharCode(view.getUint16(at + i, true))
    const [start, size] = [view.getUint32(at + 116, true), view.getUint32(at + 120, true)]
    entries.push({ name, type, start, size, within: within[number]! })
  }
  return entries
}

/** The storage of each entry: those in one form a tree, which is walked once (MS-CFB §2.6.4). */
function storagesOf(view: DataView, count: number): Int32Array {
  const within = new Int32Array(count).fill(-1)
  const open: (readonly [entry: number, storage: number])[] = [[0, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [entry, storage] = next
    if (entry >= count || within[entry] !== -1) continue
    within[entry] = storage
    const at = entry * ENTRY_LENGTH
    open.push([view.getUint32(at + 68, true), storage], [view.getUint32(at + 72, true), storage])
    open.push([view.getUint32(at + 76, true), entry])
  }
  return within
}
