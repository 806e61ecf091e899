// Acting on the queue until all that was meant is done: page after page, with sums and words for the result.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { actOnQueue, QueueAction, SilentEdge } from '@gatepost/contract/queue.ts'
import type * as z from 'zod'
import { plural } from '#shared/format.ts'
import { nameOfEdge } from './queue-rows.ts'
import type { Target } from './selection.ts'

export type Order = {
  readonly action: QueueAction
  readonly targets: readonly Target[]
  readonly routeId?: string
  readonly reason?: string
}

type Answer = OutputOf<typeof actOnQueue>
type Body = z.input<(typeof actOnQueue)['body']>

export type Totals = Omit<Answer, 'next'>

const none: Totals = {
  messages: 0,
  recipients: 0,
  found: 0,
  missing: 0,
  busy: 0,
  withheld: 0,
  unreachable: [],
}

type Effects = {
  readonly send: (body: Body) => Promise<Answer>
  /** Sums so far, after each answer: what was done stays done when a later request fails. */
  readonly onProgress: (totals: Totals) => void
}

/** Sends an order, and again with each `next` until there is none. Rejects as `send` does. */
export async function carryOut(order: Order, { send, onProgress }: Effects): Promise<Totals> {
  const { action, targets, routeId, reason } = order
  let totals = none
  for (const target of targets) {
    let after: string | undefined
    for (;;) {
      const answer = await send({
        action,
        ...target,
        ...(routeId ? { routeId } : {}),
        ...(reason ? { reason } : {}),
        ...(after === undefined ? {} : { after }),
      })
      totals = added(totals, answer)
      onProgress(totals)
      // An answer that does not get on would be asked for ever.
      if (answer.next === null || answer.next === after) break
      after = answer.next
    }
  }
  return totals
}

function added(one: Totals, other: Totals): Totals {
  const edges = new Map([...one.unreachable, ...other.unreachable].map((edge) => [nameOfEdge(edge), edge]))
  return {
    messages: one.messages + other.messages,
    recipients: one.recipients + other.recipients,
    found: one.found + other.found,
    missing: one.missing + other.missing,
    busy: one.busy + other.busy,
    withheld: one.withheld + other.withheld,
    unreachable: [...edges.values()],
  }
}

const done: { readonly [Action in QueueAction]: string } = {
  retry: 'are tried again now',
  hold: 'are held',
  release: 'are released',
  bounce: 'are returned to their senders',
  discard: 'are discarded',
  reroute: 'take the chosen route',
}
const doneToOne: { readonly [Action in QueueAction]: string } = {
  retry: 'is tried again now',
  hold: 'is held',
  release: 'is released',
  bounce: 'is returned to its sender',
  discard: 'is discarded',
  reroute: 'takes the chosen route',
}

export type ResultWords = {
  readonly tone: 'ok' | 'warn'
  readonly title: string
  readonly lines: readonly string[]
}

/** `12 messages (15 recipients) are released`, and a line for each thing that went otherwise. */
export function resultWords(action: QueueAction, totals: Totals): ResultWords {
  const { messages, recipients, busy, withheld, missing, found, unreachable } = totals
  const idle = Math.max(0, found - messages - busy)
  const more = recipients > messages ? ` (${plural(recipients, 'recipient')})` : ''
  const title =
    messages === 0
      ? 'Nothing was changed'
      : `${plural(messages, 'message')}${more} ${messages === 1 ? doneToOne[action] : done[action]}`
  const lines = [
    busy > 0 &&
      `${plural(busy, 'message is', 'messages are')} being transmitted at this moment and left alone. Try again in a minute.`,
    withheld > 0 &&
      `${plural(withheld, 'recipient is', 'recipients are')} held as undeliverable instead: the sender is not proven, so nobody is told.`,
    idle > 0 && `${plural(idle, 'message', 'messages')} had nothing to change.`,
    missing > 0 && missingWords(missing, unreachable),
    ...unreachable.map((edge) => `${silentWords(edge)} What it keeps was left as it is.`),
  ].filter((line) => line !== false)
  const isWhole = messages > 0 && busy + withheld + missing + unreachable.length === 0
  return { tone: isWhole ? 'ok' : 'warn', title, lines }
}

function missingWords(missing: number, unreachable: readonly SilentEdge[]): string {
  const what = plural(missing, 'message')
  if (unreachable.length > 0)
    return `${what} not found: an edge that did not answer may keep ${missing === 1 ? 'it' : 'them'}.`
  return `${what} not found: delivered or settled in the meantime.`
}

/** `Edge edge-1/2 did not answer: no connection.` */
export function silentWords(edge: SilentEdge): string {
  return `Edge ${nameOfEdge(edge)} did not answer${edge.why ? `: ${edge.why.replace(/\.$/, '')}` : ''}.`
}
