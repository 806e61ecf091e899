// What one pass over a message's header tells: author, subject, id, hops, and results forged in our name.
import { domainToASCII } from 'node:url'
import { addressKey } from '@gatepost/mail/address.ts'
import { type AddressEntry, parseAddressList } from '@gatepost/mail/address-list.ts'
import { authorsOf } from '@gatepost/mail/author.ts'
import { withoutControls } from '@gatepost/mail/bytes.ts'
import { decodeEncodedWords } from '@gatepost/mail/encoded-word.ts'
import { type HeaderField, parseHeaderFields } from '@gatepost/mail/header.ts'
import { isOwnAuthenticationResults } from '@gatepost/mail/trace-fields.ts'
import type { Facts } from '#policy/facts.ts'
import { seenText } from '#policy/skeleton.ts'
import { SECRET_FIELD } from './relay-proof.ts'

export type HeaderFacts = {
  /** All fields as they stand in the bytes. */
  readonly fields: readonly HeaderField[]
  readonly subject: string | null
  readonly messageIdField: string | null
  /** The authors' mailboxes as written; empty when there is no From field or none can be read. */
  readonly authors: readonly string[]
  /** Their domains, lower case, each once; '' for an author that cannot be read. */
  readonly authorDomains: readonly string[]
  /** The authors as a reader sees them. */
  readonly people: Facts['author']['people']
  /** Address keys of Reply-To; empty without one. */
  readonly replyTo: readonly string[]
  readonly received: number
  /** Received fields written by this gateway. */
  readonly ownLoops: number
  /** Forwarding addresses of this gateway that it went through, by id (C13). */
  readonly forwardedBy: readonly string[]
  /**
   * Byte ranges removed at delivery: Authentication-Results fields that carry our own id (RFC 8601 §5), the
   * secret by which a tenant proved itself, and lines in front of the first field that go on with none.
   */
  readonly cuts: readonly (readonly [start: number, end: number])[]
  /** `TLS-Required: No`, once: delivery matters more to the author than TLS (RFC 8689 §5). */
  readonly tlsOptional: boolean
}

/** Why a header cannot be judged; answered with 552. */
export type HeaderFault = 'header-too-big' | 'too-many-fields'

/** Bytes looked at for a header. Long recipient lists reach some tens of KiB (reliability §3, case 12). */
export const HEADER_BYTES_MAX = 262_144
/** Mailing lists and Exchange together reach 200 fields. */
export const HEADER_FIELDS_MAX = 1_000
/** Longer subjects and ids are cut in tracking; the message keeps its own. */
const TRACKED_TEXT_MAX = 500
/** Authors beyond this are not looked at: more than one is rare already. */
const AUTHORS_MAX = 20

/** Ids looked at; more hops are refused anyway. */
const FORWARDED_MAX = 100

const SPACE = 32
const TAB = 9
const HEADER_LIMITS = { maxFields: HEADER_FIELDS_MAX, maxBytes: HEADER_BYTES_MAX }
const AUTHOR_OPTIONS = { allowUtf8: true, allowLiteral: true, allowUnderscore: true, toAscii: domainToASCII }

