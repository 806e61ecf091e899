// Reads OLE compound files (MS-CFB): the older Office documents, Outlook items, and what encrypted documents
// are wrapped in. Names of streams, and the octets of one; chains are followed once and bounded.
import { concat } from '@gatepost/mail/bytes.ts'

export type CompoundEntry = { readonly name: string; readonly start: number; readonly size: number }

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

/** The table of next sectors, from the list in the header and its continuation. */
function fatOf(view: DataView, sectorSize: number): Uint32Array {
  const sectors: number[] = []
  for (let i = 0; i < FAT_SECTORS_IN_HEADER; i++) sectors.push(view.getUint32(76 + i * 4, true))
  const perSector = sectorSize / 4
  let next = view.getUint32(68, true)
  // Each step goes to a sector of the file: there are never more of them than the file has.
  for (let left = view.byteLength / sectorSize; next < END_OF_CHAIN && left > 0; left--) {
    const at = (next + 1) * sectorSize
    if (at + sectorSize > view.byteLength) break
    for (let i = 0; i < perSector - 1; i++) sectors.push(view.getUint32(at + i * 4, true))
    next = view.getUint32(at + sectorSize - 4, true)
  }
  const used = sectors.filter((sector) => (sector + 2) * sectorSize <= view.byteLength)
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
  const entries: Entry[] = []
  for (
    let at = 0;
    at + ENTRY_LENGTH <= directory.length && entries.length < ENTRIES_MAX;
    at += ENTRY_LENGTH
  ) {
    const type = directory[at + 66]!
    const nameLength = Math.min(64, view.getUint16(at + 64, true))
    if (type === 0 || nameLength < 2) continue
    let name = ''
    for (let i = 0; i + 2 < nameLength; i += 2) name += String.fromCharCode(view.getUint16(at + i, true))
    entries.push({ name, type, start: view.getUint32(at + 116, true), size: view.getUint32(at + 120, true) })
  }
  return entries
}
