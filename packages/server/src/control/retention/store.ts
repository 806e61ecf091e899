// Queries of retention: what tenants chose, and what the last night removed.
import type { RetentionClass } from '@gatepost/contract/retention.ts'
import type { Db, Store } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

/** Days of tracking by tenant, of those that chose other than what is usual. */
export async function trackingDaysOf(store: Pick<Store, 'db'>): Promise<ReadonlyMap<string, number>> {
  return chosenDays(store.db, 'tracking')
}

/** Days by tenant, of those that chose; for ever is left out. */
export async function chosenDays(db: Db, name: RetentionClass): Promise<ReadonlyMap<string, number>> {
  const rows = await acrossTenants(db)
    .selectFrom('retention')
    .select(['tenant_id', 'days'])
    .where('class', '=', name)
    .execute()
  return new Map(rows.flatMap(({ tenant_id, days }) => (days === null ? [] : [[tenant_id, days] as const])))
}

/** Notes what a run removed of a class. */
export async function noteRun(
  db: Db,
  run: {
    readonly tenantId: string
    readonly class: RetentionClass
    readonly at: number
    readonly removed: number
  },
): Promise<void> {
  const { tenantId, at, removed } = run
  await db
    .insertInto('retention_run')
    .values({ tenant_id: tenantId, class: run.class, at, removed })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'class']).doUpdateSet({ at, removed }))
    .execute()
}

/** Days that held mail of a tenant waits, or null where it is kept as it comes. */
export async function heldDaysOf(db: Db, tenantId: string): Promise<number | null> {
  const row = await db
    .selectFrom('retention')
    .select('days')
    .where('tenant_id', '=', tenantId)
    .where('class', '=', 'held')
    .executeTakeFirst()
  return row?.days ?? null
}
