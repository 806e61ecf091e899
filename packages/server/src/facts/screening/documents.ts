// What documents carry beside their text: macros, scripts, objects, encryption. By structure, never by
// running or evaluating anything (abuse case 24).
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import type { AttachmentClass } from '#policy/facts.ts'
import { type CompoundEntry, readCompound } from './compound.ts'

export type DocumentFinding = { readonly class: AttachmentClass; readonly saw: string }

/** A file that lies in a document. */
export type Embedded = { readonly name: string; readonly octets: Uint8Array }

/** As `Embedded`; `isCut` when there was no room for all of it. */
export type AttachedFile = Embedded & { readonly isCut: boolean }

const macro = (saw: string): DocumentFinding => ({ class: 'macro', saw })
const encrypted = (saw: string): DocumentFinding => ({ class: 'encrypted', saw })

/** Names of streams and storages that hold code. */
const CODE_STREAMS = new Set(['_VBA_PROJECT', 'VBA', '_VBA_PROJECT_CUR', 'Macros', 'PROJECTwm'])
const WORKBOOKS = new Set(['Workbook', 'Book'])
/** The sheets are named at the beginning of a workbook. */
const WORKBOOK_READ_MAX = 4 * 1_048_576
/** A file has one, or one of each kind; more that name the same octets would be read again and again. */
const WORKBOOKS_MAX = 4

/** A compound file: older Office documents, Outlook items, encrypted new ones, installers. */
export function compoundFindings(octets: Uint8Array): readonly DocumentFinding[] | null {
  const compound = readCompound(octets)
  if (compound === null) return null
  const findings: DocumentFinding[] = []
  const names = new Set(compound.entries.map(({ name }) => name))
  if (names.has('EncryptedPackage')) findings.push(encrypted('an encrypted Office document'))
  if ([...CODE_STREAMS].some((name) => names.has(name))) findings.push(macro('macros (VBA)'))
  let workbooks = 0
  for (const entry of compound.entries) {
    if (WORKBOOKS.has(entry.name)) workbooks += 1
    if (WORKBOOKS.has(entry.name) && workbooks <= WORKBOOKS_MAX)
      findings.push(...workbookFindings(compound.read(entry, WORKBOOK_READ_MAX)))
    if (entry.name === 'WordDocument') findings.push(...wordFindings(compound.read(entry, 64)))
    if (entry.name === '\x01Ole10Native') findings.push(macro('an embedded object'))
  }
  if (workbooks > WORKBOOKS_MAX)
    findings.push({ class: 'unreadable', saw: 'a document with more workbooks than are looked at' })
  if (names.has('\x05SummaryInformation') && compound.entries.some(({ name }) => name.startsWith('\u4840'))) {
    findings.push({ class: 'dangerous', saw: 'a Windows installer' })
  }
  return findings
}

const ATTACHED_DATA = '__substg1.0_37010102'
/** The long name before the short one, each in Unicode or in the old way. */
const ATTACHED_NAMES = ['3707001F', '3707001E', '3704001F', '3704001E'].map((id) => `__substg1.0_${id}`)

/**
 * Files attached to an Outlook item (MS-OXMSG §2.2.2), each in a storage of its own with its name, those of
 * items within items too. `room` is asked before each how many octets may come out of it.
 */
export function* outlookAttachments(octets: Uint8Array, room: () => number): Iterable<AttachedFile> {
  const compound = readCompound(octets)
  if (compound === null) return
  const storages = new Map<number, Map<string, CompoundEntry>>()
  for (const entry of compound.entries) {
    if (entry.name !== ATTACHED_DATA && !ATTACHED_NAMES.includes(entry.name)) continue
    const storage = storages.get(entry.within) ?? new Map<string, CompoundEntry>()
    storages.set(entry.within, storage.set(entry.name, entry))
  }
  for (const storage of storages.values()) {
    const named = ATTACHED_NAMES.map((id) => storage.get(id)).find((entry) => entry !== undefined)
    const name = named === undefined ? '' : toLatin1(compound.read(named, NAME_READ_MAX)).replaceAll('\0', '')
    const data = storage.get(ATTACHED_DATA)
    const most = room()
    const found = data === undefined ? new Uint8Array() : compound.read(data, most)
    yield { name, octets: found, isCut: data !== undefined && data.size > most }
  }
}

const NAME_READ_MAX = 600

const BOUNDSHEET = 0x85
const FILEPASS = 0x2f
const EOF = 0x0a

/** Records of MS-XLS §2.4: a sheet of kind 1 holds Excel 4 macros. */
function workbookFindings(octets: Uint8Array): readonly DocumentFinding[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  for (let at = 0; at + 4 <= octets.length; ) {
    const type = view.getUint16(at, true)
    const length = view.getUint16(at + 2, true)
    if (type === FILEPASS) return [encrypted('an encrypted workbook')]
    if (type === BOUNDSHEET && octets[at + 9] === 1) return [macro('Excel 4 macros')]
    if (type === EOF) return []
    at += 4 + length
  }
  return []
}

