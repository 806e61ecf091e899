// Files within winmail.dat (MS-OXTNEF): Outlook shows them as attachments of the message.
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import type { Embedded } from './documents.ts'

const SIGNATURE = 0x223e9f78
const ATTACHMENT_LEVEL = 2
const TITLE = 0x8010
const DATA = 0x800f
const RENDER_DATA = 0x9002
const PROPERTIES = 0x9005
const FILES_MAX = 200
/** PidTagAttachLongFilename, as text of one or two octets a character. */
const LONG_NAME_IDS = [0x3707001e, 0x3707001f]

export function isTnef(octets: Uint8Array): boolean {
  return octets.length > 6 && new DataView(octets.buffer, octets.byteOffset).getUint32(0, true) === SIGNATURE
}

/** The files; `isBroken` when attributes end before they should. */
export function readTnef(octets: Uint8Array): {
  readonly files: readonly Embedded[]
  readonly isBroken: boolean
} {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const files: { name: string; octets: Uint8Array }[] = []
  let at = 6
  while (at + 11 <= octets.length && files.length <= FILES_MAX) {
    const level = octets[at]!
    const id = view.getUint16(at + 1, true)
    const length = view.getUint32(at + 5, true)
    const from = at + 9
    if (from + length + 2 > octets.length) return { files: named(files), isBroken: true }
    if (level === ATTACHMENT_LEVEL) read(files, id, octets.subarray(from, from + length))
    at = from + length + 2
  }
  return { files: named(files), isBroken: at < octets.length }
}

function read(files: { name: string; octets: Uint8Array }[], id: number, value: Uint8Array): void {
  if (id === RENDER_DATA) files.push({ name: '', octets: new Uint8Array() })
  const file = files.at(-1)
  if (file === undefined) return
  if (id === TITLE && file.name === '') file.name = toLatin1(value).split('\0', 1)[0]!
  if (id === DATA) file.octets = value
  if (id === PROPERTIES) file.name = longName(value) ?? file.name
}

function named(files: readonly Embedded[]): readonly Embedded[] {
  return files.filter(({ name, octets }) => name !== '' || octets.length > 0)
}

/** Found by its tag: the long name is the one that Outlook shows. */
function longName(properties: Uint8Array): string | null {
  const view = new DataView(properties.buffer, properties.byteOffset, properties.byteLength)
  for (let at = 4; at + 12 <= properties.length; at += 4) {
    const tag = ((view.getUint16(at + 2, true) << 16) | view.getUint16(at, true)) >>> 0
    if (!LONG_NAME_IDS.includes(tag)) continue
    const length = view.getUint32(at + 8, true)
    const value = properties.subarray(at + 12, at + 12 + Math.min(length, 1024))
    return toLatin1(value).replaceAll('\0', '') || null
  }
  return null
}
