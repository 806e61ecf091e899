// What people do with mail that waits, carried out beside delivery: nothing is decided about a message while
// it is being transmitted.

import {
  CONTENT_PART_OCTETS_MAX,
  type FetchContentOrder,
  type FetchedContent,
  NO_CONTENT,
} from '#link/content-orders.ts'
import {
  EVERYTHING,
  mergeListed,
  type QueueActed,
  type QueueActOrder,
  type QueuedMessage,
  type QueueListed,
  type QueueListOrder,
} from '#link/queue-orders.ts'
import { addCounts, NO_COUNTS, type QueueTotalled, type QueueTotalsOrder } from '#link/queue-totals.ts'
import type { Clock } from '#platform/clock.ts'
import type { QueueCounted } from '#spool/queue-wire.ts'
import type { Hand, Source } from './in-hand.ts'
import type { Recheck } from './recheck.ts'
import type { Recorder } from './recorder.ts'

export type QueueToolsDeps = {
  /** Looks once more before a release. */
  readonly recheck?: Recheck | undefined
  readonly clock: Clock
  readonly hand: Hand
  readonly sources: () => readonly Source[]
  readonly recorder: Pick<Recorder, 'returnToSender'>
  /** Takes jobs of these messages out of memory, back to the spool. */
  readonly withdraw: (messageIds: ReadonlySet<string>) => void
  /** Forgets that destinations were unreachable: somebody asked to try now. */
  readonly revive: () => void
  /** There may be due messages in this spool. */
  readonly wake: (source: Source) => void
}

/** Time spent on one order; what is left is named by `next`, and asked for again. */
const LIST_MS_MAX = 3_000
const ACT_MS_MAX = 8_000
const MESSAGES_PER_ORDER_MAX = 5_000
/** Decided at one go: bounds how long they are kept from delivery and the spool from others. */
const MESSAGES_PER_GO = 200
/** A transmission that takes longer is left to end by itself; the message is named as busy. */
const TRANSMISSION_MS_MAX = 3_000
const LOOK_MS = 20

type Acted = Omit<QueueActed, 'kind'>

export class QueueTools {
  readonly #deps: QueueToolsDeps

  constructor(deps: QueueToolsDeps) {
    this.#deps = deps
  }

