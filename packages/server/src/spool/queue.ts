// The spool's side for people: what waits, and what they decide about it. Asked by delivery's queue tools.
import type { QueueFilter } from '#link/queue-orders.ts'
import type {
  QueueChange,
  QueueChanged,
  QueueCounted,
  QueueExpired,
  QueueSelected,
  QueueUnpaused,
} from './queue-wire.ts'
import type { DueMessage, DueRecipient, Envelope, Spool } from './spool.ts'
import type { AnswerOf, Question, RecipientNotes, RecipientState } from './wire.ts'

export type SpoolQueue = {
  /** One look at a bounded part of the spool: go on at `next` until it is null. */
  select(look: {
    readonly tenantId: string
    readonly filter: QueueFilter
    readonly after: string | null
    readonly limit: number
  }): Promise<QueueSelected>
  /** A message with its open recipients that match, held ones too; null when this tenant has no such here. */
  open(messageId: string, tenantId: string, filter: QueueFilter): Promise<DueMessage | null>
  /** Carries a decision out; resolves when it is durable together with its reports. */
  change(change: QueueChange): Promise<QueueChanged>
  /** Messages whose held recipients have all been held since before `before`: a bounded part, as `select`. */
  expired(look: {
    readonly before: number
    readonly after: string | null
    readonly limit: number
  }): Promise<QueueExpired>
  /** How much waits of a tenant: a bounded part, as `select`. */
  count(look: { readonly tenantId: string; readonly after: string | null }): Promise<QueueCounted>
  /** Tenants with paused recipients. */
  pausedTenants(): Promise<readonly string[]>
  /** Makes paused recipients due in up to `limit` messages behind `after`. */
  unpause(look: {
    readonly tenantId: string
    readonly after: string | null
    readonly now: number
    readonly limit: number
  }): Promise<QueueUnpaused>
}

/** A spool with its queue: what delivery works on. */
export type QueueSpool = Spool & { readonly queue: SpoolQueue }

type Ask = <Kind extends keyof AnswerOf>(
  question: Extract<Question, { readonly kind: Kind }>,
) => Promise<AnswerOf[Kind]>

/** The queue of a spool whose writer answers questions. */
export function queueOver(ask: Ask): SpoolQueue {
  return {
    select: (look) => ask({ kind: 'queue-select', ...look }),
    async open(messageId, tenantId, filter) {
      const row = await ask({ kind: 'queue-open', messageId, tenantId, filter })
      if (row === null) return null
      const envelope = JSON.parse(row.envelope) as Envelope
      const wanted = new Set(row.indexes)
      return recipientsOf(envelope, row.states, (_, index) => wanted.has(index))
    },
    change: (change) => ask({ kind: 'queue-change', change }),
    count: (look) => ask({ kind: 'queue-count', ...look }),
    expired: (look) => ask({ kind: 'queue-expired', ...look }),
    pausedTenants: () => ask({ kind: 'queue-paused-tenants' }),
    unpause: (look) => ask({ kind: 'queue-unpause', ...look }),
  }
}

/** A message with the recipients that are due. */
export function dueMessageOf(envelope: Envelope, states: string | null, now: number): DueMessage {
  return recipientsOf(envelope, states, ([state, , , dueAt]) => state === 'q' && dueAt <= now)
}

function recipientsOf(
  envelope: Envelope,
  states: string | null,
  isWanted: (state: RecipientState, index: number) => boolean,
): DueMessage {
  const known = states === null ? null : new Map(JSON.parse(states) as [number, RecipientState][])
  const recipients: DueRecipient[] = []
  for (const recipient of envelope.recipients) {
    const first = recipient.state === 'held' ? HELD : QUEUED
    const state = known?.get(recipient.index) ?? first
    if (!isWanted(state, recipient.index)) continue
    const [, attempts, firstAttemptAt, , notes] = state
    const due = { ...recipient, attempts, firstAttemptAt }
    recipients.push(notes === undefined ? due : withNotes(due, notes))
  }
  return { envelope, recipients }
}

function withNotes(due: DueRecipient, { route, released, paused }: RecipientNotes): DueRecipient {
  return {
    ...due,
    ...(route === undefined ? {} : { routeId: route }),
    ...(released === 1 ? ({ isReleased: true } as const) : {}),
    ...(paused === 1 ? ({ isPauseTold: true } as const) : {}),
  }
}

const QUEUED: RecipientState = ['q', 0, null, 0]
const HELD: RecipientState = ['h', 0, null, 0]
