// What a message is found by: read once when it is archived. Works in the archive's thread, on any octets.
import { hash } from 'node:crypto'
import { formatMailbox } from '@gatepost/mail/address.ts'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { decodeEncodedWords, firstField, type HeaderField } from '@gatepost/mail/header.ts'
import { textOfHtml } from '@gatepost/mail/html-text.ts'
import { parseJournalReport } from '@gatepost/mail/journal-report.ts'
import { decodedBody, leaves, type MimePart, parseMime, textOf } from '@gatepost/mail/mime.ts'
import type { ArchivedPerson, ArchiveFlag } from './record.ts'
import { filesOfTnef, isWinmail, textOfTnef, winmailIn } from './winmail.ts'

/** Octets that are read into words; what lies behind is kept, and found by its header alone. */
export const INDEXED_OCTETS_MAX = 16 * 1_048_576
/** Characters of text that are indexed of one message: some hundred pages. */
const TEXT_MAX = 400_000
const NAMES_MAX = 500
const SUBJECT_MAX = 1_000
/** A date further ahead than that is a clock gone wrong. */
const AHEAD_MS_MAX = 86_400_000
const OLD_MS = 30 * 86_400_000

export type Extract = {
  readonly at: number
  readonly date: string | null
  readonly subject: string
  readonly author: string | null
  readonly messageId: string | null
  /** As the fields say. */
  readonly people: readonly ArchivedPerson[]
  readonly attachments: readonly string[]
  readonly text: string
  readonly flags: readonly ArchiveFlag[]
  /** Tells two copies of one message from two messages: date, the text without its white space, and files. */
  readonly sameKey: string
}

/** Reads a message. `arrivedAt` is epoch milliseconds. */
export function extract(octets: Uint8Array, arrivedAt: number): Extract {
  const isWhole = octets.length <= INDEXED_OCTETS_MAX
  const seen = isWhole ? octets : octets.subarray(0, INDEXED_OCTETS_MAX)
  const { root } = parseMime(seen)
  const flags = new Set<ArchiveFlag>()
  if (!isWhole) flags.add('partly-indexed')
  const attachments: string[] = []
  let text = ''
  /** Words that Outlook packed. */
  let inside = ''
  for (const part of leaves(root)) {
    const name = part.fileName
    if (name !== null && attachments.length < NAMES_MAX) attachments.push(name)
    if (isEncrypted(part)) flags.add('encrypted')
    if (isWinmail(part)) {
      flags.add('tnef')
      const packed = text.length + inside.length < TEXT_MAX ? winmailIn(seen, part) : null
      if (packed !== null) {
        inside += `${textOfTnef(packed)}\n`
        attachments.push(...filesOfTnef(packed).map((file) => file.name))
      }
    }
    if (text.length < TEXT_MAX && isShown(part)) text += `${textIn(seen, part)}\n`
  }
  if (root.type === 'multipart/encrypted') flags.add('encrypted')
  const { header } = root
  const value = (name: string): string | null => firstField(header, name)?.value ?? null
  const date = value('date')
  const at = timeOf(date, arrivedAt)
  if (arrivedAt - at > OLD_MS) flags.add('old')
  const people = peopleIn(header)
  return {
    at,
    date,
    subject: cut(decodeEncodedWords(value('subject') ?? '')),
    author: people.find(({ as }) => as === 'from')?.address ?? null,
    messageId: value('message-id')?.slice(0, SUBJECT_MAX) ?? null,
    people,
    attachments: attachments.slice(0, NAMES_MAX),
    text: (text + inside).slice(0, TEXT_MAX),
    flags: [...flags],
    sameKey: sameKeyOf(seen, root, { date, text, isWhole }),
  }
}

/** What came to a journal address: a report, a copy that a host made, or something nobody can read. */
export type Unwrapped = {
  readonly original: Uint8Array
  /** Of the envelope, where it is told. */
  readonly people: readonly ArchivedPerson[]
  readonly flags: readonly ArchiveFlag[]
  readonly fault: string | null
}

/**
 * Takes the envelope off a journal report. Never fails: what cannot be read stays as it came (J1, case 52).
 */
export function unwrap(octets: Uint8Array): Unwrapped {
  const report = parseJournalReport(octets, { mayBeReturned: true })
  if (report.ok) {
    const { sender, onBehalfOf, recipients, original, isReturned } = report.value
    const people: ArchivedPerson[] = recipients.map(({ address, as, expandedFrom, forwardedFrom }) => ({
      address,
      as: as === 'recipient' ? 'envelope' : as,
      ...(expandedFrom === null ? {} : { expandedFrom }),
      ...(forwardedFrom === null ? {} : { forwardedFrom }),
    }))
    for (const address of [sender, onBehalfOf]) if (address !== null) people.unshift({ address, as: 'from' })
    return { original, people, flags: isReturned ? ['returned'] : [], fault: null }
  }
  if (report.fault !== 'not-a-report') {
    return { original: octets, people: [], flags: ['undecipherable'], fault: faultWords[report.fault] }
  }
  const people = routedTo(parseMime(octets.subarray(0, INDEXED_OCTETS_MAX)).root.header)
  return { original: octets, people, flags: people.length > 0 ? [] : ['no-envelope'], fault: null }
}

