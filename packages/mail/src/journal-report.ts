// Journal reports of Exchange and Microsoft 365: an envelope written down in a text part, and the message as
// it was. Read strictly: what is not exactly such a report is kept as it came, because it may be somebody's
// forgery.
import { type Mailbox, parseMailbox } from './address.ts'
import { decodedBody, type MimePart, parseMime, textOf } from './mime.ts'
import { fail, ok, type Parsed } from './parsed.ts'

export type JournalRecipient = {
  /** As written; quoted where the report quotes it. */
  readonly address: string
  readonly mailbox: Mailbox | null
  /** `recipient` is one that the report does not call To, Cc or Bcc. */
  readonly as: 'to' | 'cc' | 'bcc' | 'recipient'
  /** The distribution list that brought the message to it. */
  readonly expandedFrom: string | null
  /** The mailbox that passed the message on. */
  readonly forwardedFrom: string | null
}

export type JournalReport = {
  readonly sender: string | null
  readonly onBehalfOf: string | null
  readonly subject: string | null
  /** With angle brackets, as written. */
  readonly messageId: string | null
  readonly recipients: readonly JournalRecipient[]
  /** The message, octet for octet as it is attached. */
  readonly original: Uint8Array
  /** A report of non-delivery was around it: it came back. */
  readonly isReturned: boolean
}

export type JournalFault =
  /** No marker of a journal report: a plain copy, or something else. */
  | 'not-a-report'
  /** The parts are not those of a report. */
  | 'wrong-parts'
  /** The text part holds what no report holds. */
  | 'text-added'
  | 'no-sender'
  | 'no-recipients'
  | 'recipient-unreadable'
  | 'no-original'
  | 'too-many-recipients'

/** Microsoft splits far below; Exchange's own limit of expansion is lower too. */
export const JOURNAL_RECIPIENTS_MAX = 100_000
const TEXT_OCTETS_MAX = 32 * 1_048_576
const ORIGINAL_OCTETS_MAX = 512 * 1_048_576
/** A report in a report of non-delivery in another: more is a loop. */
const WRAPS_MAX = 4

/** Reads a report. With `mayBeReturned` a report of non-delivery around it is taken off first. */
export function parseJournalReport(
  octets: Uint8Array,
  { mayBeReturned = false }: { readonly mayBeReturned?: boolean } = {},
): Parsed<JournalReport, JournalFault> {
  let message = octets
  let isReturned = false
  for (let wraps = 0; wraps < WRAPS_MAX; wraps += 1) {
    const { root } = parseMime(message)
    if (isMarked(root)) return reportIn(message, root, isReturned)
    if (!mayBeReturned) return fail('not-a-report')
    const inner = returnedIn(message, root)
    if (inner === null) return fail('not-a-report')
    message = inner
    isReturned = true
  }
  return fail('not-a-report')
}

/** Whether a message calls itself a journal report. */
export function isMarked({ header }: Pick<MimePart, 'header'>): boolean {
  return header.some(
    ({ nameLower, value }) =>
      nameLower === 'x-ms-journal-report' ||
      (nameLower === 'content-identifier' && value.toLowerCase() === 'exjournalreport'),
  )
}

function reportIn(
  octets: Uint8Array,
  root: MimePart,
  isReturned: boolean,
): Parsed<JournalReport, JournalFault> {
  const [text, attached] = root.parts
  if (!root.type.startsWith('multipart/') || text === undefined || text.type !== 'text/plain') {
    return fail('wrong-parts')
  }
  if (attached === undefined) return fail('no-original')
  if (attached.type !== 'message/rfc822') return fail('wrong-parts')
  // Exchange attaches the clear text of protected mail as a second message; anything else is not its own.
  if (root.parts.slice(2).some(({ type }) => type !== 'message/rfc822')) return fail('wrong-parts')
  const envelope = envelopeIn(textOf(octets, text, TEXT_OCTETS_MAX))
  if (!envelope.ok) return envelope
  const original = decodedBody(octets, attached, ORIGINAL_OCTETS_MAX)
  if (original.isCut || original.octets.length === 0) return fail('no-original')
  return ok({ ...envelope.value, original: original.octets, isReturned })
}

