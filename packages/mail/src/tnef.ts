// What Outlook packs into winmail.dat (MS-OXTNEF): subject, text and files of a message, which no other
// program shows. Reads any octets; what is cut or wrong ends the reading and is told.
import { decodeWithCharset } from './charset.ts'
import { charsetOfPage } from './rich-text.ts'
import { type TnefProperty, textValue, tnefProperties } from './tnef-properties.ts'

export type TnefFile = { readonly name: string; readonly octets: Uint8Array }

export type Tnef = {
  readonly subject: string
  /** As it was written: plain, as HTML, or as compressed rich text; each may be missing. */
  readonly text: string
  readonly html: string
  readonly rtf: Uint8Array | null
  readonly files: readonly TnefFile[]
  /** Messages that are attached whole. */
  readonly messages: readonly Tnef[]
  /** Attributes end before they should. */
  readonly isBroken: boolean
}

const SIGNATURE = 0x223e9f78
const HEADER_OCTETS = 6
/** Level, id and length in front of each attribute; a checksum behind it. */
const ATTRIBUTE_OCTETS = 9
const CHECKSUM_OCTETS = 2
const FILES_MAX = 200
const DEPTH_MAX = 5
const ATTACHMENT_LEVEL = 2
/** Attributes (MS-OXTNEF 2.1.3.3). */
const ATTRIBUTE = {
  subject: 0x8004,
  body: 0x800c,
  data: 0x800f,
  title: 0x8010,
  renderData: 0x9002,
  messageProperties: 0x9003,
  attachment: 0x9005,
  codePage: 0x9007,
} as const
/** Properties (MS-OXPROPS). */
const PROPERTY = {
  subject: 0x0037,
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  attachedData: 0x3701,
  longName: 0x3707,
  displayName: 0x3001,
} as const

/** Whether octets begin as winmail.dat does. */
export function isTnef(octets: Uint8Array): boolean {
  if (octets.length <= HEADER_OCTETS) return false
  return new DataView(octets.buffer, octets.byteOffset).getUint32(0, true) === SIGNATURE
}

/** Reads what is inside. Files share the memory of `octets`. */
export function readTnef(octets: Uint8Array, depth = 0): Tnef {
  const reading: Reading = {
    subject: '',
    text: '',
    html: '',
    rtf: null,
    files: [],
    messages: [],
    charset: 'windows-1252',
    depth,
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  let at = HEADER_OCTETS
  let isCut = false
  while (at + ATTRIBUTE_OCTETS + CHECKSUM_OCTETS <= octets.length && reading.files.length <= FILES_MAX) {
    const level = octets[at]!
    const id = view.getUint16(at + 1, true)
    const length = view.getUint32(at + 5, true)
    const from = at + ATTRIBUTE_OCTETS
    isCut = from + length + CHECKSUM_OCTETS > octets.length
    if (isCut) break
    const value = octets.subarray(from, from + length)
    if (level === ATTACHMENT_LEVEL) readAttachment(reading, id, value)
    else readMessage(reading, id, value)
    at = from + length + CHECKSUM_OCTETS
  }
  const { charset: _, depth: __, files, ...rest } = reading
  return {
    ...rest,
    files: files.filter((file) => file.name !== '' || file.octets.length > 0),
    isBroken: isCut || at < octets.length,
  }
}

type Reading = {
  subject: string
  text: string
  html: string
  rtf: Uint8Array | null
  charset: string
  readonly depth: number
  readonly files: { name: string; octets: Uint8Array }[]
  readonly messages: Tnef[]
}

function readMessage(reading: Reading, id: number, value: Uint8Array): void {
  switch (id) {
    case ATTRIBUTE.codePage:
      reading.charset = charsetOf(value)
      break
    case ATTRIBUTE.subject:
      reading.subject ||= textIn(value, reading.charset)
      break
    case ATTRIBUTE.body:
      reading.text ||= textIn(value, reading.charset)
      break
    case ATTRIBUTE.messageProperties:
      for (const property of tnefProperties(value)) readProperty(reading, property)
      break
  }
}

function readProperty(reading: Reading, property: TnefProperty): void {
  const { id, octets } = property
  const text = (): string => textValue(property, reading.charset)
  if (id === PROPERTY.subject) reading.subject = text() || reading.subject
  else if (id === PROPERTY.body) reading.text = text() || reading.text
  // HTML is kept as octets, in the page of the message.
  else if (id === PROPERTY.html) reading.html = text() || textIn(octets, reading.charset)
  else if (id === PROPERTY.rtf) reading.rtf = octets
}

function readAttachment(reading: Reading, id: number, value: Uint8Array): void {
  const { files, charset } = reading
  if (id === ATTRIBUTE.renderData) files.push({ name: '', octets: new Uint8Array() })
  const file = files.at(-1)
  if (file === undefined) return
  if (id === ATTRIBUTE.title && file.name === '') file.name = textIn(value, charset)
  if (id === ATTRIBUTE.data) file.octets = value
  if (id !== ATTRIBUTE.attachment) return
  for (const property of tnefProperties(value)) {
    // The long name is the one that Outlook shows.
    if (property.id === PROPERTY.longName) file.name = textValue(property, charset) || file.name
    if (property.id === PROPERTY.displayName && file.name === '') file.name = textValue(property, charset)
    if (property.id === PROPERTY.attachedData) readWithin(reading, file, property)
  }
}

/** A message within stands behind the identifier of its kind; anything else is a file. */
function readWithin(reading: Reading, file: { octets: Uint8Array }, { octets }: TnefProperty): void {
  const inner = octets.subarray(16)
  const message = isTnef(inner) ? inner : isTnef(octets) ? octets : null
  if (message !== null && reading.depth < DEPTH_MAX) {
    reading.messages.push(readTnef(message, reading.depth + 1))
  }
  if (file.octets.length === 0) file.octets = message ?? octets
}

function textIn(octets: Uint8Array, charset: string): string {
  return decodeWithCharset(octets, charset).split('\0', 1)[0]!
}

function charsetOf(value: Uint8Array): string {
  if (value.length < 4) return 'windows-1252'
  return charsetOfPage(new DataView(value.buffer, value.byteOffset).getUint32(0, true))
}
