// Orders about how much waits in all: each edge counts its own spools, control adds them up.
import * as z from 'zod'

export type QueueTotalsOrder = {
  readonly kind: 'queue-totals'
  readonly id: string
  readonly tenantId: string
}

const Destination = z.object({
  /** The recipients' domain. */
  domain: z.string(),
  queued: z.int(),
  held: z.int(),
  paused: z.int(),
})

const Counts = z.object({
  messages: z.int(),
  /** Recipients by state; paused ones are not among the queued. */
  queued: z.int(),
  held: z.int(),
  paused: z.int(),
  /** Octets of the messages, each counted once. */
  bytes: z.int(),
  /** When the oldest of them was received. */
  oldestAt: z.int().nullable(),
  /** Most recipients first; what is beyond the limit is in the sums above all the same. */
  destinations: z.array(Destination),
})
export type QueueCounts = z.infer<typeof Counts>

export const QueueTotalled = Counts.extend({
  kind: z.literal('queue-totals'),
  /** False when the time was over before everything was counted. */
  isWhole: z.boolean(),
})
export type QueueTotalled = z.infer<typeof QueueTotalled>

/** Destinations told of one part; more would be a list, not an overview. */
export const DESTINATIONS_MAX = 1_000

export const NO_COUNTS: QueueCounts = {
  messages: 0,
  queued: 0,
  held: 0,
  paused: 0,
  bytes: 0,
  oldestAt: null,
  destinations: [],
}

/** Counts of several parts as one. */
export function addCounts(parts: readonly QueueCounts[]): QueueCounts {
  const sum = (of: (part: QueueCounts) => number): number => parts.reduce((all, part) => all + of(part), 0)
  const oldest = parts.flatMap(({ oldestAt }) => oldestAt ?? [])
  const byDomain = new Map<string, QueueCounts['destinations'][number]>()
  for (const one of parts.flatMap(({ destinations }) => destinations)) {
    const known = byDomain.get(one.domain) ?? { domain: one.domain, queued: 0, held: 0, paused: 0 }
    const { domain } = one
    byDomain.set(domain, {
      domain,
      queued: known.queued + one.queued,
      held: known.held + one.held,
      paused: known.paused + one.paused,
    })
  }
  return {
    messages: sum(({ messages }) => messages),
    queued: sum(({ queued }) => queued),
    held: sum(({ held }) => held),
    paused: sum(({ paused }) => paused),
    bytes: sum(({ bytes }) => bytes),
    oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
    destinations: [...byDomain.values()].sort((a, b) => allOf(b) - allOf(a)).slice(0, DESTINATIONS_MAX),
  }
}

function allOf({ queued, held, paused }: QueueCounts['destinations'][number]): number {
  return queued + held + paused
}
