// The edge's two errands to control: reports go up until acknowledged, orders come down and are answered.
import * as z from 'zod'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import type { LinkClient } from './client.ts'
import type { Order, OrderResult } from './orders.ts'
import { LONG_POLL_MS, linkPaths, REPORTS_PER_BATCH_MAX } from './protocol.ts'

const Acknowledged = z.object({ acknowledged: z.int() })
const OrdersPage = z.object({ orders: z.array(z.looseObject({ kind: z.string(), id: z.string() })) })

const IDLE_MS = 100 // Tracking is promised within 2 s; a tenth leaves room for the rest of the way.
/**
 * Pause behind a batch that was not full: a request and a commit then serve hundreds of reports, not dozens.
 */
const GATHER_MS = 250
const RETRY_MS = 1_000
const DONE_ORDERS_MAX = 2_000 // Ids remembered so that an order sent twice is carried out once.

/** What the pump needs of the spool: a JSON array of `{ sequence, report }`, passed on unread. */
export type Outbox = {
  outboxText(limit: number): Promise<{ readonly count: number; readonly json: string }>
  acknowledge(sequence: number): Promise<void>
}

type Common = {
  readonly client: LinkClient
  readonly clock: Clock
  readonly emit: Emit
  readonly node: string
  readonly slot: number
  readonly signal: AbortSignal
}

/** Sends the outbox in batches, oldest first, until the signal aborts. */
export async function pumpReports(outbox: Outbox, options: Common): Promise<void> {
  const { client, clock, emit, node, slot, signal } = options
  let troubled = false
  while (!signal.aborted) {
    try {
      const waiting = await outbox.outboxText(REPORTS_PER_BATCH_MAX)
      if (waiting.count === 0) {
        await clock.sleep(IDLE_MS, signal)
        continue
      }
      const body = `{"node":${JSON.stringify(node)},"slot":${slot},"reports":${waiting.json}}`
      const { status, text } = await client.post(linkPaths.reports, body, { timeoutMs: 30_000, signal })
      if (status !== 200) throw new Error(`reports: ${status} ${text.slice(0, 200)}`)
      await outbox.acknowledge(Acknowledged.parse(JSON.parse(text)).acknowledged)
      troubled = false
      if (waiting.count < REPORTS_PER_BATCH_MAX) await clock.sleep(GATHER_MS, signal)
    } catch (error) {
      if (signal.aborted) return
      if (!troubled) emit('link.unreachable', { what: 'reports', why: messageOf(error) })
      troubled = true
      await clock.sleep(RETRY_MS, signal)
    }
  }
}

/** Fetches orders and answers them, until the signal aborts. An order runs beside the others. */
export async function pumpOrders(
  carryOut: (order: Order) => Promise<OrderResult>,
  options: Common,
): Promise<void> {
  const { client, clock, emit, node, slot, signal } = options
  const done = new Set<string>()
  const query = new URLSearchParams({ node, slot: String(slot) })
  const answer = async (order: Order): Promise<void> => {
    const result = await carryOut(order).catch(
      (error): OrderResult => ({ kind: 'failed', why: messageOf(error) }),
    )
    await client.post(`${linkPaths.orders}/${order.id}/result`, JSON.stringify(result), {
      timeoutMs: 10_000,
      signal,
    })
    emit('link.order.done', { id: order.id, kind: order.kind, result: result.kind })
  }
  while (!signal.aborted) {
    try {
      const { status, text } = await client.get(`${linkPaths.orders}?${query}`, {
        timeoutMs: LONG_POLL_MS + 10_000,
        signal,
      })
      if (status === 204) continue
      if (status !== 200) throw new Error(`orders: ${status}`)
      for (const order of OrdersPage.parse(JSON.parse(text)).orders as unknown as readonly Order[]) {
        if (done.has(order.id)) continue
        if (done.size >= DONE_ORDERS_MAX) done.delete(done.values().next().value ?? '')
        done.add(order.id)
        answer(order).catch((error) =>
          emit('link.unreachable', { what: 'order result', why: messageOf(error) }),
        )
      }
    } catch {
      if (signal.aborted) return
      await clock.sleep(RETRY_MS, signal)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