  /** A page of what waits in all spools here, oldest first. */
  async list({ tenantId, filter, after, limit }: QueueListOrder): Promise<QueueListed> {
    const until = this.#deps.clock.now() + LIST_MS_MAX
    const parts: { readonly items: readonly QueuedMessage[]; readonly next: string | null }[] = []
    for (const { spool } of this.#deps.sources()) {
      const items: QueuedMessage[] = []
      let next = after
      do {
        const look = { tenantId, filter, after: next, limit: limit - items.length }
        const part = await spool.queue.select(look)
        items.push(...part.items)
        next = part.next
      } while (next !== null && items.length < limit && this.#deps.clock.now() < until)
      parts.push({ items, next })
    }
    return { kind: 'queue-list', ...mergeListed(parts, limit) }
  }

  /** How much of a tenant waits in all spools here. */
  async totals({ tenantId }: QueueTotalsOrder): Promise<QueueTotalled> {
    const until = this.#deps.clock.now() + LIST_MS_MAX
    let counts = NO_COUNTS
    let isWhole = true
    for (const { spool } of this.#deps.sources()) {
      let after: string | null = null
      do {
        const part: QueueCounted = await spool.queue.count({ tenantId, after })
        counts = addCounts([counts, part.counts])
        after = part.next
      } while (after !== null && this.#deps.clock.now() < until)
      isWhole &&= after === null
    }
    return { kind: 'queue-totals', ...counts, isWhole }
  }

  /** A part of the content of a message that waits here; not found for others, and for other tenants. */
  async content({ tenantId, messageId, from, octets }: FetchContentOrder): Promise<FetchedContent> {
    for (const { spool } of this.#deps.sources()) {
      const open = await spool.queue.open(messageId, tenantId, EVERYTHING)
      if (open === null) continue
      const end = from + Math.min(octets, CONTENT_PART_OCTETS_MAX)
      const chunks: Uint8Array[] = []
      let at = 0
      for await (const chunk of spool.readContent(messageId)) {
        const part = chunk.subarray(Math.max(0, from - at), Math.max(0, end - at))
        if (part.length > 0) chunks.push(part)
        at += chunk.length
        if (at >= end) break
      }
      const { size } = open.envelope
      return { kind: 'fetch-content', found: true, size, content: Buffer.concat(chunks).toString('base64') }
    }
    return NO_CONTENT
  }

  /** Carries a decision out on all that is meant and is here. */
  async act(order: QueueActOrder): Promise<QueueActed> {
    const until = this.#deps.clock.now() + ACT_MS_MAX
    let acted = NOTHING
    for (const source of this.#deps.sources()) {
      const { messageIds } = order
      const part =
        messageIds === null
          ? await this.#actOnFilter(source, order, until)
          : await this.#actOn(source, order, messageIds)
      acted = sumOf(acted, part)
    }
    if (order.action === 'retry') this.#deps.revive()
    for (const source of this.#deps.sources()) this.#deps.wake(source)
    return { kind: 'queue-act', ...acted }
  }

  async #actOnFilter(source: Source, order: QueueActOrder, until: number): Promise<Acted> {
    const { tenantId, filter } = order
    let acted = NOTHING
    let { after } = order
    do {
      const look = { tenantId, filter, after, limit: MESSAGES_PER_GO }
      const { items, next } = await source.spool.queue.select(look)
      const ids = items.map(({ id }) => id)
      if (ids.length > 0) acted = sumOf(acted, await this.#actOn(source, order, ids))
      after = next
    } while (after !== null && acted.found < MESSAGES_PER_ORDER_MAX && this.#deps.clock.now() < until)
    return { ...acted, next: after }
  }

  async #actOn(source: Source, order: QueueActOrder, messageIds: readonly string[]): Promise<Acted> {
    const except = new Set(order.except)
    const left = messageIds.filter((id) => except.has(id))
    if (left.length === 0) return this.#actOnAll(source, order, messageIds)
    const free = messageIds.filter((id) => !except.has(id))
    const kept = await this.#countOf(source, order, left)
    const acted = await this.#actOnAll(source, order, free)
    return kept === 0 ? acted : { ...acted, found: acted.found + kept, kept }
  }

  async #actOnAll(source: Source, order: QueueActOrder, messageIds: readonly string[]): Promise<Acted> {
    const { clock, hand } = this.#deps
    // In hand from elsewhere, or another tenant's: not to be touched, nor to be told of.
    const ids = messageIds.filter((id) => {
      const held = hand.get(id)
      return held === undefined || (held.source === source && held.envelope.tenantId === order.tenantId)
    })
    // Two decisions at once would both be carried out, and a sender would get two reports: one at a time.
    const until = clock.now() + TRANSMISSION_MS_MAX
    while (ids.some((id) => hand.isBarred(id)) && clock.now() < until) await clock.sleep(LOOK_MS)
    const taken = ids.filter((id) => hand.isBarred(id))
    const ours = taken.length === 0 ? ids : ids.filter((id) => !hand.isBarred(id))
    // What is held is not delivery's: nothing has to stand still for it.
    if (order.action === 'discard') return this.#change(source, order, ours)
    hand.bar(ours)
    try {
      const transmitted = await this.#settled(new Set(ours))
      const free = ours.filter((id) => !transmitted.has(id))
      const acted =
        order.action === 'bounce'
          ? await this.#bounce(source, order, free)
          : await this.#change(source, order, free)
      const busy = transmitted.size + (await this.#countOf(source, order, taken))
      return { ...acted, found: acted.found + busy, busy }
    } finally {
      hand.unbar(ours)
    }
  }

  /** How many of the messages are here and this tenant's. */
  async #countOf(
    { spool }: Source,
    { tenantId, filter }: QueueActOrder,
    messageIds: readonly string[],
  ): Promise<number> {
    let count = 0
    for (const id of messageIds) if ((await spool.queue.open(id, tenantId, filter)) !== null) count += 1
    return count
  }

  /** Waits until messages are out of delivery's hand; resolves with those that stay in it. */
  async #settled(ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { clock, hand, withdraw } = this.#deps
    const until = clock.now() + TRANSMISSION_MS_MAX
    for (;;) {
      const busy = new Set([...ids].filter((id) => hand.has(id)))
      if (busy.size === 0 || clock.now() >= until) return busy
      withdraw(busy)
      await clock.sleep(LOOK_MS)
    }
  }

  async #change(
    source: Source,
    { action, tenantId, by, reason, routeId, filter }: QueueActOrder,
    messageIds: readonly string[],
  ): Promise<Acted> {
    if (action === 'bounce' || messageIds.length === 0) return NOTHING
    const infected = action === 'release' ? await this.#infected(source, tenantId, messageIds) : NOBODY
    const free = messageIds.filter((id) => !infected.has(id))
    const now = this.#deps.clock.now()
    const change = { action, tenantId, by, reason, routeId, filter, messageIds: free, now }
    const changed = free.length === 0 ? NOTHING : await source.spool.queue.change(change)
    return {
      ...NOTHING,
      ...changed,
      found: changed.found + infected.size,
      ...(infected.size === 0 ? {} : { infected: infected.size }),
    }
  }

