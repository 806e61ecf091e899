// Rows of imports: what a preview found, the file until it is imported, and what undoes it while that is
// possible.
import type { UserImport } from '@gatepost/contract/user-import.ts'
import { sql } from 'kysely'
import type { Db, Store, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { ImportUndo } from './import-write.ts'

export type ImportRow = Row<'user_import'>
/** What the preview or the import itself found; the rest of `UserImport` has columns of its own. */
export type ImportFound = Omit<
  UserImport,
  'id' | 'state' | 'fileName' | 'progress' | 'failure' | 'createdAt' | 'committedAt' | 'undoUntil'
>

const HOUR_MS = 3_600_000
export const PREVIEW_MS = 24 * HOUR_MS
export const UNDO_MS = HOUR_MS
/** Files waiting in one organisation; the oldest make room, as each may have 20 MB. */
const PREVIEWS_MAX = 10
/** Imports are found in the audit log longer. */
const KEPT_MS = 90 * 24 * HOUR_MS
const NOTHING = new Uint8Array()

/** What a file lists: users, or senders of users. */
export type ImportKind = ImportRow['kind']

export async function findImport(
  db: Db,
  tenantId: string,
  id: string,
  kind: ImportKind = 'users',
): Promise<ImportRow | null> {
  const row = await db
    .selectFrom('user_import')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst()
  return row ?? null
}

/** What is shown of an import: megabytes of the file and of what undoes it stay where they are. */
export type ShownRow = Omit<ImportRow, 'raw' | 'undo'>
const SHOWN = [
  'id',
  'tenant_id',
  'kind',
  'file_name',
  'state',
  'preview',
  'created_at',
  'created_by',
  'committed_at',
  'undo_until',
] as const

export async function findShown(
  db: Db,
  tenantId: string,
  id: string,
  kind: ImportKind,
): Promise<ShownRow | null> {
  const row = await db
    .selectFrom('user_import')
    .select(SHOWN)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst()
  return row ?? null
}

/** Stores a preview; older ones beyond the limit expire and give their files up. */
export async function insertImport(
  trx: Trx,
  row: Pick<ImportRow, 'id' | 'tenant_id' | 'kind' | 'file_name' | 'raw' | 'created_at' | 'created_by'>,
  found: object,
): Promise<void> {
  const waiting = await trx
    .selectFrom('user_import')
    .select('id')
    .where('tenant_id', '=', row.tenant_id)
    .where('kind', '=', row.kind)
    .where('state', '=', 'previewed')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(PREVIEWS_MAX - 1)
    .limit(100)
    .execute()
  const ids = waiting.map(({ id }) => id)
  if (ids.length > 0) {
    await trx
      .updateTable('user_import')
      .set({ state: 'expired', raw: NOTHING })
      .where('tenant_id', '=', row.tenant_id)
      .where('id', 'in', ids)
      .execute()
  }
  const rest = { undo: null, committed_at: null, undo_until: null }
  await trx
    .insertInto('user_import')
    .values({ ...row, ...rest, state: 'previewed', preview: JSON.stringify(found) })
    .execute()
}

export async function keepFound(db: Db, row: ImportRow, found: object): Promise<void> {
  await db
    .updateTable('user_import')
    .set({ preview: JSON.stringify(found) })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

/** Takes the import for oneself: of two who ask at once, one gets false. */
export async function claimImport(
  trx: Trx,
  row: ImportRow,
  step: { readonly from: ImportRow['state']; readonly to: ImportRow['state'] },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('user_import')
    .set({ state: step.to })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .where('state', '=', step.from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Imports of one kind that were carried out, newest first; `after` is the id of the last one shown. */
export async function committedImports(
  db: Db,
  tenantId: string,
  query: { readonly kind: ImportKind; readonly limit: number; readonly after?: string | undefined },
): Promise<readonly ImportRow[]> {
  return db
    .selectFrom('user_import')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', query.kind)
    .where('state', 'in', ['committed', 'undone'])
    .$if(query.after !== undefined, (select) => select.where('id', '<', query.after!))
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
}

/** Completes a claimed import: the file goes, what undoes it comes. */
export async function keepCommitted(
  trx: Trx,
  row: ImportRow,
  done: { readonly found: object; readonly undo: object; readonly now: number },
): Promise<void> {
  await trx
    .updateTable('user_import')
    .set({
      raw: NOTHING,
      preview: JSON.stringify(done.found),
      undo: JSON.stringify(done.undo),
      committed_at: done.now,
      undo_until: done.now + UNDO_MS,
    })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

/** Completes a claimed import whose every row was new: the file itself is what undoes it. */
export async function keepFresh(
  trx: Trx,
  row: ImportRow,
  done: { readonly found: object; readonly now: number; readonly dialect: Store['dialect'] },
): Promise<void> {
  const file = done.dialect === 'sqlite' ? sql`cast(raw as text)` : sql`convert_from(raw, 'UTF8')`
  await trx
    .updateTable('user_import')
    .set({
      undo: sql<string>`'{"list":' || ${file} || ',"before":[]}'`,
      raw: NOTHING,
      preview: JSON.stringify(done.found),
      committed_at: done.now,
      undo_until: done.now + UNDO_MS,
    })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

export async function dropUndo(trx: Trx, row: ImportRow): Promise<void> {
  await trx
    .updateTable('user_import')
    .set({ undo: null, undo_until: null })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

/** The file of an import that was carried out after this one and still stands, or null. */
export async function laterImport(db: Db, row: ImportRow): Promise<string | null> {
  const later = await db
    .selectFrom('user_import')
    .select('file_name')
    .where('tenant_id', '=', row.tenant_id)
    .where('kind', '=', row.kind)
    .where('state', '=', 'committed')
    .where('id', '!=', row.id)
    .where((where) =>
      where.or([
        where('committed_at', '>', row.committed_at),
        where.and([where('committed_at', '=', row.committed_at), where('id', '>', row.id)]),
      ]),
    )
    .orderBy('committed_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return later?.file_name ?? null
}

/** Gives up files and undo records whose time is over, of all tenants. Run it now and then. */
export async function dropOldImports(db: Db, now: number): Promise<void> {
  const all = acrossTenants(db)
  await all
    .updateTable('user_import')
    .set({ state: 'expired', raw: NOTHING })
    .where('state', '=', 'previewed')
    .where('created_at', '<=', now - PREVIEW_MS)
    .execute()
  await all.updateTable('user_import').set({ undo: null }).where('undo_until', '<', now).execute()
  await all
    .deleteFrom('user_import')
    .where('created_at', '<', now - KEPT_MS)
    .execute()
}

/** An import as shown; a preview that is too old is expired, whoever notes it first. */
export function importOf<Found extends object = ImportFound>(row: ShownRow, now: number) {
  return {
    id: row.id,
    state: isExpired(row, now) ? ('expired' as const) : row.state,
    fileName: row.file_name,
    ...(JSON.parse(row.preview) as Found),
    createdAt: row.created_at,
    committedAt: row.committed_at,
    undoUntil: row.state === 'committed' ? row.undo_until : null,
  }
}

export function isExpired(row: ShownRow, now: number): boolean {
  return row.state === 'previewed' && now >= row.created_at + PREVIEW_MS
}

export function undoOf<Undo extends object = ImportUndo>(row: ImportRow): Undo | null {
  return row.undo === null ? null : (JSON.parse(row.undo) as Undo)
}

/** The newest import that was carried out and still stands, or null. */
export async function lastCommitted(db: Db, tenantId: string, kind: ImportKind): Promise<ShownRow | null> {
  const row = await db
    .selectFrom('user_import')
    .select(SHOWN)
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('state', '=', 'committed')
    .orderBy('committed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}
