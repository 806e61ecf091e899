// Where orders wait for the edge that fetches them, and control waits for their results.
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import type { Order, OrderResult } from './orders.ts'
import { LONG_POLL_MS } from './protocol.ts'
import { Wake } from './wake.ts'

/** Heard of in this time counts as alive. */
const ALIVE_MS = 60_000
/** An edge not heard of for so long is taken to be gone for good; until then it is named as missing. */
const KNOWN_MS = 24 * 3_600_000
/** An edge that just starts, or just fetched other orders, asks again within this time. */
const EDGE_WAIT_MS = 3_000
/** The longest order is a route test with a real message, each step with its own time limit. */
const RESULT_WAIT_MS = 180_000
/** Orders that wait at one edge; more are refused instead of piling up. */
const QUEUE_MAX = 1_000

export type EdgeSeen = {
  readonly node: string
  readonly slot: number
  readonly version: number
  readonly seenAt: number
}

/** What every edge said to an order, and who said nothing. */
export type Everywhere = {
  readonly answers: readonly {
    readonly node: string
    readonly slot: number
    readonly result: OrderResult
  }[]
  readonly unreachable: readonly { readonly node: string; readonly slot: number; readonly why: string }[]
}

type Edge = {
  readonly node: string
  readonly slot: number
  version: number
  seenAt: number
  /** Polls open right now: while there is one, the edge is alive. */
  polls: number
  orderPolls: number
  queue: Order[]
  /** It belongs here, so it is missed when it is silent. */
  isExpected: boolean
}

type Options = {
  readonly clock: Clock
  readonly emit: Emit
  /** Makes the error for "no edge answers"; the caller knows its problems. */
  readonly unreachable: (why: string) => Error
}

export class OrderDesk {
  readonly #options: Options
  readonly #edges = new Map<string, Edge>()
  readonly #results = new Map<string, PromiseWithResolvers<OrderResult>>()
  readonly #orders: Wake

  constructor(options: Options) {
    this.#options = options
    this.#orders = new Wake(options.clock)
  }

  /** Notes that an edge was heard of; `version` when it said which snapshot it works with. */
  heard(node: string, slot: number, version: number | null = null): Edge {
    const edge = this.#edgeOf(node, slot)
    edge.seenAt = this.#options.clock.now()
    if (version !== null) edge.version = version
    return edge
  }

  /** An edge that belongs here, whether it was heard of or not. */
  expect(node: string, slot: number): void {
    this.#edgeOf(node, slot).isExpected = true
  }

  edges(): readonly EdgeSeen[] {
    const now = this.#options.clock.now()
    for (const [key, edge] of this.#edges) {
      if (edge.polls > 0) edge.seenAt = now
      else if (!edge.isExpected && edge.seenAt < now - KNOWN_MS && edge.queue.length === 0)
        this.#edges.delete(key)
    }
    return [...this.#edges.values()]
      .filter(({ seenAt }) => seenAt >= now - ALIVE_MS)
      .map(({ node, slot, version, seenAt }) => ({ node, slot, version, seenAt }))
      .sort((a, b) => (a.node === b.node ? a.slot - b.slot : a.node < b.node ? -1 : 1))
  }

  /** The orders of an edge, waiting for one if there is none; empty when time is up. */
  async take(node: string, slot: number, signal: AbortSignal): Promise<readonly Order[]> {
    const edge = this.heard(node, slot)
    edge.orderPolls += 1
    this.#orders.wake()
    try {
      await this.#orders.until(() => edge.queue.length > 0, LONG_POLL_MS, signal)
      if (signal.aborted) return []
      return edge.queue.splice(0)
    } finally {
      edge.orderPolls -= 1
      edge.seenAt = this.#options.clock.now()
    }
  }

  /** Gives an order to the edge at `place`, or to any living one, and waits for the result. */
  async place(
    order: Order,
    place: { readonly node: string; readonly slot: number } | null,
    signal: AbortSignal,
  ): Promise<OrderResult> {
    let edge = this.#listening(place)
    if (!edge) {
      await this.#orders.until(() => this.#listening(place) !== null, EDGE_WAIT_MS, signal)
      edge = this.#listening(place)
    }
    if (!edge || edge.queue.length >= QUEUE_MAX) throw this.#options.unreachable('no edge fetches orders')
    const waiting = this.#results.get(order.id) ?? Promise.withResolvers<OrderResult>()
    this.#results.set(order.id, waiting)
    edge.queue.push(order)
    this.#orders.wake()
    const over = new AbortController()
    const timeUp = this.#options.clock.sleep(RESULT_WAIT_MS, AbortSignal.any([signal, over.signal]))
    try {
      const result = await Promise.race([waiting.promise, timeUp])
      if (!result) throw this.#options.unreachable('the edge gave no result in time')
      return result
    } finally {
      over.abort()
      this.#results.delete(order.id)
      edge.queue = edge.queue.filter(({ id }) => id !== order.id)
    }
  }

  /** Gives an order to every edge we know; those that do not answer are named instead. */
  async placeEverywhere(order: Order, signal: AbortSignal): Promise<Everywhere> {
    this.edges()
    const places = [...this.#edges.values()].map(({ node, slot }) => ({ node, slot }))
    const said = await Promise.all(
      places.map(async (place, at) => {
        const own = { ...order, id: `${order.id}-${at}` }
        return this.place(own, place, signal).then(
          (result) => ({ ...place, result }),
          (error: Error) => ({ ...place, why: error.message }),
        )
      }),
    )
    const answers = said.filter((one) => 'result' in one && one.result.kind !== 'failed')
    const unreachable = said.flatMap((one) => {
      if ('why' in one) return [one]
      return one.result.kind === 'failed' ? [{ node: one.node, slot: one.slot, why: one.result.why }] : []
    })
    return { answers: answers as Everywhere['answers'], unreachable }
  }

  /** A result that nobody waits for any more is let go. */
  settle(id: string, result: OrderResult): void {
    this.#results.get(id)?.resolve(result)
  }

  #edgeOf(node: string, slot: number): Edge {
    const key = `${slot} ${node}`
    const known = this.#edges.get(key)
    if (known !== undefined) return known
    const edge: Edge = {
      node,
      slot,
      version: -1,
      seenAt: 0,
      polls: 0,
      orderPolls: 0,
      queue: [],
      isExpected: false,
    }
    this.#edges.set(key, edge)
    return edge
  }

  #listening(place: { readonly node: string; readonly slot: number } | null): Edge | null {
    const all = [...this.#edges.values()].filter(
      (edge) => edge.orderPolls > 0 && (!place || (edge.node === place.node && edge.slot === place.slot)),
    )
    // The least busy one; all others are alike.
    return all.sort((a, b) => a.queue.length - b.queue.length)[0] ?? null
  }
}
