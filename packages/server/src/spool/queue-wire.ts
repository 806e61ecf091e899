// Questions about what waits, as they cross to the writer thread, and their answers.
import type { QueuedMessage, QueueFilter } from '#link/queue-orders.ts'
import type { QueueCounts } from '#link/queue-totals.ts'

/** A decision that changes rows alone; bouncing makes a DSN besides and goes by delivery. */
export type QueueChange = {
  readonly action: 'retry' | 'hold' | 'release' | 'discard' | 'reroute'
  /** Messages of other tenants are not found. */
  readonly tenantId: string
  readonly by: string
  readonly reason: string | null
  readonly routeId: string | null
  readonly messageIds: readonly string[]
  readonly filter: QueueFilter
  readonly now: number
}

export type QueueQuestion =
  | {
      readonly kind: 'queue-select'
      readonly tenantId: string
      readonly filter: QueueFilter
      readonly after: string | null
      readonly limit: number
    }
  | {
      readonly kind: 'queue-open'
      readonly tenantId: string
      readonly filter: QueueFilter
      readonly messageId: string
    }
  | { readonly kind: 'queue-change'; readonly change: QueueChange }
  | {
      readonly kind: 'queue-expired'
      /** Held since before this time. */
      readonly before: number
      readonly after: string | null
      readonly limit: number
    }
  | { readonly kind: 'queue-count'; readonly tenantId: string; readonly after: string | null }
  | { readonly kind: 'queue-paused-tenants' }
  | {
      readonly kind: 'queue-unpause'
      readonly tenantId: string
      readonly after: string | null
      readonly now: number
      readonly limit: number
    }

export type QueueChangeQuestion = Extract<QueueQuestion, { kind: 'queue-change' | 'queue-unpause' }>

export type QueueSelected = {
  readonly items: readonly QueuedMessage[]
  /** Up to which id was looked; null at the end. */
  readonly next: string | null
}
/** Messages by envelope (JSON), with the reply or reason of the first held recipient. */
export type QueueExpired = {
  readonly items: readonly {
    readonly envelope: string
    readonly why: string | null
    /** When the last of its recipients was held. */
    readonly since: number
  }[]
  readonly next: string | null
}
export type QueueCounted = { readonly counts: QueueCounts; readonly next: string | null }
export type QueueOpenRow = {
  readonly envelope: string
  readonly states: string | null
  /** Recipients that match. */
  readonly indexes: readonly number[]
}
export type QueueChanged = {
  readonly found: number
  readonly messages: number
  readonly recipients: number
}

/** `next` is null once none is left behind it. */
export type QueueUnpaused = { readonly messages: number; readonly next: string | null }

export type QueueAnswerOf = {
  readonly 'queue-select': QueueSelected
  readonly 'queue-expired': QueueExpired
  readonly 'queue-count': QueueCounted
  readonly 'queue-open': QueueOpenRow | null
  readonly 'queue-change': QueueChanged
  readonly 'queue-paused-tenants': readonly string[]
  readonly 'queue-unpause': QueueUnpaused
}
