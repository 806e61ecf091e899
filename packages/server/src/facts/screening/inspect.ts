// Looks into the files of a message: what each is by content and by name, archives and documents within each
// other, all within a budget. Pure; nothing is written, run or evaluated.
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { extensionOf, shownName } from '@gatepost/mail/file-name.ts'
import {
  decodedBody,
  leaves,
  type MimeFault,
  type MimePart,
  type ParsedMime,
  parseMime,
} from '@gatepost/mail/mime.ts'
import { isTnef, readTnef } from '@gatepost/mail/tnef.ts'
import { uuFilesIn } from '@gatepost/mail/uuencode.ts'
import type { AttachmentClass, AttachmentFinding, AttachmentsFact } from '#policy/facts.ts'
import { Budget, type InspectionLimits } from './budget.ts'
import {
  compoundFindings,
  type Embedded,
  isOfficePart,
  officeMemberFinding,
  outlookAttachments,
  pageFindings,
  pdfFindings,
  relationFindings,
  rtfFindings,
} from './documents.ts'
import { type FileKind, fileKindOf, isPageExtension, type ListedFormat } from './file-types.ts'
import { nameInGzip } from './gzip-name.ts'
import { listArchive, listFindings } from './listed-archive.ts'
import { nameFindings } from './name-tricks.ts'
import { isTar, readTar } from './tar.ts'
import { endsAsZip, readZip, type ZipMember, zipMemberOctets } from './zip.ts'

export type Inspection = {
  readonly attachments: AttachmentsFact
  /** What nobody could look at, in plain words: it never counts as clean. */
  readonly unchecked: readonly string[]
  /** The budget was not enough; a larger one may see more. */
  readonly isOverBudget: boolean
}

/** Told once a message and kind; the rest only counts. */
const FINDINGS_MAX = 100
const SHOWN_NAME_MAX = 120

/** Inspects a message whose parts are known. */
export function inspectContent(octets: Uint8Array, mime: ParsedMime, limits: InspectionLimits): Inspection {
  const walk: Walk = { budget: new Budget(limits), findings: [], seen: new Set() }
  inspectMessage(walk, octets, { mime, within: '', depth: 0 })
  const { findings, budget } = walk
  return {
    attachments: { files: budget.files, findings },
    unchecked: findings
      .filter(({ class: kind }) => kind === 'encrypted' || kind === 'unreadable')
      .map(({ file, saw }) => (file === '' ? saw : `${file}: ${saw}`)),
    isOverBudget: budget.isOver,
  }
}

type Walk = {
  readonly budget: Budget
  readonly findings: AttachmentFinding[]
  readonly seen: Set<string>
}

type Place = { readonly within: string; readonly depth: number }
type FileAt = Place & { readonly name: string; readonly octets: Uint8Array }

function note(
  walk: Walk,
  file: string,
  finding: { readonly class: AttachmentClass; readonly saw: string },
): void {
  const key = `${finding.class} ${file} ${finding.saw}`
  if (walk.seen.has(key) || walk.findings.length >= FINDINGS_MAX) return
  walk.seen.add(key)
  walk.findings.push({ class: finding.class, file, saw: finding.saw })
}

function noteAll(
  walk: Walk,
  file: string,
  findings: readonly { readonly class: AttachmentClass; readonly saw: string }[],
): void {
  for (const finding of findings) note(walk, file, finding)
}

const unreadable = (saw: string) => ({ class: 'unreadable', saw }) as const

function pathOf(within: string, name: string): string {
  const shown = shownName(name).slice(0, SHOWN_NAME_MAX) || 'a file without a name'
  return within === '' ? shown : `${within} › ${shown}`
}

/** Faults that let readers see another message than we do. */
const FAULTS: { readonly [Fault in MimeFault]: string | null } = {
  'too-many-parts': 'the message has more parts than are looked at',
  'too-deep': 'parts lie deeper in each other than is looked at',
  'header-limit': 'the header of a part is longer than is read',
  'parameter-limit': 'a field has more parameters than are read',
  'missing-boundary': 'a multipart names no boundary',
  'two-content-types': 'a part says twice and differently what it is',
  'encoded-multipart': 'a multipart is encoded as a whole',
  'unclosed-multipart': null,
  'broken-type': null,
}

