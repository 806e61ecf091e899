// Rows of awaited mail, and of times at which the gateway did not run.
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type WatchRow = Row<'mail_watch'>

export async function watchesOf(db: Db, tenantId: string): Promise<WatchRow[]> {
  return db
    .selectFrom('mail_watch')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at', 'desc')
    .limit(500)
    .execute()
}

export async function insertWatch(trx: Trx, row: WatchRow): Promise<void> {
  await trx.insertInto('mail_watch').values(row).execute()
}

export async function deleteWatch(trx: Trx, tenantId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('mail_watch')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Watches of all tenants that still wait. */
export async function openWatches(db: Db, now: number): Promise<WatchRow[]> {
  return acrossTenants(db)
    .selectFrom('mail_watch')
    .selectAll()
    .where('found_at', 'is', null)
    .where('expires_at', '>', now)
    .limit(5_000)
    .execute()
}

export async function markFound(
  trx: Trx,
  { tenant_id, id }: WatchRow,
  found: { readonly at: number; readonly messageId: string },
): Promise<void> {
  await trx
    .updateTable('mail_watch')
    .set({ found_at: found.at, found_id: found.messageId })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute()
}

export async function dropOldWatches(db: Db, before: number): Promise<void> {
  await acrossTenants(db).deleteFrom('mail_watch').where('expires_at', '<', before).execute()
}

export type Downtime = { readonly from: number; readonly until: number }

/** Times without a running gateway that meet a range. */
export async function downtimesIn(db: Db, { from, until }: Downtime): Promise<Downtime[]> {
  const rows = await db
    .selectFrom('downtime')
    .selectAll()
    .where('from_at', '<', until)
    .where('until_at', '>', from)
    .orderBy('from_at')
    .limit(50)
    .execute()
  return rows.map(({ from_at, until_at }) => ({ from: from_at, until: until_at }))
}

/** Notes that the gateway runs; returns when it last did. */
export async function beat(trx: Trx, now: number): Promise<number | null> {
  const last = await trx.selectFrom('heartbeat').select('at').where('id', '=', 'control').executeTakeFirst()
  await trx
    .insertInto('heartbeat')
    .values({ id: 'control', at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ at: now }))
    .execute()
  return last?.at ?? null
}

export async function insertDowntime(trx: Trx, id: string, { from, until }: Downtime): Promise<void> {
  await trx.insertInto('downtime').values({ id, from_at: from, until_at: until }).execute()
}

export async function dropOldDowntimes(db: Db, before: number): Promise<void> {
  await db.deleteFrom('downtime').where('until_at', '<', before).execute()
}
