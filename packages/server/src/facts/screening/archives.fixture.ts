// Archives whose lists are read, for tests: RAR written here by its published format, 7z and cabinets as
// 7-Zip and gcab wrote them (each holds run.exe, dir/notes.txt, nothing.txt and Überweisung.pdf.js).
import { crc32 } from 'node:zlib'

export type RarInput = {
  readonly name: string
  readonly data: string
  readonly isEncrypted?: boolean
  readonly isFolder?: boolean
}

/** RAR 5, nothing packed. */
export function rarFive(inputs: readonly RarInput[]): Buffer {
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'),
    headerFive([...vint(1), ...vint(0), ...vint(0)]),
    ...inputs.map(memberFive),
    headerFive([...vint(5), ...vint(0), ...vint(0)]),
  ])
}

/** RAR 5 whose headers are encrypted: behind the note about that there is nothing to read. */
export function hiddenRarFive(): Buffer {
  const encryption = [...vint(4), ...vint(0), ...vint(0), ...vint(0), 15, ...Buffer.alloc(16)]
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'),
    headerFive(encryption),
    Buffer.alloc(64, 0xa5),
  ])
}

function memberFive({ name, data, isEncrypted = false, isFolder = false }: RarInput): Buffer {
  const content = Buffer.from(data)
  const encoded = Buffer.from(name, 'utf8')
  // Version, flags, count, salt, initialisation vector: what a reader of names passes over.
  const record = [...vint(1), ...vint(0), ...vint(0), 15, ...Buffer.alloc(32, 7)]
  const extra = isEncrypted ? [...vint(record.length), ...record] : []
  const checked = Buffer.alloc(4)
  checked.writeUInt32LE(crc32(content))
  return Buffer.concat([
    headerFive([
      ...vint(2),
      ...vint(2 | (isEncrypted ? 1 : 0)),
      ...(isEncrypted ? vint(extra.length) : []),
      ...vint(content.length),
      ...vint(4 | (isFolder ? 1 : 0)),
      ...vint(content.length),
      ...vint(isFolder ? 16 : 32),
      ...checked,
      ...vint(0),
      ...vint(0),
      ...vint(encoded.length),
      ...encoded,
      ...extra,
    ]),
    content,
  ])
}

function headerFive(fields: readonly number[]): Buffer {
  const sized = Buffer.from([...vint(fields.length), ...fields])
  const head = Buffer.alloc(4)
  head.writeUInt32LE(crc32(sized))
  return Buffer.concat([head, sized])
}

function vint(value: number): number[] {
  const octets: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 128)
  return [...octets, rest]
}

export type RarFourInput = RarInput & {
  /** Octets of the name field as they are, with the flag for names beyond ASCII. */
  readonly unicodeName?: Uint8Array
}

/** RAR 3 and 4, nothing packed. */
export function rarFour(inputs: readonly RarFourInput[], mainFlags = 0): Buffer {
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x00', 'latin1'),
    headerFour(0x73, mainFlags, Buffer.alloc(6)),
    ...inputs.map(memberFour),
    headerFour(0x7b, 0x4000, Buffer.alloc(0)),
  ])
}

function memberFour({
  name,
  data,
  unicodeName,
  isEncrypted = false,
  isFolder = false,
}: RarFourInput): Buffer {
  const content = Buffer.from(data)
  const octets = unicodeName ?? Buffer.from(name, 'latin1')
  const fields = Buffer.alloc(25)
  fields.writeUInt32LE(content.length, 0)
  fields.writeUInt32LE(content.length, 4)
  fields.writeUInt8(3, 8)
  fields.writeUInt32LE(crc32(content), 9)
  fields.writeUInt8(29, 17)
  fields.writeUInt8(0x30, 18)
  fields.writeUInt16LE(octets.length, 19)
  fields.writeUInt32LE(isFolder ? 0o40755 : 0o100644, 21)
  const flags = 0x8000 | (isEncrypted ? 4 : 0) | (isFolder ? 0xe0 : 0) | (unicodeName ? 0x200 : 0)
  return Buffer.concat([headerFour(0x74, flags, Buffer.concat([fields, octets])), content])
}

function headerFour(type: number, flags: number, fields: Uint8Array): Buffer {
  const header = Buffer.alloc(7 + fields.length)
  header.writeUInt8(type, 2)
  header.writeUInt16LE(flags, 3)
  header.writeUInt16LE(header.length, 5)
  header.set(fields, 7)
  header.writeUInt16LE(crc32(header.subarray(2)) & 0xffff, 0)
  return header
}

const made = (text: string): Buffer => Buffer.from(text, 'base64')