  /** Those of the messages in which a scanner finds malware by now. */
  async #infected(
    { spool }: Source,
    tenantId: string,
    messageIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const { recheck } = this.#deps
    if (recheck === undefined) return NOBODY
    const infected = new Set<string>()
    for (const id of messageIds) {
      const open = await spool.queue.open(id, tenantId, { ...EVERYTHING, state: 'held' })
      if (open === null || open.recipients.length === 0) continue
      if ((await recheck(open.envelope, spool.readContent(id))) !== null) infected.add(id)
    }
    return infected
  }

  async #bounce(source: Source, order: QueueActOrder, messageIds: readonly string[]): Promise<Acted> {
    const { tenantId, filter } = order
    // All are waited for, also behind a fault: until then nobody else may have them.
    const acted = await Promise.allSettled(
      messageIds.map(async (id): Promise<Acted> => {
        const open = await source.spool.queue.open(id, tenantId, filter)
        if (open === null) return NOTHING
        const { envelope, recipients } = open
        if (recipients.length === 0) return { ...NOTHING, found: 1 }
        const message = { envelope, source, chunks: null, bytes: 0, stamp: null, stamped: null, open: 1 }
        const done = await this.#deps.recorder.returnToSender(message, recipients, order)
        const { returned, withheld } = done
        return { ...NOTHING, found: 1, messages: returned > 0 ? 1 : 0, recipients: returned, withheld }
      }),
    )
    return acted.reduce((sum, one) => {
      if (one.status === 'rejected') throw one.reason
      return sumOf(sum, one.value)
    }, NOTHING)
  }
}

const NOBODY: ReadonlySet<string> = new Set()
const NOTHING: Acted = { found: 0, messages: 0, recipients: 0, busy: 0, withheld: 0, next: null }

/** Counts of both; `next` is the earlier of the two, so that nothing is left out. */
function sumOf(a: Acted, b: Acted): Acted {
  const [next = null] = [a.next, b.next].filter((id) => id !== null).sort()
  return {
    found: a.found + b.found,
    messages: a.messages + b.messages,
    recipients: a.recipients + b.recipients,
    busy: a.busy + b.busy,
    withheld: a.withheld + b.withheld,
    ...((a.infected ?? b.infected) === undefined ? {} : { infected: (a.infected ?? 0) + (b.infected ?? 0) }),
    ...((a.kept ?? b.kept) === undefined ? {} : { kept: (a.kept ?? 0) + (b.kept ?? 0) }),
    next,
  }
}
