// What tracking asks of its storage: take batches, answer compiled queries a day at a time, drop old days.
import type { CompiledQuery, Kysely, RawBuilder } from 'kysely'
import type { GreylistReport } from '#link/reports.ts'
import type { TrackingSchema } from '#store/tracking-schema.ts'
import type { MailNotes } from './notes.ts'
import type { WordTree } from './words.ts'

export type Taken = {
  readonly node: string
  readonly slot: number
  readonly acknowledged: number
  readonly notes: MailNotes
  readonly greylist: readonly GreylistReport[]
  readonly rejected: readonly string[]
}

export type WordPlace = {
  readonly day: number
  readonly tenantId: string
  /** Only rows that came later than this one. */
  readonly afterSeq?: number | undefined
}

/** Which messages go: of these tenants, of all but these, or these of one tenant. */
export type Removal =
  | { readonly kind: 'of'; readonly tenants: readonly string[] }
  | { readonly kind: 'all-but'; readonly tenants: readonly string[] }
  | { readonly kind: 'these'; readonly tenantId: string; readonly ids: readonly string[] }

export type TrackingStorage = {
  /** Compiles queries for this database; run them with `read`. */
  readonly builder: Kysely<TrackingSchema>
  /** The subquery of `seq`: a tenant's messages of a day that have these words. */
  found(place: WordPlace, words: WordTree): RawBuilder<number>
  /** The recipients of a message as a table `recipient` with one JSON `value` each. */
  readonly recipients: RawBuilder<unknown>
  /** A subquery with one row for each of many texts. */
  among(texts: readonly string[]): RawBuilder<unknown>
  /**
   * The `seq` of the messages that have these words and arrived last; `isAll` where they are few. Null where
   * the database finds its way without.
   */
  newest(
    place: WordPlace,
    words: WordTree,
  ): Promise<{ readonly seqs: readonly number[]; readonly isAll: boolean } | null>
  /** Days with rows, newest first. */
  days(): Promise<readonly number[]>
  read<Row>(day: number, query: CompiledQuery<Row>): Promise<readonly Row[]>
  /**
   * Stores the text of a `ReportBatch` in one transaction. Rejects with `NotABatch` of link/report-shape.ts
   * or when storage fails.
   */
  take(body: Buffer): Promise<Taken>
  /** The validated domains: domain → tenant. */
  domainsChanged(domains: ReadonlyMap<string, string>): void
  /** Notes given so far may not have been kept. */
  forgetNotes(): void
  dropBefore(day: number): Promise<void>
  /** Removes messages of one day with their attempts; returns how many. Days without rows give 0. */
  remove(day: number, what: Removal): Promise<number>
  close(): Promise<void>
}