const faultWords = {
  'wrong-parts': 'The parts are not those of a journal report.',
  'text-added': 'The text of the report holds more than an envelope.',
  'no-sender': 'The report names no sender.',
  'no-recipients': 'The report names no recipient.',
  'recipient-unreadable': 'A recipient of the report cannot be read.',
  'no-original': 'The report holds no message.',
  'too-many-recipients': 'The report names more recipients than can be kept.',
} as const

/**
 * Hosts that send copies name the recipient in a field of their own: Google's routing, Postfix and others.
 */
const ROUTED_FIELDS: ReadonlySet<string> = new Set([
  'x-gm-original-to',
  'x-original-to',
  'x-envelope-to',
  'delivered-to',
  'x-forwarded-for-recipient',
])

function routedTo(header: readonly HeaderField[]): ArchivedPerson[] {
  const people: ArchivedPerson[] = []
  for (const { nameLower, value } of header) {
    if (!ROUTED_FIELDS.has(nameLower)) continue
    for (const { mailbox } of parseAddressList(value).entries) {
      if (mailbox !== null) people.push({ address: formatMailbox(mailbox), as: 'envelope' })
    }
  }
  return people
}

function peopleIn(header: readonly HeaderField[]): readonly ArchivedPerson[] {
  const people: ArchivedPerson[] = []
  for (const { nameLower, value } of header) {
    const as = FIELDS.get(nameLower)
    if (as === undefined) continue
    for (const { displayName, mailbox, written } of parseAddressList(value).entries) {
      const address = mailbox === null ? written : formatMailbox(mailbox)
      if (address !== '') people.push({ address, as, ...(displayName === '' ? {} : { name: displayName }) })
    }
  }
  return people
}

const FIELDS: ReadonlyMap<string, ArchivedPerson['as']> = new Map([
  ['from', 'from'],
  ['sender', 'from'],
  ['to', 'to'],
  ['cc', 'cc'],
  ['bcc', 'bcc'],
])

/** Names envelopes and fields together: each mailbox once, under what says most about it. */
export function mergePeople(...lists: readonly (readonly ArchivedPerson[])[]): readonly ArchivedPerson[] {
  const merged = new Map<string, ArchivedPerson>()
  for (const person of lists.flat()) {
    const side = person.as === 'from' ? 'from' : 'to'
    const key = `${side} ${person.address.toLowerCase()}`
    const known = merged.get(key)
    if (known === undefined) merged.set(key, person)
    else {
      const as = known.as === 'envelope' ? person.as : known.as
      merged.set(key, { ...person, ...known, as })
    }
  }
  return [...merged.values()]
}

const TEXTS: ReadonlySet<string> = new Set(['text/html', 'text/calendar', 'text/plain'])

/** Text that a reader sees; all other parts are files. */
function isShown({ type, disposition }: MimePart): boolean {
  return disposition !== 'attachment' && TEXTS.has(type)
}

function textIn(octets: Uint8Array, part: MimePart): string {
  if (part.type === 'text/html') return textOfHtml(textOf(octets, part, TEXT_MAX * 4), TEXT_MAX).text
  return textOf(octets, part, TEXT_MAX)
}

function isEncrypted({ type, parameters }: MimePart): boolean {
  if (type === 'application/pkcs7-mime' || type === 'application/x-pkcs7-mime') {
    return parameters.get('smime-type')?.toLowerCase() !== 'signed-data'
  }
  return type === 'application/pgp-encrypted' || type === 'application/x-microsoft-rpmsg-message'
}

/** The time a message says of itself counts unless it lies ahead. */
function timeOf(date: string | null, arrivedAt: number): number {
  const time = date === null ? Number.NaN : Date.parse(date.replace(/(?<!\s)\s*\([^()]*\)\s*$/, ''))
  return Number.isNaN(time) || time > arrivedAt + AHEAD_MS_MAX || time <= 0 ? arrivedAt : time
}

/**
 * Hosts change line ends, encodings and the order of fields, never the words (RFC 6376 §3.4.4 in spirit), and
 * never the files: with other ones it is another message, whatever its id and its words say.
 */
function sameKeyOf(
  octets: Uint8Array,
  root: MimePart,
  about: { readonly date: string | null; readonly text: string; readonly isWhole: boolean },
): string {
  const { date, text, isWhole } = about
  const words = text.replaceAll(/\s+/g, '')
  const files: string[] = []
  for (const part of leaves(root)) {
    if (isShown(part)) continue
    // Where a copy is cut depends on its header: of what is cut only the name is compared.
    const isCut = !isWhole && part.end >= octets.length
    const body = isCut ? EMPTY : decodedBody(octets, part, INDEXED_OCTETS_MAX).octets
    files.push(isCut ? `cut ${part.fileName ?? ''}` : hash('sha256', body, 'hex'))
  }
  const head = `${date ?? ''}\n`
  return hash(
    'sha256',
    files.length === 0 ? head + words : `${head}${words}\n${files.sort().join('\n')}`,
    'hex',
  )
}

const EMPTY = new Uint8Array()

function cut(text: string): string {
  return text.length <= SUBJECT_MAX ? text : text.slice(0, SUBJECT_MAX).toWellFormed()
}
