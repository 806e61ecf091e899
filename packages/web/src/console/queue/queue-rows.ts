// What a row of the queue says about all waiting recipients of its message, in one state, time and reply.
import type { QueuedMessage, QueuedRecipient, SilentEdge } from '@gatepost/contract/queue.ts'
import type { Words } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import type { StateOf } from '#shared/vocabulary.ts'

/** A message as listed; `gone` when it left the queue while its row was kept in place. */
export type Row = { readonly message: QueuedMessage; readonly gone: boolean }

export type Next =
  | { readonly kind: 'held' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'due' }
  | { readonly kind: 'at'; readonly at: number }

export type Summary = {
  readonly state: StateOf<'message'>
  /** Where recipients differ: how many of all are held. */
  readonly heldOf: { readonly held: number; readonly total: number } | null
  readonly attempts: number
  readonly next: Next
  readonly lastReply: string
  /** A route that a person chose, of the first recipient that has one. */
  readonly routeId: string | null
}

/** The recipients in one line; those listed are the first 50. */
export function summaryOf({ recipients, recipientCount }: QueuedMessage): Summary {
  const held = recipients.filter(({ state }) => state === 'held')
  const queued = recipients.filter(({ state }) => state === 'queued')
  const attempts = Math.max(0, ...recipients.map((one) => one.attempts))
  const isMixed = held.length > 0 && queued.length > 0
  return {
    state: held.length > 0 ? 'held' : attempts > 0 ? 'deferred' : 'queued',
    heldOf: isMixed ? { held: held.length, total: recipientCount } : null,
    attempts,
    next: nextOf(queued),
    lastReply: recipients.find(({ lastReply }) => lastReply)?.lastReply ?? '',
    routeId: recipients.find(({ routeId }) => routeId)?.routeId ?? null,
  }
}

function nextOf(queued: readonly QueuedRecipient[]): Next {
  if (queued.length === 0) return { kind: 'held' }
  const moving = queued.filter(({ paused }) => !paused)
  if (moving.length === 0) return { kind: 'paused' }
  const times = moving.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? [])
  return times.length === 0 ? { kind: 'due' } : { kind: 'at', at: Math.min(...times) }
}

/** `ann@acme.example and 2 more`. */
export function recipientsOf({ recipients, recipientCount }: QueuedMessage, words: Words): string {
  const [first] = recipients
  if (!first) return words('recipients', { count: recipientCount, number: count(recipientCount) })
  if (recipientCount <= 1) return first.forwardPath
  return words('list.andMore', { address: first.forwardPath, number: count(recipientCount - 1) })
}

type Fresh = { readonly items: readonly QueuedMessage[]; readonly unreachable: readonly SilentEdge[] }

/**
 * Rows that stay where they are: the known ones in their order with the newest words, those that left marked
 * as gone, new ones left out. What a silent edge keeps has not left, it is only not heard of.
 */
export function steadyRows(known: readonly QueuedMessage[], fresh: Fresh): readonly Row[] {
  const byId = new Map(fresh.items.map((message) => [message.id, message]))
  const silent = new Set(fresh.unreachable.map(nameOfEdge))
  return known.map((before) => {
    const message = byId.get(before.id)
    return message
      ? { message, gone: false }
      : { message: before, gone: !silent.has(nameOfEdge(before.edge)) }
  })
}

/** `edge-1/2`, as the edges are named elsewhere. */
export function nameOfEdge({ node, slot }: { readonly node: string; readonly slot: number }): string {
  return `${node}/${slot}`
}
