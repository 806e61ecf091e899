// Counts by outcome of the last 24 hours, for the dashboard, from the status index alone.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { getMessageCounts } from '@gatepost/contract/message.ts'
import { sql } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import type { Scope } from '../scope.ts'
import { DAY_MS, dayOf, idFloor } from './days.ts'
import type { TrackingStorage } from './tracking-store.ts'

export type MessageCounts = OutputOf<typeof getMessageCounts>

/** Outcomes since `now` less 24 hours, by the time a message came. */
export async function countRows(
  scope: Scope,
  storage: TrackingStorage,
  clock: Clock,
): Promise<MessageCounts> {
  const from = clock.now() - DAY_MS
  const days = (await storage.days()).filter((day) => day >= dayOf(from))
  const totals = new Map<string, number>()
  const delays = new Map<number, number>()
  for (const day of days) {
    for (const { status, count } of await statusCounts(scope, { storage, day, from })) {
      totals.set(status, (totals.get(status) ?? 0) + Number(count))
    }
    for (const { delay, count } of await delayCounts(scope, { storage, day, from })) {
      delays.set(Number(delay), (delays.get(Number(delay)) ?? 0) + Number(count))
    }
  }
  const total = (status: string): number => totals.get(status) ?? 0
  return {
    from,
    delivered: total('delivered'),
    queued: total('queued'),
    deferred: total('deferred'),
    held: total('held'),
    refused: total('refused'),
    bounced: total('bounced'),
    discarded: total('discarded'),
    delayP50Ms: percentile(delays, 0.5),
    delayP95Ms: percentile(delays, 0.95),
  }
}

type Place = { readonly storage: TrackingStorage; readonly day: number; readonly from: number }

function statusCounts(scope: Scope, { storage, day, from }: Place) {
  const query = storage.builder
    .selectFrom('tracking_message')
    .select(({ fn }) => ['status', fn.sum<number>('count').as('count')])
    .where('day', '=', day)
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '>=', idFloor(from))
    .groupBy('status')
  return storage.read(day, query.compile())
}

/** Delays in steps of about a tenth, so that a busy day has few different ones. */
function delayCounts(scope: Scope, { storage, day, from }: Place) {
  const step = sql<number>`case when delay_ms < 100 then delay_ms
    when delay_ms < 1000 then delay_ms / 10 * 10
    when delay_ms < 10000 then delay_ms / 100 * 100
    when delay_ms < 100000 then delay_ms / 1000 * 1000
    else delay_ms / 10000 * 10000 end`
  const query = storage.builder
    .selectFrom('tracking_message')
    .select(({ fn }) => [step.as('delay'), fn.countAll<number>().as('count')])
    .where('day', '=', day)
    .where('tenant_id', '=', scope.tenantId)
    .where('status', '=', 'delivered')
    .where('id', '>=', idFloor(from))
    .where('delay_ms', 'is not', null)
    .groupBy(step)
  return storage.read(day, query.compile())
}

function percentile(counts: ReadonlyMap<number, number>, share: number): number | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let seen = 0
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    seen += count
    if (seen >= total * share) return value
  }
  return null
}