function inspectMessage(
  walk: Walk,
  octets: Uint8Array,
  { mime, within, depth }: Place & { readonly mime: ParsedMime },
): void {
  for (const fault of mime.faults) {
    const saw = FAULTS[fault]
    if (saw !== null) note(walk, within, unreadable(saw))
  }
  for (const part of leaves(mime.root)) inspectPart(walk, octets, { part, within, depth })
}

/** A part that is shown as text has no file; it may hold uuencoded ones. */
function inspectPart(
  walk: Walk,
  octets: Uint8Array,
  { part, within, depth }: Place & { readonly part: MimePart },
): void {
  const { limits } = walk.budget
  const { octets: body, isCut } = decodedBody(octets, part, limits.fileOctets * 2)
  if (isCut) walk.budget.isOver = true
  const isText = part.type === 'text/plain' || part.type === 'text/html'
  if (isText || part.encoding.includes('uu')) {
    for (const { fileName, octets: file, isCut: isFileCut } of uuFilesIn(body, limits.fileOctets)) {
      if (isFileCut) note(walk, pathOf(within, fileName), unreadable(TOO_LARGE))
      inspectFile(walk, { name: fileName, octets: file, within, depth })
    }
  }
  if (isText && part.fileName === null && part.disposition !== 'attachment') return
  for (const finding of nameFindings(part.fileNames))
    note(walk, pathOf(within, part.fileNames[0] ?? ''), finding)
  if (isCut) note(walk, pathOf(within, part.fileName ?? ''), unreadable(TOO_LARGE))
  if (part.type === 'message/rfc822' || part.type === 'message/global') {
    inspectInner(walk, body, { within, depth })
    return
  }
  // RFC 2046 §5.2.2: programs put the pieces together, and what they hold is seen in none of them.
  if (part.type === 'message/partial') note(walk, pathOf(within, part.fileName ?? ''), unreadable(A_PIECE))
  inspectFile(walk, { name: part.fileName ?? '', octets: body, within, depth })
}

const A_PIECE = 'a piece of a message that comes in several'
const TOO_LARGE = 'larger than can be looked at'
const TOO_DEEP = 'deeper than is looked at'

/** A message that is encoded, or a file that is one. */
function inspectInner(walk: Walk, octets: Uint8Array, { within, depth }: Place): void {
  const place = pathOf(within, 'a message within')
  if (depth >= walk.budget.limits.depth) {
    walk.budget.isOver = true
    note(walk, place, unreadable(TOO_DEEP))
    return
  }
  inspectMessage(walk, octets, { mime: parseMime(octets), within, depth: depth + 1 })
}

function inspectFile(walk: Walk, file: FileAt): void {
  const place = pathOf(file.within, file.name)
  if (!walk.budget.takeFile()) {
    note(walk, '', unreadable('more files than are looked at'))
    return
  }
  for (const finding of nameFindings([file.name])) note(walk, place, finding)
  if (file.octets.length === 0) return
  if (file.depth > walk.budget.limits.depth) {
    walk.budget.isOver = true
    note(walk, place, unreadable(TOO_DEEP))
    return
  }
  const kind = fileKindOf(file.octets)
  inspectKind(walk, file, { place, kind })
  // The name of its first file stands at the beginning of a tar of the first kind, and may be any sign.
  if (kind.kind !== 'archive' && kind.kind !== 'other' && isTar(file.octets))
    inspectTar(walk, file.octets, { within: place, depth: file.depth })
  // A picture or a document in front of an archive: what unpacks it reads the list at its end.
  if (kind.kind !== 'archive' && endsAsZip(file.octets)) {
    inspectZip(walk, file.octets, { within: place, depth: file.depth })
  }
}