/** Its list stands in clear (`-mhc=off`). */
export const sevenZipPlain: Buffer = made(
  'N3q8ryccAAQi3ZXNHgAAAAAAAAAeAQAAAAAAAGy1KrzgACAAFl0ANBlJ7o3pVgsL1kBDcuMJZ6J1yxHkVwABBAYAAQ' +
    'keAAcLAQABISEBAAwhAAgNAwkXCQoB41E9jQq3swKDFtyMAAAFBg4B4A8BIBkIAAAAAAAAAAARgIcAZABpAHIAAABk' +
    'AGkAcgAvAGUAbQBwAHQAeQAAAG4AbwB0AGgAaQBuAGcALgB0AHgAdAAAAGQAaQByAC8AbgBvAHQAZQBzAC4AdAB4AH' +
    'QAAAByAHUAbgAuAGUAeABlAAAA3ABiAGUAcgB3AGUAaQBzAHUAbgBnAC4AcABkAGYALgBqAHMAAAAZBAAAAAAUMgEA' +
    'gJ399Gx63QEMbP30bHrdAYCd/fRset0BgJ399Gx63QGAnf30bHrdAYCd/fRset0BFRoBABCA7UEQgO1BIICkgSCApI' +
    'EggKSBIICkgQAA',
)

/** Its list is packed with LZMA, as 7-Zip does by itself. */
export const sevenZipPacked: Buffer = made(
  'N3q8ryccAATtOvSzzQAAAAAAAAAiAAAAAAAAAPIUSxPgACAAFl0ANBlJ7o3pVgsL1kBDcuMJZ6J1yxHkVwAAAIEzB6' +
    '4Pz+swFA/r6py/Nj3/hud20ene7/d+ZDVwYUYm2LCLrUagVVALAZdEOBc0sDyw4+GhoPWbDfDORA8uGriMT7OXWmhV' +
    'HiHPJmowAsD8CePG33HT150UgmXVqNCVBUwKMJ6WBIAqFE27BPIk2NgrnvmaQK6mBxuba10QdBIapxYQxtLLNhNdgC' +
    'zYKW7uooMXitiu+FiE7S92loxT/DxSmQuCapw9QgrIAAAAFwYeAQmArwAHCwEAASMDAQEFXQAQAAAMgR4KAWy1KrwA' +
    'AA==',
)

/** Its files have a password, its list has none. */
export const sevenZipSecret: Buffer = made(
  'N3q8ryccAAShXND17AAAAAAAAAAiAAAAAAAAAJLkQXNZ+2W1kiKBIvHAVFrsRYlC1J//OpQNKaQ49yyz3kGB3gAAgT' +
    'MHrg/QDrA8nzkQnJ+m1TPasi6woqZBOjJzA07pkqB++23jfdIPA33nZ53RQw2OSfoYFyOHbwfsUNiw52+JfltQguep' +
    'shLvPLxOkzUo40l1htk8HAugxJCIEY82siuZmU2MoSeroguvYdJmwIQ+o4nQ44CN/jdQGfhtG6fkqqFKZid8JtNTXK' +
    'uYPAX9kINWX0WrLLwfMXR5T5tgBXcyIRqrS516x73tpe0H1De2DggeOXSf9E6LnQ9EnK4tRF9bnrLqKzkxV+AAABcG' +
    'IAEJgMwABwsBAAEjAwEBBV0AEAAADIE+CgGRT17wAAA=',
)

/** Its list has the password as well (`-mhe=on`). */
export const sevenZipHidden: Buffer = made(
  'N3q8ryccAATs65bb8AAAAAAAAAA+AAAAAAAAAJ4uxGDB+doeE4cUn5xHm4af4C5tvq5WVcKvVXAafmkz8p0E6lv6r4' +
    'OCVnj96eLnWHz7P4jWGQWAZ8ezlL3oBzrVVvm5z7mh1j1cVSzzCfuMdkKzbJ59/KFoFUPzTIrwlWpfArZti548GMV7' +
    'PeqyfH1d8IEBR1Z8ar1GeorFXXAlRaCopQxc9bmKUgX9d3zk0r6MaD6UYsQ67w+3OCbt6F+YBAlXAAGmEgko5lvoTg' +
    'BEAqdhLmwtXQod9y5xxbwepVS/Cjhe7mblxJhEFLBiTMVTgWMmWoYkAdlZPrnLd6NjqY9ifUkYuVnUNQu5tBdJcpAe' +
    'x3oXBiABCYDQAAcLAQACJAbxBwESUw+XNWF+sqXmc32NGzxPa80NIwMBAQVdABAAAAEADIDMgT4KAccQ/LgAAA==',
)

/** Without folders of its own; names beyond ASCII are UTF-8. */
export const cabinet: Buffer = made(
  'TVNDRgAAAAC/AAAAAAAAACwAAAAAAAAAAwEBAAQAAAAAAAAAogAAAAEAAQAJAAAAAAAAAAAAdl03VCAAcnVuLmV4ZQ' +
    'AXAAAACQAAAAAAdl03VCAAZGlyXG5vdGVzLnR4dAAAAAAAIAAAAAAAdl03VCAAbm90aGluZy50eHQAAQAAACAAAAAA' +
    'AHZdN1SgAMOcYmVyd2Vpc3VuZy5wZGYuanMATCQ97RUAIQBDS/ONKijKTy9KzM1IzcnJV8AgKwA=',
)
