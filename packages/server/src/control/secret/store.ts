// Queries over sealed columns of any table: which are named by sealed-columns.ts, never by input.
import { sql } from 'kysely'
import type { Store, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { SealedColumn } from './sealed-columns.ts'

export type SealedRow = { readonly id: string; readonly tenant: string; readonly sealed: string }

/** Rows whose value was sealed with another key than `newest`. */
export async function outdatedRows(
  db: Store['db'],
  column: SealedColumn,
  { newest, limit }: { readonly newest: string; readonly limit: number },
): Promise<readonly SealedRow[]> {
  const { rows } = await sql<SealedRow>`select ${sql.ref(column.id)} as id,
    ${sql.ref(column.column)} as sealed,
    ${column.tenant ? sql.ref(column.tenant) : sql`'system'`} as tenant
    from ${sql.ref(column.table)} where ${sql.ref(column.column)} like 'v1.%'
    and ${sql.ref(column.column)} not like ${`v1.${newest}.%`}
    limit ${limit}`.execute(acrossTenants(db))
  return rows
}

/** Writes a value sealed anew where the one before still stands; tells whether it did. */
export async function writeSealed(
  trx: Trx,
  column: SealedColumn,
  { id, sealed, again }: { readonly id: string; readonly sealed: string; readonly again: string },
): Promise<boolean> {
  const done = await sql`update ${sql.ref(column.table)} set ${sql.ref(column.column)} = ${again}
    where ${sql.ref(column.id)} = ${id} and ${sql.ref(column.column)} = ${sealed}`.execute(acrossTenants(trx))
  return done.numAffectedRows !== 0n
}

/** Sealed values, or with `newest` those of other keys. */
export async function countSealed(
  store: Store,
  column: SealedColumn,
  newest: string | null,
): Promise<number> {
  const current = newest === null ? '' : `v1.${newest}.%`
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.ref(column.table)}
    where ${sql.ref(column.column)} like 'v1.%'
    and ${sql.ref(column.column)} not like ${current}`.execute(acrossTenants(store.db))
  return Number(rows[0]?.count ?? 0)
}