function inspectKind(
  walk: Walk,
  file: FileAt,
  { place, kind }: { readonly place: string; readonly kind: FileKind },
): void {
  const { octets, depth } = file
  switch (kind.kind) {
    case 'program':
      note(walk, place, { class: 'dangerous', saw: kind.what })
      break
    case 'closed':
      note(walk, place, unreadable(`${kind.what}, not looked into`))
      break
    case 'archive':
      if (kind.format === 'zip') inspectZip(walk, octets, { within: place, depth })
      else if (kind.format === 'tar') inspectTar(walk, octets, { within: place, depth })
      else inspectPacked(walk, file, { place, format: kind.format })
      break
    case 'listed':
      inspectListed(walk, file, { place, format: kind.format })
      break
    case 'compound':
      noteAll(walk, place, compoundFindings(octets) ?? [unreadable('a broken document')])
      inspectAttached(walk, octets, { within: place, depth })
      break
    case 'pdf':
      noteAll(walk, place, pdfFindings(octets))
      break
    case 'rtf':
      noteAll(walk, place, rtfFindings(octets))
      break
    case 'page':
      noteAll(walk, place, pageFindings(octets))
      break
    case 'other':
      inspectByName(walk, file, place)
  }
}

/** What has no sign of its own is what its name says. */
function inspectByName(walk: Walk, { name, octets, within, depth }: FileAt, place: string): void {
  const extension = extensionOf(name)
  if (isPageExtension(extension)) noteAll(walk, place, pageFindings(octets))
  else if (extension === 'eml') inspectInner(walk, octets, { within: place, depth })
  else if (isTnef(octets)) inspectTnef(walk, octets, { within, depth })
  // Archives of the first kind have no sign.
  else if (isTar(octets)) inspectTar(walk, octets, { within: place, depth })
}

function embedded(walk: Walk, files: readonly Embedded[], { within, depth }: Place): void {
  for (const { name, octets } of files) inspectFile(walk, { name, octets, within, depth: depth + 1 })
}

function inspectAttached(walk: Walk, octets: Uint8Array, { within, depth }: Place): void {
  const { budget } = walk
  for (const { isCut, ...file } of outlookAttachments(octets, () => budget.room)) {
    budget.spend(file.octets.length)
    if (isCut) {
      budget.isOver = true
      note(walk, pathOf(within, file.name), unreadable(TOO_LARGE))
    }
    inspectFile(walk, { ...file, within, depth: depth + 1 })
  }
}

function inspectTnef(walk: Walk, octets: Uint8Array, place: Place): void {
  const { files, isBroken } = readTnef(octets)
  if (isBroken)
    note(walk, pathOf(place.within, 'winmail.dat'), unreadable('broken, so not all of it was seen'))
  embedded(walk, files, place)
}

/** Extra members are a reason to hold, not to read on: the budget counts them. */
function inspectZip(walk: Walk, octets: Uint8Array, place: Place): void {
  const { within } = place
  const directory = readZip(octets, walk.budget.limits.files)
  if (directory === null) {
    note(walk, within, unreadable('a broken archive'))
    return
  }
  const { members, isCut, odd } = directory
  if (odd !== null) note(walk, within, unreadable(`an archive that is not as it should be: ${odd}`))
  if (isCut) {
    walk.budget.isOver = true
    note(walk, within, unreadable('more files than are looked at'))
  }
  const isOffice = members.some(({ name }) => name.toLowerCase() === '[content_types].xml')
  // Overlapping members are read again and again; what they are is known by now.
  if (odd === 'its files overlap') return
  for (const member of members) {
    if (member.isFolder) continue
    const finding = isOffice ? officeMemberFinding(member.name) : null
    if (finding !== null) note(walk, within, finding)
    inspectMember(walk, octets, { ...place, member, isOffice })
  }
}

