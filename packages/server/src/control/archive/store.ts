// Queries of the archive's own tables: settings, heads, rules, holds, exports, checks, and journal mail by
// hour.
import type { Db, Store, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type ArchiveSetting = Row<'archive_setting'>

export async function settingOf(db: Db, tenantId: string): Promise<ArchiveSetting | null> {
  const row = await db
    .selectFrom('archive_setting')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ?? null
}

export async function allSettings(store: Pick<Store, 'db'>): Promise<readonly ArchiveSetting[]> {
  return acrossTenants(store.db).selectFrom('archive_setting').selectAll().orderBy('tenant_id').execute()
}

export async function insertSetting(trx: Trx, row: ArchiveSetting): Promise<void> {
  await trx.insertInto('archive_setting').values(row).execute()
}

export async function updateSetting(
  trx: Trx,
  tenantId: string,
  fields: Partial<Omit<ArchiveSetting, 'tenant_id' | 'created_at'>>,
): Promise<void> {
  await trx.updateTable('archive_setting').set(fields).where('tenant_id', '=', tenantId).execute()
}

/** Notes how far the chain goes; never back. */
export async function noteHead(
  db: Db,
  tenantId: string,
  head: { readonly seq: number; readonly hash: string },
): Promise<void> {
  await db
    .updateTable('archive_setting')
    .set({ head_seq: head.seq, head_hash: head.hash })
    .where('tenant_id', '=', tenantId)
    .where('head_seq', '<', head.seq)
    .execute()
}

/** Sets the end back: what a restored backup does not hold. */
export async function lowerHead(
  db: Db,
  tenantId: string,
  head: { readonly seq: number; readonly hash: string },
): Promise<void> {
  await db
    .updateTable('archive_setting')
    .set({ head_seq: head.seq, head_hash: head.hash })
    .where('tenant_id', '=', tenantId)
    .execute()
}

export async function domainsOf(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .execute()
  return rows.map(({ name }) => name)
}

export async function addressesOf(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('authorized_outbound')
    .select('address')
    .where('tenant_id', '=', tenantId)
    .orderBy('address')
    .execute()
  return rows.map(({ address }) => address)
}

export async function rulesOf(db: Db, tenantId: string): Promise<readonly Row<'archive_rule'>[]> {
  return db
    .selectFrom('archive_rule')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at')
    .execute()
}

export async function insertRule(trx: Trx, row: Row<'archive_rule'>): Promise<void> {
  await trx.insertInto('archive_rule').values(row).execute()
}

export async function deleteRule(
  trx: Trx,
  tenantId: string,
  id: string,
): Promise<Row<'archive_rule'> | null> {
  const row = await trx
    .deleteFrom('archive_rule')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

export async function holdsOf(db: Db, tenantId: string): Promise<readonly Row<'archive_hold'>[]> {
  return db
    .selectFrom('archive_hold')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at', 'desc')
    .execute()
}

export async function insertHold(trx: Trx, row: Row<'archive_hold'>): Promise<void> {
  await trx.insertInto('archive_hold').values(row).execute()
}

export async function endHold(
  trx: Trx,
  tenantId: string,
  end: { readonly id: string; readonly at: number; readonly by: string },
): Promise<Row<'archive_hold'> | null> {
  const row = await trx
    .updateTable('archive_hold')
    .set({ ended_at: end.at, ended_by: end.by })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', end.id)
    .where('ended_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

export async function exportsOf(
  db: Db,
  tenantId: string,
  limit: number,
): Promise<readonly Row<'archive_export'>[]> {
  return db
    .selectFrom('archive_export')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute()
}

export async function exportOf(db: Db, tenantId: string, id: string): Promise<Row<'archive_export'> | null> {
  const row = await db
    .selectFrom('archive_export')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function insertExport(trx: Trx, row: Row<'archive_export'>): Promise<void> {
  await trx.insertInto('archive_export').values(row).execute()
}

export async function updateExport(
  db: Db,
  tenantId: string,
  id: string,
  fields: Partial<
    Pick<Row<'archive_export'>, 'state' | 'done' | 'total' | 'bytes' | 'left_out' | 'error' | 'finished_at'>
  >,
): Promise<void> {
  await db
    .updateTable('archive_export')
    .set(fields)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

export async function deleteExport(trx: Trx, tenantId: string, id: string): Promise<void> {
  await trx.deleteFrom('archive_export').where('tenant_id', '=', tenantId).where('id', '=', id).execute()
}

/** Of every organisation: what is waiting or was running when control stopped, and what is past its days. */
export async function openExports(store: Pick<Store, 'db'>): Promise<readonly Row<'archive_export'>[]> {
  return acrossTenants(store.db)
    .selectFrom('archive_export')
    .selectAll()
    .where('state', 'in', ['waiting', 'running'])
    .orderBy('created_at')
    .execute()
}

export async function expiredExports(
  store: Pick<Store, 'db'>,
  now: number,
): Promise<readonly Row<'archive_export'>[]> {
  return acrossTenants(store.db)
    .selectFrom('archive_export')
    .selectAll()
    .where('expires_at', '<', now)
    .limit(100)
    .execute()
}

export async function checksOf(
  db: Db,
  tenantId: string,
  limit: number,
): Promise<readonly Row<'archive_check'>[]> {
  return db
    .selectFrom('archive_check')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute()
}

export async function insertCheck(trx: Trx, row: Row<'archive_check'>): Promise<void> {
  await trx.insertInto('archive_check').values(row).execute()
}

export async function updateCheck(
  db: Db,
  tenantId: string,
  id: string,
  fields: Partial<
    Pick<Row<'archive_check'>, 'state' | 'finished_at' | 'records' | 'contents' | 'octets' | 'faults'>
  >,
): Promise<void> {
  await db
    .updateTable('archive_check')
    .set(fields)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

const HOUR_MS = 3_600_000

/** Adds journal mail of an hour. */
export async function countJournal(
  db: Db,
  tenantId: string,
  counted: { readonly at: number; readonly reports: number; readonly flagged: number },
): Promise<void> {
  const hour = Math.floor(counted.at / HOUR_MS)
  const { reports, flagged, at } = counted
  await db
    .insertInto('journal_hour')
    .values({ tenant_id: tenantId, hour, reports, flagged, last_at: at })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'hour']).doUpdateSet((set) => ({
        reports: set('journal_hour.reports', '+', reports),
        flagged: set('journal_hour.flagged', '+', flagged),
        last_at: at,
      })),
    )
    .execute()
}

/** Hours from `fromHour` on, the oldest first. */
export async function journalHours(
  db: Db,
  tenantId: string,
  fromHour: number,
): Promise<readonly Row<'journal_hour'>[]> {
  return db
    .selectFrom('journal_hour')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('hour', '>=', fromHour)
    .orderBy('hour')
    .execute()
}

export async function forgetHours(db: Db, tenantId: string, beforeHour: number): Promise<void> {
  await db
    .deleteFrom('journal_hour')
    .where('tenant_id', '=', tenantId)
    .where('hour', '<', beforeHour)
    .execute()
}

/** The key goes with the row. */
export async function deleteSetting(trx: Trx, tenantId: string): Promise<void> {
  for (const table of ['archive_export', 'archive_check', 'journal_hour', 'archive_setting'] as const) {
    await trx.deleteFrom(table).where('tenant_id', '=', tenantId).execute()
  }
}
