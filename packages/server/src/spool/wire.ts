// What the spool's two sides say to each other: batches to make durable, questions, and their answers.
import type { EdgeReport } from '#link/reports.ts'
import type { QueueAnswerOf, QueueQuestion } from './queue-wire.ts'

/**
 * A message to store. JSON is written on the calling side, because strings cross threads cheaper than
 * objects.
 */
export type CommitItem = {
  readonly id: string
  readonly envelope: string
  readonly recipients: number
  readonly queued: number
  /** When it is due for those that do not get it handed over in memory. */
  readonly dueAt: number
  /** Where the content stands in the batch's `contents`. */
  readonly offset: number
  readonly length: number
  /** The content's file instead, for large ones. */
  readonly file: string | null
  readonly report: string
}

/** An outcome to record for some recipients of a message. */
export type SettleItem = {
  readonly messageId: string
  readonly recipients: readonly number[]
  readonly kind: 'delivered' | 'bounced' | 'held' | 'deferred' | 'paused'
  readonly nextAttemptAt: number
  readonly attempts: number
  readonly at: number
  /** What the list of the queue shows of a recipient that goes on waiting; null keeps what it shows. */
  readonly reply: string | null
  /** A person decided: held recipients are meant too, and it was no attempt. */
  readonly byPerson: boolean
  readonly report: string | null
}

/** Everything that waited, for one transaction and one disk sync. */
export type Batch = {
  readonly kind: 'batch'
  readonly commits: readonly CommitItem[]
  /** The contents of all commits, one behind the other; transferred. */
  readonly contents: Uint8Array | null
  readonly settlements: readonly SettleItem[]
  /** Reports that belong to no message: refusals. */
  readonly reports: readonly string[]
  /** Reports up to here were stored by control. */
  readonly acknowledged: number
}

export type Question =
  | {
      readonly kind: 'due'
      readonly now: number
      readonly limit: number
      readonly exclude: readonly string[]
    }
  | { readonly kind: 'next-due'; readonly after: number }
  | { readonly kind: 'content'; readonly messageId: string }
  | { readonly kind: 'retry-now'; readonly messageId: string; readonly now: number }
  | { readonly kind: 'outbox'; readonly limit: number }
  | { readonly kind: 'counts' }
  | { readonly kind: 'probe' }
  /** From here to `copy-end` the main file stays as it is, and no content is removed. */
  | { readonly kind: 'copy-begin' }
  | { readonly kind: 'copy-end' }
  | { readonly kind: 'close' }
  | QueueQuestion

export type DueRow = { readonly envelope: string; readonly states: string | null }
export type ContentRow = { readonly bytes: Uint8Array } | { readonly file: string } | null
export type OutboxRow = { readonly sequence: number; readonly report: EdgeReport }
export type OutboxText = { readonly json: string; readonly count: number; readonly last: number }
export type Counts = {
  readonly messages: number
  readonly queued: number
  readonly held: number
  readonly outbox: number
}

export type AnswerOf = {
  readonly due: readonly DueRow[]
  readonly 'next-due': number | null
  readonly content: ContentRow
  readonly 'retry-now': number
  readonly outbox: OutboxText
  readonly counts: Counts
  readonly probe: null
  readonly 'copy-begin': { readonly files: readonly string[]; readonly counts: Counts }
  readonly 'copy-end': { readonly isSpoiled: boolean }
  readonly close: null
} & QueueAnswerOf

export type ToWriter = Batch | { readonly kind: 'ask'; readonly number: number; readonly question: Question }

/** A commit that could not be stored for a reason of its own, by its place in the batch. */
export type RefusedCommit = { readonly index: number; readonly why: string }

export type FromWriter =
  | {
      readonly kind: 'opened'
      readonly counts: Counts
      readonly setAside: readonly string[]
      readonly recovered: number
      /** Outcomes that were noted, and not yet written when the process died. */
      readonly noted: number
    }
  | { readonly kind: 'not-opened'; readonly why: 'locked' | 'too-new' | 'failed'; readonly text: string }
  /** A batch is durable. */
  | {
      readonly kind: 'durable'
      readonly refused: readonly RefusedCommit[]
      readonly dropped: number
    }
  /** The disk refused the batch: nothing of it was stored. */
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'answer'; readonly number: number; readonly value: AnswerOf[keyof AnswerOf] }
  | { readonly kind: 'failed'; readonly number: number; readonly why: string; readonly disk: boolean }

/** How a writer thread is started. */
export type WriterStart = {
  readonly file: string
  readonly contentFolder: string
  /** Where final outcomes are noted ahead of the batches, see `OutcomeLog`. */
  readonly outcomesFile: string
  /** Milliseconds for what is recorded at opening. */
  readonly now: number
  /** Upper bound of the database file; null is what the disk holds. */
  readonly bytesMax: number | null
  readonly outboxReportsMax: number
  /**
   * The thread is started again within a process that lives: contents that no row names yet may be on their
   * way in.
   */
  readonly keepsContents: boolean
}

/** What is remembered of a recipient beside its state. */
export type RecipientNotes = {
  /** The last reply, or why it waits. */
  readonly reply?: string
  /** The route a person chose. */
  readonly route?: string
  /** 1 once a person released it: what held it before must not hold it again. */
  readonly released?: 1
  /** 1 once it was told that it waits for a paused route or tenant. */
  readonly paused?: 1
}

/**
 * State of one recipient as the row keeps it: letter, attempts, first attempt, next attempt, notes. Of a held
 * one the fourth is when that began; 0 in rows of older releases.
 */
export type RecipientState = readonly [
  state: 'q' | 'h' | 'd' | 'b' | 'x',
  attempts: number,
  firstAttemptAt: number | null,
  dueAt: number,
  notes?: RecipientNotes,
]

/**
 * Due times from here on stand for a pause: this and the milliseconds when it began. Later than every real
 * time, so that paused recipients are never found due, and still an exact number.
 */
export const PAUSED = 2 ** 52