function inspectMember(
  walk: Walk,
  octets: Uint8Array,
  at: Place & { readonly member: ZipMember; readonly isOffice: boolean },
): void {
  const { member, within, depth, isOffice } = at
  const { budget } = walk
  const place = pathOf(within, member.name)
  const isPart = isOffice && isOfficePart(member.name)
  // Names are told of what cannot be unpacked, too. Those of parts, such as `.bin`, mean nothing.
  if (!isPart || member.otherNames.length > 0)
    noteAll(walk, place, nameFindings([member.name, ...member.otherNames]))
  if (member.isEncrypted) {
    note(walk, within, { class: 'encrypted', saw: 'an encrypted archive' })
    return
  }
  if (budget.isOver && budget.room === 0) return
  const unpacked = zipMemberOctets(octets, member, budget.room)
  if ('why' in unpacked) {
    if (unpacked.why === 'too-large') budget.isOver = true
    // What did not fit was unpacked up to the limit.
    budget.spend(unpacked.why === 'too-large' ? Math.min(budget.room, member.packedSize * 20) : 0)
    note(walk, place, unreadable(WHY[unpacked.why]))
    return
  }
  budget.spend(unpacked.octets.length)
  if (isPart) inspectOfficePart(walk, unpacked.octets, { within, place, member })
  else inspectFile(walk, { name: member.name, octets: unpacked.octets, within, depth: depth + 1 })
}

/** A part that Office reads: relations to other places, and code under any name. */
function inspectOfficePart(
  walk: Walk,
  octets: Uint8Array,
  at: { readonly within: string; readonly place: string; readonly member: ZipMember },
): void {
  const { within, place, member } = at
  if (member.name.toLowerCase().endsWith('.rels')) noteAll(walk, within, relationFindings(octets))
  const kind = fileKindOf(octets)
  if (kind.kind === 'program') note(walk, place, { class: 'dangerous', saw: kind.what })
  // The types of parts tell Office where its macros are, whatever their names are.
  else if (kind.kind === 'compound') noteAll(walk, within, compoundFindings(octets) ?? [])
}

const WHY = {
  'too-large': TOO_LARGE,
  method: 'packed in a way that is not looked into',
  broken: 'broken, so it was not looked into',
} as const

function inspectTar(walk: Walk, octets: Uint8Array, { within, depth }: Place): void {
  const { members, isBroken, isCut } = readTar(octets, walk.budget.limits.files)
  if (isBroken) note(walk, within, unreadable('a broken archive'))
  if (isCut) note(walk, within, unreadable('more files than are looked at'))
  embedded(walk, members, { within, depth })
}

/** One file that is packed by itself. */
function inspectPacked(
  walk: Walk,
  { name, octets, depth }: FileAt,
  { place, format }: { readonly place: string; readonly format: 'gzip' | 'zstd' },
): void {
  const { budget } = walk
  const plain = shownName(name)
    .replace(/\.(?:gz|gzip|zst|zstd)$/i, '')
    .replace(/\.(?:tgz|tzst)$/i, '.tar')
  // Programs that unpack it write the name that it holds.
  const held = format === 'gzip' ? nameInGzip(octets) : null
  const innerName = held !== null && extensionOf(plain) === '' ? held : plain
  // Told of what is too large to be unpacked, too.
  for (const one of [innerName, held ?? innerName]) noteAll(walk, pathOf(place, one), nameFindings([one]))
  try {
    const most = { maxOutputLength: Math.max(1, budget.room) }
    const inner = format === 'gzip' ? gunzipSync(octets, most) : zstdDecompressSync(octets, most)
    budget.spend(inner.length)
    inspectFile(walk, { name: innerName, octets: inner, within: place, depth: depth + 1 })
  } catch (error) {
    const isLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    if (isLarge) {
      budget.isOver = true
      budget.spend(budget.room)
    }
    note(walk, place, unreadable(isLarge ? TOO_LARGE : WHY.broken))
  }
}

/** Names tell what is dangerous; what lies in the files stays unknown, and is told so. */
function inspectListed(
  walk: Walk,
  { octets }: FileAt,
  { place, format }: { readonly place: string; readonly format: ListedFormat },
): void {
  const { budget } = walk
  const listing = listArchive(format, octets, { members: budget.limits.files, listOctets: budget.room })
  if (listing.fault === 'too-many' || listing.fault === 'large-list') budget.isOver = true
  for (const { name, isFolder } of listing.members) {
    if (isFolder) continue
    if (!budget.takeFile()) {
      note(walk, '', unreadable('more files than are looked at'))
      break
    }
    for (const finding of nameFindings([name])) note(walk, pathOf(place, name), finding)
  }
  noteAll(walk, place, listFindings(format, listing))
}
