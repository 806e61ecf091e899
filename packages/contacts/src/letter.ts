// What one sent message tells about who wrote to whom: addresses and a date, never a word of what was
// written.
import { domainToASCII } from 'node:url'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { decodeEncodedWords } from '@gatepost/mail/encoded-word.ts'
import { fieldsNamed, firstField, type HeaderField, parseHeaderFields } from '@gatepost/mail/header.ts'
import { automaticField, isAutomaticSubject } from './automatic.ts'

/** One message that somebody sent. */
export type Letter = {
  /** The author's address as written; null where the source names none. */
  readonly author: string | null
  /** Whose mailbox it lay in: the author where From names nobody of ours. */
  readonly owner: string | null
  readonly recipients: readonly string[]
  /** When it was sent, in milliseconds; null where nobody says. */
  readonly at: number | null
  /** Written by a program, or an answer to a list: it proves no will to correspond. */
  readonly isAutomatic: boolean
  /** An entry of an address book: it has no date, and counts whenever it was made. */
  readonly isContact?: boolean
}

/** Fields that sources which choose should ask for; nothing else of a message is read. */
export const LETTER_FIELDS: readonly string[] = [
  'From',
  'To',
  'Cc',
  'Bcc',
  'Date',
  'Subject',
  'Auto-Submitted',
  'X-Auto-Response-Suppress',
  'Precedence',
  'X-Autoreply',
  'X-Autorespond',
  'List-Id',
  'Content-Type',
]

/** A header longer than this holds nothing that matters behind it. */
export const HEADER_READ_MAX = 262_144

/** A letter from the octets of its header; null where they are no header. RFC 5322 §3.6. */
export function letterOfHeader(
  header: Uint8Array,
  known: { readonly owner: string | null; readonly at: number | null },
): Letter | null {
  const fields = parseHeaderFields(header.subarray(0, HEADER_READ_MAX))
  if (!fields.ok || fields.value.every(({ name }) => name === '')) return null
  return letterOfFields(fields.value, known)
}

function letterOfFields(
  fields: readonly HeaderField[],
  { owner, at }: { readonly owner: string | null; readonly at: number | null },
): Letter {
  const subject = decodeEncodedWords(firstField(fields, 'subject')?.value ?? '')
  return {
    author: addressesIn(fields, ['from'])[0] ?? null,
    owner,
    recipients: addressesIn(fields, ['to', 'cc', 'bcc']),
    at: dateOf(firstField(fields, 'date')?.value ?? '') ?? at,
    isAutomatic: automaticField(fields) !== null || isAutomaticSubject(subject),
  }
}

function addressesIn(fields: readonly HeaderField[], names: readonly string[]): readonly string[] {
  return names.flatMap((name) => fieldsNamed(fields, name).flatMap(({ value }) => addressesOf(value)))
}

/** The addresses of a field of addresses (RFC 5322 §3.4), as written; what is none is left out. */
export function addressesOf(value: string): readonly string[] {
  const { entries } = parseAddressList(value, { toAscii: domainToASCII })
  return entries.flatMap(({ mailbox, written }) => (mailbox === null ? [] : [written]))
}

/** A date as headers and APIs write it, in milliseconds; null for what is none or lies outside of e-mail. */
export function dateOf(text: string): number | null {
  const at = Date.parse(text.replace(/(?<!\s)\s*\([^()]*\)\s*$/, ''))
  return Number.isNaN(at) || at < DATE_MIN || at > DATE_MAX ? null : at
}

/** The first mail between computers, and the end of four-digit years that people mean. */
const DATE_MIN = Date.UTC(1971, 0, 1)
const DATE_MAX = Date.UTC(2100, 0, 1)
