// What a zip file holds, added up before anything reads it: sizes by its directory, and that no part is
// larger than the directory says.
import { createInflateRaw } from 'node:zlib'

/** A sheet of 100,000 rows with ten columns has some 60 MB. */
const UNPACKED_MAX = 160_000_000
/** Texts of a sheet shrink to a tenth or less; what shrinks to a hundredth is made to be large. */
const RATIO_MAX = 80
/** Below this, even a bomb is small. */
const RATIO_FROM = 20_000_000
/** Parts of a workbook: sheets, styles, pictures. */
const PARTS_MAX = 2_000

const END_SIGNATURE = 0x06054b50
const ENTRY_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const COMMENT_MAX = 65_535

type Part = {
  readonly method: number
  readonly packed: number
  readonly unpacked: number
  readonly offset: number
}

const TOO_LARGE =
  'The workbook unpacks to more than a list of people can be. Save the sheet alone as a new file.'
const DAMAGED = 'The workbook is damaged. Open it in your spreadsheet program and save it again.'

/** Null when it may be read; else a sentence that says what to do. */
export async function checkParts(bytes: Uint8Array): Promise<string | null> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts = partsOf(view)
  if (parts === null) return DAMAGED
  const total = parts.reduce((sum, { unpacked }) => sum + unpacked, 0)
  if (parts.length > PARTS_MAX || total > UNPACKED_MAX) return TOO_LARGE
  if (total > RATIO_FROM && total > bytes.length * RATIO_MAX) return TOO_LARGE
  for (const part of parts) {
    const data = dataOf(bytes, view, part)
    if (data === null) return DAMAGED
    if (part.method === 0 && data.length > part.unpacked) return DAMAGED
    if (part.method === 8 && !(await keepsTo(data, part.unpacked))) return TOO_LARGE
    if (part.method !== 0 && part.method !== 8) return DAMAGED
  }
  return null
}

/** The central directory, or null when there is none that can be believed. */
function partsOf(view: DataView): readonly Part[] | null {
  const end = endOf(view)
  if (end === null) return null
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const parts: Part[] = []
  for (let index = 0; index < count; index += 1) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== ENTRY_SIGNATURE) return null
    parts.push({
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      // 4 GiB and more stand elsewhere and are too much in any case.
      unpacked: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    })
    at +=
      ENTRY_BYTES +
      view.getUint16(at + 28, true) +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true)
  }
  return parts.length === 0 ? null : parts
}

function endOf(view: DataView): number | null {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - COMMENT_MAX); at -= 1) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at
  }
  return null
}

function dataOf(bytes: Uint8Array, view: DataView, { offset, packed }: Part): Uint8Array | null {
  if (offset + LOCAL_BYTES > bytes.length || view.getUint32(offset, true) !== LOCAL_SIGNATURE) return null
  const start = offset + LOCAL_BYTES + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  return start + packed > bytes.length ? null : bytes.subarray(start, start + packed)
}

/** Whether a part unpacks to no more than it says; nothing of it is kept. */
function keepsTo(data: Uint8Array, unpacked: number): Promise<boolean> {
  return new Promise((resolve) => {
    const inflate = createInflateRaw()
    let seen = 0
    inflate.on('data', (piece: Buffer) => {
      seen += piece.length
      if (seen <= unpacked) return
      inflate.destroy()
      resolve(false)
    })
    inflate.once('end', () => resolve(seen <= unpacked))
    inflate.once('error', () => resolve(true)) // The reader says what is wrong with it.
    inflate.end(data)
  })
}
