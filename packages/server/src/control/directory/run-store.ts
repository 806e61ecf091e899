// Queries of runs and of the differences they found.
import type { SyncChange, SyncRun } from '@gatepost/contract/directory.ts'
import type { Db, Trx } from '#store/open.ts'
import type { NewRow, Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { batchesOf } from './store.ts'

export type RunRow = Row<'sync_run'>
export type ChangeRow = Row<'sync_change'>
export type RunPlace = { readonly tenantId: string; readonly id: string }

/** Rows written at once. */
const BATCH = 400
/** Runs kept of a connector: three a day for two months. */
const RUNS_KEPT = 200
/** Differences kept of a run that is over; a first run of a large directory has as many as entries. */
const CHANGES_KEPT = 20_000

export async function insertRun(trx: Trx, row: NewRow<'sync_run'>): Promise<void> {
  await trx.insertInto('sync_run').values(row).execute()
}

export async function findRun(db: Db | Trx, { tenantId, id }: RunPlace): Promise<RunRow | null> {
  const row = await db
    .selectFrom('sync_run')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function setRun(
  db: Db | Trx,
  { tenantId, id }: RunPlace,
  fields: Partial<Omit<NewRow<'sync_run'>, 'id' | 'tenant_id' | 'connector_id'>>,
): Promise<void> {
  await db
    .updateTable('sync_run')
    .set(fields)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

/** Runs of a connector, newest first. */
export function runsOf(
  db: Db,
  { tenantId, id }: RunPlace,
  query: { readonly limit: number; readonly after?: string | undefined },
): Promise<RunRow[]> {
  const { after } = query
  return db
    .selectFrom('sync_run')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', id)
    .$if(after !== undefined, (select) => select.where('id', '<', after!))
    .orderBy('id', 'desc')
    .limit(query.limit)
    .execute()
}

export async function runsById(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RunRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('sync_run')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Previews of a connector that wait: a newer run makes them obsolete. */
export async function replacePreviews(trx: Trx, { tenantId, id }: RunPlace, now: number): Promise<void> {
  const rows = await trx
    .updateTable('sync_run')
    .set({ state: 'replaced', finished_at: now })
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', id)
    .where('state', '=', 'previewed')
    .returning('id')
    .execute()
  for (const run of rows) await dropStage(trx, { tenantId, id: run.id })
}

/** Runs that a process left behind when it ended. */
export async function endAbandoned(db: Db, now: number): Promise<void> {
  await acrossTenants(db)
    .updateTable('sync_run')
    .set({
      state: 'failed',
      finished_at: now,
      why: 'The gateway stopped while this ran.',
      remedy: 'The next run goes on with what is missing.',
    })
    .where('state', 'in', ['reading', 'applying'])
    .where((where) =>
      where.exists(
        where
          .selectFrom('connector')
          .select('connector.id')
          .whereRef('connector.id', '=', 'sync_run.connector_id')
          .where('connector.lease_until', '<=', now),
      ),
    )
    .execute()
}

/**
 * A restarted process need not wait for the lease of the dead one: embedded storage has one process alone.
 */
export async function freeLeases(db: Db): Promise<void> {
  await acrossTenants(db).updateTable('connector').set({ lease_holder: null, lease_until: 0 }).execute()
}

export async function isCancelAsked(db: Db, { tenantId, id }: RunPlace): Promise<boolean> {
  const row = await db
    .selectFrom('sync_run')
    .select('cancel_asked')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.cancel_asked === 1
}

export async function addChanges(db: Db | Trx, rows: readonly NewRow<'sync_change'>[]): Promise<void> {
  for (const batch of batchesOf(rows, BATCH))
    await db
      .insertInto('sync_change')
      .values([...batch])
      .execute()
}

/** What is still to be done of a run, in its order. */
export function plannedChanges(db: Db, { tenantId, id }: RunPlace, limit: number): Promise<ChangeRow[]> {
  return db
    .selectFrom('sync_change')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', id)
    .where('outcome', '=', 'planned')
    .orderBy('phase')
    .orderBy('position')
    .limit(limit)
    .execute()
}

export async function settleChanges(
  trx: Trx,
  { tenantId, id }: RunPlace,
  settled: {
    readonly positions: readonly number[]
    readonly outcome: ChangeRow['outcome']
    readonly why?: string
  },
): Promise<void> {
  for (const positions of batchesOf(settled.positions, BATCH)) {
    await trx
      .updateTable('sync_change')
      .set({ outcome: settled.outcome, why: settled.why ?? null, body: null })
      .where('tenant_id', '=', tenantId)
      .where('run_id', '=', id)
      .where('position', 'in', positions)
      .execute()
  }
}

/**
 * Removals that a brake holds back. They are remembered as gone: a directory that tells only what changed
 * says it once.
 */
export async function holdRemovals(
  trx: Trx,
  { tenantId, id }: RunPlace,
  held: { readonly connectorId: string; readonly why: string; readonly now: number },
): Promise<void> {
  const { connectorId, why, now } = held
  await trx
    .updateTable('connector_entry')
    .set({ gone_since: now })
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', connectorId)
    .where('gone_since', 'is', null)
    .where('external_id', 'in', (removals) =>
      removals
        .selectFrom('sync_change')
        .select('external_id')
        .where('tenant_id', '=', tenantId)
        .where('run_id', '=', id)
        .where('change_kind', '=', 'remove')
        .where('outcome', '=', 'planned'),
    )
    .execute()
  await trx
    .updateTable('sync_change')
    .set({ outcome: 'held', why })
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', id)
    .where('change_kind', '=', 'remove')
    .where('outcome', '=', 'planned')
    .execute()
}

/** Forgets the differences of a run that never came to be. */
export async function dropStage(db: Db | Trx, { tenantId, id }: RunPlace): Promise<void> {
  await db.deleteFrom('sync_change').where('tenant_id', '=', tenantId).where('run_id', '=', id).execute()
}

/** Differences of a run, in the order they were found; `after` is a position. */
export function changesOf(
  db: Db,
  { tenantId, id }: RunPlace,
  query: {
    readonly limit: number
    readonly after?: string | undefined
    readonly change?: SyncChange['change'] | undefined
  },
): Promise<ChangeRow[]> {
  const { after, change } = query
  return db
    .selectFrom('sync_change')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', id)
    .$if(after !== undefined, (select) => select.where('position', '>', Number(after) || 0))
    .$if(change !== undefined, (select) => select.where('change_kind', '=', change!))
    .orderBy('position')
    .limit(query.limit)
    .execute()
}

/** Keeps history within bounds: runs of a connector, differences of a run. */
export async function prune(db: Db, { tenantId, id }: RunPlace, connectorId: string): Promise<void> {
  await db
    .deleteFrom('sync_change')
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', id)
    .where('position', '>', CHANGES_KEPT)
    .execute()
  const [oldest] = await db
    .selectFrom('sync_run')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', connectorId)
    .orderBy('id', 'desc')
    .offset(RUNS_KEPT)
    .limit(1)
    .execute()
  if (oldest === undefined) return
  const gone = await db
    .deleteFrom('sync_run')
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', connectorId)
    .where('id', '<=', oldest.id)
    .returning('id')
    .execute()
  for (const run of gone) await dropStage(db, { tenantId, id: run.id })
}

export function runOf(row: RunRow): SyncRun {
  return {
    id: row.id,
    connectorId: row.connector_id,
    trigger: row.trigger_kind,
    isPreview: row.is_preview === 1,
    state: row.state,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    startedBy: row.started_by,
    read: row.entries_read,
    total: row.entries_total,
    planned: row.planned,
    applied: row.applied,
    adds: row.adds,
    changes: row.changes,
    removals: row.removals,
    leaving: row.leaving,
    held: row.held,
    kept: row.kept,
    skipped: row.skipped,
    needsYes: row.needs_yes === 1,
    why: row.why,
    remedy: row.remedy,
    notListed: JSON.parse(row.not_listed) as string[],
  }
}

export function changeOf(row: ChangeRow): SyncChange {
  return {
    change: row.change_kind,
    entryKind: row.entry_kind as SyncChange['entryKind'],
    externalId: row.external_id,
    name: row.name,
    email: row.email,
    fields: JSON.parse(row.fields) as SyncChange['fields'],
    outcome: row.outcome,
    why: row.why,
  }
}
