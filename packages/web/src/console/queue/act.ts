// Acting on the queue until all that was meant is done: page after page, with sums and words for the result.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { actOnQueue, QueueAction, SilentEdge } from '@gatepost/contract/queue.ts'
import type * as z from 'zod'
import type { Words } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
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
    infected: (one.infected ?? 0) + (other.infected ?? 0),
    needsTwo: (one.needsTwo ?? 0) + (other.needsTwo ?? 0),
    unreachable: [...edges.values()],
  }
}

export type ResultWords = {
  readonly tone: 'ok' | 'warn'
  readonly title: string
  readonly lines: readonly string[]
}

/** `12 messages (15 recipients) are released`, and a line for each thing that went otherwise. */
export function resultWords(action: QueueAction, totals: Totals, words: Words): ResultWords {
  const { messages, recipients, busy, withheld, missing, found, unreachable } = totals
  const { infected = 0, needsTwo = 0 } = totals
  const idle = Math.max(0, found - messages - busy - infected - needsTwo)
  const counted = (key: string, value: number): string => words(key, { count: value, number: count(value) })
  const changed = counted('messages', messages)
  const what =
    recipients > messages
      ? words('withRecipients', { messages: changed, recipients: counted('recipients', recipients) })
      : changed
  const lines = [
    busy > 0 && counted('done.busy', busy),
    withheld > 0 && counted('done.withheld', withheld),
    infected > 0 && counted('done.infected', infected),
    needsTwo > 0 && counted('done.needsTwo', needsTwo),
    idle > 0 && words('done.idle', { messages: counted('messages', idle) }),
    missing > 0 &&
      (unreachable.length > 0
        ? counted('done.missingEdge', missing)
        : words('done.missing', { messages: counted('messages', missing) })),
    ...unreachable.map((edge) => words('done.left', { edge: silentWords(edge, words) })),
  ].filter((line) => line !== false)
  const isWhole = messages > 0 && busy + withheld + infected + needsTwo + missing + unreachable.length === 0
  return {
    tone: isWhole ? 'ok' : 'warn',
    title: messages === 0 ? words('done.nothing') : words(`done.${action}`, { count: messages, what }),
    lines,
  }
}

/** `Edge edge-1/2 did not answer: no connection.` */
export function silentWords(silent: SilentEdge, words: Words): string {
  const edge = nameOfEdge(silent)
  if (!silent.why) return words('edge.silent', { edge })
  return words('edge.silentWhy', { edge, why: silent.why.replace(/\.$/, '') })
}
