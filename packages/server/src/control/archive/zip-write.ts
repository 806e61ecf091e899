// Writes a zip file piece by piece (APPNOTE 6.3): each file deflated, sizes behind it, the directory at the
// end.
import { crc32, deflateRawSync } from 'node:zlib'

/** Without the large form (zip64) sizes and places end here. */
export const ZIP_BYTES_MAX = 4_000_000_000
/** Without it the directory counts no further. */
export const ZIP_FILES_MAX = 65_000

const LOCAL = 0x04034b50
const ENTRY = 0x02014b50
const END = 0x06054b50
/** Names are UTF-8. */
const FLAGS = 0x0800
const DEFLATED = 8
const VERSION = 20

export class ZipWriter {
  readonly #entries: Buffer[] = []
  #at = 0

  /** Octets written so far. */
  get size(): number {
    return this.#at
  }

  /** A file with its head; to be written in this order. */
  file(name: string, content: Uint8Array, at: number): Uint8Array[] {
    const bytes = Buffer.from(name)
    const packed = deflateRawSync(content)
    const { date, time } = dosTime(at)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(VERSION, 0)
    common.writeUInt16LE(FLAGS, 2)
    common.writeUInt16LE(DEFLATED, 4)
    common.writeUInt16LE(time, 6)
    common.writeUInt16LE(date, 8)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(bytes.length, 22)
    const local = Buffer.concat([signature(LOCAL), common, bytes])
    const entry = Buffer.alloc(14)
    entry.writeUInt32LE(this.#at, 10)
    this.#entries.push(Buffer.concat([signature(ENTRY), Buffer.from([VERSION, 0]), common, entry, bytes]))
    this.#at += local.length + packed.length
    return [local, packed]
  }

  /** The directory: nothing may follow. */
  end(): Uint8Array[] {
    const size = this.#entries.reduce((sum, { length }) => sum + length, 0)
    const end = Buffer.alloc(22)
    end.writeUInt32LE(END, 0)
    end.writeUInt16LE(this.#entries.length, 8)
    end.writeUInt16LE(this.#entries.length, 10)
    end.writeUInt32LE(size, 12)
    end.writeUInt32LE(this.#at, 16)
    return [...this.#entries, end]
  }
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Two seconds a step, from 1980 on; UTC, because the file says no zone. */
function dosTime(at: number): { readonly date: number; readonly time: number } {
  const day = new Date(Math.max(at, Date.UTC(1980, 0, 1)))
  return {
    date: ((day.getUTCFullYear() - 1980) << 9) | ((day.getUTCMonth() + 1) << 5) | day.getUTCDate(),
    time: (day.getUTCHours() << 11) | (day.getUTCMinutes() << 5) | (day.getUTCSeconds() >> 1),
  }
}
