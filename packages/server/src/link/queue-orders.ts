// Orders about what waits for delivery: list it, act on it. Each edge answers for its own spools; tenant and
// filter are checked there again.
import * as z from 'zod'

/** What a person may do with recipients that wait. */
export const QUEUE_ACTIONS = ['retry', 'hold', 'release', 'bounce', 'discard', 'reroute'] as const
export type QueueAction = (typeof QUEUE_ACTIONS)[number]

/** Which recipients are meant. All given parts must hold; null asks for nothing. */
export type QueueFilter = {
  readonly state: 'queued' | 'held' | null
  /** The recipient's domain as an A-label in lower case. */
  readonly domain: string | null
  /** Part of the reverse-path, the forward-path, the message id, or of why it is held; in any case. */
  readonly search: string | null
  /** Only recipients with these indexes, where one message is meant; left out for all. */
  readonly indexes?: readonly number[] | undefined
}

export const EVERYTHING: QueueFilter = { state: null, domain: null, search: null }

export type QueueListOrder = {
  readonly kind: 'queue-list'
  readonly id: string
  readonly tenantId: string
  readonly filter: QueueFilter
  /** Messages behind this id, oldest first; null starts at the oldest. */
  readonly after: string | null
  readonly limit: number
}

export type QueueActOrder = {
  readonly kind: 'queue-act'
  readonly id: string
  readonly tenantId: string
  readonly action: QueueAction
  /** Who decided, for reports. */
  readonly by: string
  /** In their words; null where none were given. */
  readonly reason: string | null
  /** The route to take from now on, for `reroute`. */
  readonly routeId: string | null
  /** Messages by id, or null: all that match the filter. */
  readonly messageIds: readonly string[] | null
  readonly filter: QueueFilter
  /** Messages that are left as they are, though they are meant: a second person has to decide. */
  readonly except?: readonly string[] | undefined
  readonly after: string | null
}

const QueuedRecipient = z.object({
  index: z.int(),
  forwardPath: z.string(),
  state: z.enum(['queued', 'held']),
  attempts: z.int(),
  firstAttemptAt: z.int().nullable(),
  /** Null while held or paused. */
  nextAttemptAt: z.int().nullable(),
  paused: z.boolean(),
  /** What the next hop said last, or why it waits. */
  lastReply: z.string().nullable(),
  /** A route that a person chose. */
  routeId: z.string().nullable(),
  /** A person released it from being held. */
  released: z.boolean(),
})
export type QueuedRecipient = z.infer<typeof QueuedRecipient>

const QueuedMessage = z.object({
  id: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  reversePath: z.string().nullable(),
  receivedAt: z.int(),
  size: z.int(),
  /** Recipients that match, of which the first are listed. */
  recipientCount: z.int(),
  recipients: z.array(QueuedRecipient),
})
export type QueuedMessage = z.infer<typeof QueuedMessage>

export const QueueListed = z.object({
  kind: z.literal('queue-list'),
  /** Oldest first. */
  items: z.array(QueuedMessage),
  /** Up to which id was looked; null at the end. A page may be short, also empty, and go on. */
  next: z.string().nullable(),
})
export type QueueListed = z.infer<typeof QueueListed>

export const QueueActed = z.object({
  kind: z.literal('queue-act'),
  /** Messages named that are here, or messages that matched. */
  found: z.int(),
  /** Messages and recipients that were changed. */
  messages: z.int(),
  recipients: z.int(),
  /** Left alone, because their delivery is on its way at this moment. */
  busy: z.int(),
  /** Recipients held as undeliverable instead of bounced: no report may go to their reverse-path. */
  withheld: z.int(),
  /** Left held at a release: malware was found in them. */
  infected: z.int().optional(),
  /** Left as they are by `except`. */
  kept: z.int().optional(),
  /** Where to go on: what matches behind this id was not looked at. */
  next: z.string().nullable(),
})
export type QueueActed = z.infer<typeof QueueActed>

/**
 * Lists of several spools or edges as one, oldest first. Nothing is shown beyond where one of them stopped
 * looking, so that no page leaves anything out.
 */
export function mergeListed<Item extends { readonly id: string }>(
  parts: readonly { readonly items: readonly Item[]; readonly next: string | null }[],
  limit: number,
): { readonly items: Item[]; readonly next: string | null } {
  const [end = null] = parts.flatMap(({ next }) => next ?? []).sort()
  const items = parts
    .flatMap((part) => part.items)
    .filter(({ id }) => end === null || id <= end)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  if (items.length <= limit) return { items, next: end }
  const shown = items.slice(0, limit)
  return { items: shown, next: shown.at(-1)?.id ?? null }
}
