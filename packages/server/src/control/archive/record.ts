// What is written about an archived message: records that are only ever appended, each chained to the one
// before it, so that a changed or missing one is found. Pure.
import { createHmac } from 'node:crypto'

/** Where a copy came from. */
export type ArchiveSource = 'gateway' | 'journal'

/** What is worth telling of a message beside its content. */
export type ArchiveFlag =
  /** A journal report that could not be read: kept as it came. */
  | 'undecipherable'
  /** The source tells no envelope: blind copies and members of lists may be missing. */
  | 'no-envelope'
  | 'encrypted'
  /** Written more than 30 days before it came. */
  | 'old'
  /** Outlook's own packing: only Outlook shows it as it was written. */
  | 'tnef'
  /** Came back from the journal address, inside of a report of non-delivery. */
  | 'returned'
  /** Was held for a person when it came. */
  | 'held'
  /** Too large to be searched as a whole. */
  | 'partly-indexed'

export const archiveFlags: readonly ArchiveFlag[] = [
  'undecipherable',
  'no-envelope',
  'encrypted',
  'old',
  'tnef',
  'returned',
  'held',
  'partly-indexed',
]

/** A mailbox that a message came from or went to, and how that is known. */
export type ArchivedPerson = {
  readonly address: string
  readonly name?: string
  /** `envelope` is a recipient that the fields do not name: a blind copy, or a list's member. */
  readonly as: 'from' | 'to' | 'cc' | 'bcc' | 'envelope'
  /** The list or mailbox that brought it to this one. */
  readonly expandedFrom?: string
  readonly forwardedFrom?: string
}

export type EntryRecord = {
  readonly kind: 'entry'
  readonly id: string
  /** When it was written, as far as that can be believed; else when it came. Epoch milliseconds. */
  readonly at: number
  readonly archivedAt: number
  readonly source: ArchiveSource
  /** The delivery that brought it: given twice, it is stored once. */
  readonly delivery: string
  readonly direction: 'inbound' | 'outbound' | 'internal'
  /** Address of the content. */
  readonly digest: string
  readonly size: number
  readonly subject: string
  readonly author: string | null
  readonly messageId: string | null
  readonly date: string | null
  readonly people: readonly ArchivedPerson[]
  readonly attachments: readonly string[]
  readonly flags: readonly ArchiveFlag[]
  /** Why a report was not read, in words. */
  readonly fault?: string
}

/** The same message came again: by the journal, or for further recipients. */
export type AdditionRecord = {
  readonly kind: 'addition'
  readonly id: string
  /** Sequence of the entry. */
  readonly of: number
  readonly archivedAt: number
  readonly source: ArchiveSource
  readonly delivery: string
  readonly people: readonly ArchivedPerson[]
  readonly flags: readonly ArchiveFlag[]
}

/**
 * Entries that went by retention, or by an order of the operator: their records lose the text, not the place.
 */
export type RemovalRecord = {
  readonly kind: 'removal'
  readonly archivedAt: number
  readonly why: 'retention' | 'erased'
  readonly seqs: readonly number[]
}

export type ArchiveRecord = EntryRecord | AdditionRecord | RemovalRecord

/** Before the first record. */
export const CHAIN_START = ''

/**
 * The link of a record: HMAC-SHA-256 in hex over the one before, its place and its text. Keyed, so that
 * whoever changes the files alone cannot make the chain fit again.
 */
export function chained(
  key: Uint8Array,
  previous: string,
  { seq, body }: { seq: number; body: string },
): string {
  return createHmac('sha256', key).update(`${previous}\n${seq}\n${body}`).digest('hex')
}
