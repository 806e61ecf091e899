// Writes small compound files (MS-CFB) for tests: storages one below the root, streams in them.

export type StreamInput = {
  /** The storage; '' for the root. */
  readonly storage: string
  readonly name: string
  readonly octets: Uint8Array | string
}

const SECTOR = 512
const END_OF_CHAIN = 0xfffffffe
const NOBODY = 0xffffffff

/** Every stream has sectors of its own: the size below which they would share some is set to 0. */
export function compoundOf(streams: readonly StreamInput[]): Buffer {
  const storages = [...new Set(streams.map(({ storage }) => storage))].filter((name) => name !== '')
  const count = 1 + storages.length + streams.length
  const directorySectors = Math.ceil((count * 128) / SECTOR)
  const fat: number[] = [0xfffffffd]
  for (let at = 1; at <= directorySectors; at++) fat.push(at === directorySectors ? END_OF_CHAIN : at + 1)
  const contents: Buffer[] = []
  const starts = streams.map(({ octets }) => {
    const data = Buffer.from(octets as string)
    const sectors = Math.max(1, Math.ceil(data.length / SECTOR))
    const start = fat.length
    for (let at = 0; at < sectors; at++) fat.push(at === sectors - 1 ? END_OF_CHAIN : fat.length + 1)
    contents.push(Buffer.concat([data, Buffer.alloc(sectors * SECTOR - data.length)]))
    return { start, size: data.length }
  })
  const directory = Buffer.alloc(directorySectors * SECTOR)
  const numberOf = (storage: string): number => (storage === '' ? 0 : 1 + storages.indexOf(storage))
  const last = new Map<number, number>()
  const write = (number: number, entry: { name: string; type: number; within: number | null }): number => {
    const at = number * 128
    directory.write(entry.name, at, 'utf16le')
    directory.writeUInt16LE(entry.name.length * 2 + 2, at + 64)
    directory[at + 66] = entry.type
    for (const link of [68, 72, 76]) directory.writeUInt32LE(NOBODY, at + link)
    if (entry.within === null) return at
    const before = last.get(entry.within)
    directory.writeUInt32LE(number, before === undefined ? entry.within * 128 + 76 : before * 128 + 72)
    last.set(entry.within, number)
    return at
  }
  write(0, { name: 'Root Entry', type: 5, within: null })
  for (const [at, name] of storages.entries()) write(1 + at, { name, type: 1, within: 0 })
  for (const [at, { name, storage }] of streams.entries()) {
    const number = 1 + storages.length + at
    const entry = write(number, { name, type: 2, within: numberOf(storage) })
    directory.writeUInt32LE(starts[at]!.start, entry + 116)
    directory.writeUInt32LE(starts[at]!.size, entry + 120)
  }
  return Buffer.concat([headerOf(), fatSector(fat), directory, ...contents])
}

function headerOf(): Buffer {
  const header = Buffer.alloc(SECTOR)
  header.write('d0cf11e0a1b11ae1', 0, 'hex')
  header.writeUInt16LE(9, 30)
  header.writeUInt16LE(6, 32)
  header.writeUInt32LE(1, 48)
  header.writeUInt32LE(END_OF_CHAIN, 60)
  header.writeUInt32LE(END_OF_CHAIN, 68)
  for (let at = 1; at < 109; at++) header.writeUInt32LE(NOBODY, 76 + at * 4)
  return header
}

function fatSector(fat: readonly number[]): Buffer {
  const sector = Buffer.alloc(SECTOR, 0xff)
  for (const [at, next] of fat.entries()) sector.writeUInt32LE(next, at * 4)
  return sector
}
