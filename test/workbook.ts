// Workbooks for tests, made by hand: small ones as people save them, and ones that lie about what they hold.
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipPart = {
  readonly name: string
  readonly data: Uint8Array
  /** What the directory says that it unpacks to; the truth when left out. */
  readonly saidBytes?: number
}

/** A zip file with deflated parts. */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const { name, data, saidBytes = data.length } of parts) {
    const packed = deflateRawSync(data, { level: 9 })
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(data), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(saidBytes, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    entries.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, place, Buffer.from(name))
    offset += 4 + 26 + Buffer.byteLength(name) + packed.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** A workbook with one sheet of texts. */
export function workbookOf(rows: readonly (readonly string[])[]): Buffer {
  return zipOf(partsOf(Buffer.from(sheetOf(rows))))
}

/** The parts of a workbook around a sheet. */
export function partsOf(sheet: Uint8Array): readonly ZipPart[] {
  const part = (name: string, text: string): ZipPart => ({ name, data: Buffer.from(`${XML}${text}`) })
  return [
    part('[Content_Types].xml', `<Types xmlns="${TYPES}">${TYPED.join('')}</Types>`),
    part('_rels/.rels', linkTo('officeDocument', 'xl/workbook.xml')),
    part('xl/workbook.xml', `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">${ONE_SHEET}</workbook>`),
    part('xl/_rels/workbook.xml.rels', linkTo('worksheet', 'worksheets/sheet1.xml')),
    { name: 'xl/worksheets/sheet1.xml', data: sheet },
  ]
}

export function sheetOf(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells, at) => {
    const texts = cells.map((cell, column) => {
      if (cell === '') return ''
      const text = `<is><t xml:space="preserve">${escaped(cell)}</t></is>`
      return `<c r="${letterOf(column)}${at + 1}" t="inlineStr">${text}</c>`
    })
    return `<row r="${at + 1}">${texts.join('')}</row>`
  })
  return `${XML}<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships'
const RELS = 'application/vnd.openxmlformats-package.relationships+xml'
const SHEETS = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types'
const ONE_SHEET = '<sheets><sheet name="Users" sheetId="1" r:id="rId1"/></sheets>'
const TYPED = [
  `<Default Extension="rels" ContentType="${RELS}"/>`,
  '<Default Extension="xml" ContentType="application/xml"/>',
  `<Override PartName="/xl/workbook.xml" ContentType="${SHEETS}.sheet.main+xml"/>`,
  `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEETS}.worksheet+xml"/>`,
]

function linkTo(type: string, target: string): string {
  const link = `<Relationship Id="rId1" Type="${OFFICE}/${type}" Target="${target}"/>`
  return `<Relationships xmlns="${PACKAGE}">${link}</Relationships>`
}

function letterOf(column: number): string {
  return String.fromCharCode(65 + column)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