type Envelope = Omit<JournalReport, 'original' | 'isReturned'>

const RECIPIENT_FIELDS: ReadonlyMap<string, JournalRecipient['as']> = new Map([
  ['to', 'to'],
  ['cc', 'cc'],
  ['bcc', 'bcc'],
  ['recipient', 'recipient'],
])
/** Said by some versions; the envelope does not need them. */
const OTHER_FIELDS: ReadonlySet<string> = new Set([
  'label',
  'sentutc',
  'receivedutc',
  'sent-utc',
  'received-utc',
  'hash',
])
const LINE = /^([A-Za-z][A-Za-z-]{0,30}):[ \t]?(.*)$/

function envelopeIn(text: string): Parsed<Envelope, JournalFault> {
  const said = new Map<string, string>()
  const recipients: JournalRecipient[] = []
  let at = 0
  for (const line of text.split(/\r?\n/)) {
    at += 1
    if (line.trim() === '') continue
    const found = LINE.exec(line)
    if (found === null) return fail('text-added', at)
    const name = found[1]!.toLowerCase()
    const value = found[2]!.trim()
    const as = RECIPIENT_FIELDS.get(name)
    if (as !== undefined) {
      const recipient = recipientIn(value, as)
      if (recipient === null) return fail('recipient-unreadable', at)
      if (recipients.length >= JOURNAL_RECIPIENTS_MAX) return fail('too-many-recipients', at)
      recipients.push(recipient)
    } else if (SINGLE_FIELDS.has(name)) {
      if (said.has(name)) return fail('text-added', at)
      said.set(name, value)
    } else if (!OTHER_FIELDS.has(name)) return fail('text-added', at)
  }
  if (!said.has('sender')) return fail('no-sender')
  if (recipients.length === 0) return fail('no-recipients')
  const value = (name: string): string | null => said.get(name) || null
  return ok({
    sender: value('sender') === '<>' ? null : value('sender'),
    onBehalfOf: value('on-behalf-of'),
    subject: value('subject'),
    messageId: value('message-id'),
    recipients,
  })
}

const SINGLE_FIELDS: ReadonlySet<string> = new Set(['sender', 'on-behalf-of', 'subject', 'message-id'])

/**
 * `ann@corp.example, Expanded: sales@corp.example`: commas within a quoted local part belong to the address.
 */
function recipientIn(value: string, as: JournalRecipient['as']): JournalRecipient | null {
  const [address = '', ...notes] = splitOutsideQuotes(value)
  if (address === '') return null
  let expandedFrom: string | null = null
  let forwardedFrom: string | null = null
  for (const note of notes) {
    const found = /^(Expanded|Forwarded):\s*(\S.*)$/i.exec(note)
    if (found === null) return null
    if (found[1]!.toLowerCase() === 'expanded') expandedFrom = found[2]!
    else forwardedFrom = found[2]!
  }
  const mailbox = parseMailbox(address, { allowUtf8: true, allowLiteral: true, allowUnderscore: true })
  return { address, mailbox: mailbox.ok ? mailbox.value : null, as, expandedFrom, forwardedFrom }
}

function splitOutsideQuotes(value: string): string[] {
  const parts: string[] = []
  let isQuoted = false
  let start = 0
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at]
    if (isQuoted && character === '\\') at += 1
    else if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted) {
      parts.push(value.slice(start, at).trim())
      start = at + 1
    }
  }
  parts.push(value.slice(start).trim())
  return parts
}

/** The message inside of a report of non-delivery, or of Exchange's own wrapping of one. */
function returnedIn(octets: Uint8Array, root: MimePart): Uint8Array | null {
  const attached = attachedMessage(root)
  if (attached === null) return null
  const { octets: inner, isCut } = decodedBody(octets, attached, ORIGINAL_OCTETS_MAX)
  return isCut || inner.length === 0 ? null : inner
}

/** The one attached message; more than one is not what a mail host returns. */
function attachedMessage(root: MimePart): MimePart | null {
  const found: MimePart[] = []
  const look = (part: MimePart): void => {
    if (part.type === 'message/rfc822') found.push(part)
    else for (const child of part.parts) look(child)
  }
  look(root)
  return found.length === 1 ? found[0]! : null
}