/** Reads header bytes (without the empty line). `hostname` is our name in Received and our authserv-id. */
export function readHeaderFacts(
  headerBytes: Uint8Array,
  hostname: string,
): { readonly ok: true; readonly value: HeaderFacts } | { readonly ok: false; readonly fault: HeaderFault } {
  const parsed = parseHeaderFields(headerBytes, HEADER_LIMITS)
  if (!parsed.ok) {
    return { ok: false, fault: parsed.fault === 'too-many-fields' ? 'too-many-fields' : 'header-too-big' }
  }
  const fields = parsed.value
  const cuts = cutInFront(headerBytes, fields)
  let subject: HeaderField | null = null
  let messageId: HeaderField | null = null
  let received = 0
  let ownLoops = 0
  const forwardedBy: string[] = []
  const tlsRequired: string[] = []
  const from: HeaderField[] = []
  const replyTo: HeaderField[] = []
  for (const field of fields) {
    switch (field.nameLower) {
      case 'received':
        received++
        if (isReceivedBy(field.value, hostname)) ownLoops++
        break
      case 'authentication-results':
        if (isOwnAuthenticationResults(field, hostname)) cuts.push([field.start, field.end])
        break
      case 'x-gatepost-forwarded':
        if (forwardedBy.length < FORWARDED_MAX) forwardedBy.push(field.value.trim())
        break
      case 'x-gatepost-tag': // Ours alone to write: others would tell the reader's rules what we found.
      case 'x-gatepost-spam':
      case SECRET_FIELD:
        cuts.push([field.start, field.end])
        break
      case 'subject':
        subject ??= field
        break
      case 'message-id':
        messageId ??= field
        break
      case 'from':
        from.push(field)
        break
      case 'reply-to':
        replyTo.push(field)
        break
      case 'tls-required':
        tlsRequired.push(field.value.trim().toLowerCase())
    }
  }
  const authors = authorsOf(from, AUTHOR_OPTIONS).slice(0, AUTHORS_MAX)
  const mailboxes = authors.flatMap(({ mailbox }) => mailbox ?? [])
  const value = {
    fields,
    subject: subject && tracked(decodeEncodedWords(subject.value)),
    messageIdField: messageId && tracked(messageId.value),
    authors: mailboxes.map((mailbox) => addressKey(mailbox)),
    // An author that cannot be read is somebody all the same: no domain, so nobody's tenant.
    authorDomains: [...new Set(authors.map(({ mailbox }) => mailbox?.domain.toLowerCase() ?? ''))],
    people: authors.map(personOf),
    replyTo: replyTo.length === 0 ? NOBODY : replyToOf(replyTo),
    received,
    ownLoops,
    forwardedBy,
    cuts,
    tlsOptional: tlsRequired.length === 1 && tlsRequired[0] === 'no',
  }
  return { ok: true, value }
}

/** Lines that go on with no field would go on with the last of ours, which is put in front of them. */
function cutInFront(headerBytes: Uint8Array, fields: readonly HeaderField[]): [number, number][] {
  const [first] = fields
  return first && (headerBytes[0] === SPACE || headerBytes[0] === TAB) ? [[0, first.end]] : []
}

function personOf({ displayName, mailbox, written }: AddressEntry): Facts['author']['people'][number] {
  return {
    displayName: tracked(seenText(displayName, TRACKED_TEXT_MAX)),
    address: mailbox && addressKey(mailbox),
    // What is no address to us may be one to a mail program: it is judged by how it looks.
    written: mailbox ? '' : seenText(withoutControls(decodeEncodedWords(written), ''), TRACKED_TEXT_MAX),
  }
}

const NOBODY: readonly string[] = []

/** Of the Reply-To fields. */
function replyToOf(fields: readonly HeaderField[]): readonly string[] {
  return fields
    .flatMap(({ value }) => parseAddressList(value, { ...AUTHOR_OPTIONS, max: AUTHORS_MAX }).entries)
    .flatMap(({ mailbox }) => (mailbox ? addressKey(mailbox) : []))
    .slice(0, AUTHORS_MAX)
}

function tracked(text: string): string {
  return text.length > TRACKED_TEXT_MAX ? `${text.slice(0, TRACKED_TEXT_MAX).toWellFormed()}…` : text
}

/** Whether a Received field says `by <hostname>` (RFC 5321 §4.4), outside of comments. */
function isReceivedBy(value: string, hostname: string): boolean {
  const lower = value.toLowerCase()
  const wanted = `by ${hostname.toLowerCase()}`
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 1)) {
    const before = at === 0 ? ' ' : lower[at - 1]!
    const after = lower[at + wanted.length] ?? ' '
    if (/[\s)]/.test(before) && /[\s;(]/.test(after)) return true
  }
  return false
}