/** The flag fEncrypted of MS-DOC §2.5.2. */
function wordFindings(octets: Uint8Array): readonly DocumentFinding[] {
  return octets.length > 12 && (octets[11]! & 1) !== 0 ? [encrypted('an encrypted document')] : []
}

/** Names within an Office document of the newer kind (ECMA-376) that mean code. */
export function officeMemberFinding(name: string): DocumentFinding | null {
  const lower = name.toLowerCase()
  if (lower.endsWith('vbaproject.bin')) return macro('macros (VBA)')
  if (lower.startsWith('xl/macrosheets/')) return macro('Excel 4 macros')
  if (/(?:^|\/)activex\/[^/]*\.(?:bin|xml)$/.test(lower)) return macro('an ActiveX control')
  return null
}

/** What the parts of an Office document are: any other file in it is one like in any archive. */
const OFFICE_PARTS = new Set(
  'xml rels vml bin png jpg jpeg gif bmp tif tiff emf wmf emz wmz wdp fntdata odttf dat sigs'.split(' '),
)

/** Whether a member is a part of the document itself. What is embedded is a file of its own. */
export function isOfficePart(name: string): boolean {
  const lower = name.toLowerCase()
  if (lower.includes('/embeddings/')) return false
  return OFFICE_PARTS.has(lower.slice(lower.lastIndexOf('.') + 1))
}

const EXTERNAL = /<Relationship\b[^>]{0,2000}>/gi
const RELATIONS_READ_MAX = 262_144

/** Relations that load a template or an object from elsewhere when the document opens. */
export function relationFindings(octets: Uint8Array): readonly DocumentFinding[] {
  const text = toLatin1(octets, 0, RELATIONS_READ_MAX)
  if (!/TargetMode\s*=\s*["']External/i.test(text)) return []
  for (const [relation] of text.matchAll(EXTERNAL)) {
    if (!/TargetMode\s*=\s*["']External/i.test(relation)) continue
    if (/\/(?:attachedTemplate|oleObject|frame|subDocument)["']/i.test(relation)) {
      return [macro('a template or object that is loaded from elsewhere')]
    }
  }
  return []
}

/** A name of a PDF, whose characters may stand as `#` and two digits (ISO 32000-1 §7.3.5). */
function pdfName(name: string): string {
  const characters = Array.from(name, (character) => {
    const digits = character.charCodeAt(0).toString(16)
    return `(?:${character}|#${digits.replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`)})`
  })
  return `/${characters.join('')}`
}

const REFERENCE = '\\s+\\d+\\s+\\d+\\s+R'
const PDF_ENCRYPTED = new RegExp(`${pdfName('Encrypt')}(?:${REFERENCE}|\\s*<<)`)
const PDF_SCRIPT = new RegExp(
  `(?:${pdfName('JavaScript')}|${pdfName('JS')})(?:\\s*[(</]|\\s*\\d+\\s+\\d+\\s+R)`,
)
const PDF_PROGRAM = new RegExp(`${pdfName('S')}\\s*${pdfName('Launch')}\\b`)

/** PDF (ISO 32000): encryption, scripts and programs that open with it. Packed objects are not unpacked. */
export function pdfFindings(octets: Uint8Array): readonly DocumentFinding[] {
  const text = toLatin1(octets)
  const findings: DocumentFinding[] = []
  if (PDF_ENCRYPTED.test(text)) findings.push(encrypted('an encrypted PDF'))
  if (PDF_SCRIPT.test(text)) findings.push({ class: 'script', saw: 'a PDF with a script' })
  if (PDF_PROGRAM.test(text)) findings.push({ class: 'dangerous', saw: 'a PDF that starts a program' })
  return findings
}

/** RTF: objects are how documents without macros run code. */
export function rtfFindings(octets: Uint8Array): readonly DocumentFinding[] {
  const text = toLatin1(octets)
  return /\\obj(?:data|autlink|update|ocx)\b/i.test(text) ? [macro('an embedded object')] : []
}

/** Each is linear: what may repeat is bounded. */
const SCRIPTS: readonly RegExp[] = [
  /<script\b|javascript:|vbscript:/i,
  /\bon(?:load|error|click|mouseover|focus|toggle|begin)\s{0,20}=/i,
  /<iframe\b[^>]{0,500}srcdoc/i,
  /<meta\b[^>]{0,300}http-equiv\s{0,20}=\s{0,20}["']?refresh/i,
]

/** Pages and pictures that come as files: a script in them runs with the rights of a local file. */
export function pageFindings(octets: Uint8Array): readonly DocumentFinding[] {
  const text = toLatin1(octets).replaceAll('\0', '')
  return SCRIPTS.some((script) => script.test(text)) ? [{ class: 'script', saw: 'a page with a script' }] : []
}
