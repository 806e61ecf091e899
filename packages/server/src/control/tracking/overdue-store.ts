// Counts what should have ended long ago: accepted, past the last retry, and no end was reported of it.
import type { Clock } from '#platform/clock.ts'
import type { Scope } from '../scope.ts'
import { dayOf } from './days.ts'
import type { TrackingStorage } from './tracking-store.ts'

/** The last retry is in the fifth day; a day more for reports that come late. */
const OVERDUE_DAYS = 6
/** It changes by days, and to look goes through rows of every day. */
const KEPT_MS = 600_000
/** Organisations whose answer is kept; the oldest goes first. */
const KEPT_MAX = 1_000

export type OverdueCounter = (scope: Pick<Scope, 'tenantId'>) => Promise<number>

export function overdueCounter(storage: TrackingStorage, clock: Clock): OverdueCounter {
  const kept = new Map<string, { readonly at: number; readonly count: number }>()
  return async ({ tenantId }) => {
    const known = kept.get(tenantId)
    if (known && clock.now() - known.at < KEPT_MS) return known.count
    const count = await countOverdue(tenantId, storage, dayOf(clock.now()) - OVERDUE_DAYS)
    kept.delete(tenantId)
    kept.set(tenantId, { at: clock.now(), count })
    const oldest = kept.keys().next().value
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    return count
  }
}

async function countOverdue(tenantId: string, storage: TrackingStorage, before: number): Promise<number> {
  let overdue = 0
  for (const day of (await storage.days()).filter((one) => one < before)) {
    const query = storage.builder
      .selectFrom('tracking_message')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('day', '=', day)
      .where('tenant_id', '=', tenantId)
      .where('status', 'in', ['queued', 'deferred'])
      // What was refused or deferred before its content was never ours.
      .where('size', 'is not', null)
    const [row] = await storage.read(day, query.compile())
    overdue += Number(row?.count ?? 0)
  }
  return overdue
}
