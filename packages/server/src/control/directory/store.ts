// Queries of directory connectors: settings, leases, and what was taken over of each entry.
import type { ConnectorSchedule, ConnectorSettings, ConnectorTest } from '@gatepost/contract/directory.ts'
import type { Db, Trx } from '#store/open.ts'
import type { NewRow, Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type ConnectorRow = Row<'connector'>
export type EntryRow = Row<'connector_entry'>
export type Trouble = { readonly saw: string; readonly remedy: string; readonly since: number }
export type Place = { readonly tenantId: string; readonly id: string }

/** Rows read or written at once: below every database's limit of parameters, short for every other reader. */
const BATCH = 400
/** Fingerprints read at once. */
const FINGERPRINTS = 4_000

export function connectorsOf(db: Db | Trx, tenantId: string): Promise<ConnectorRow[]> {
  return db
    .selectFrom('connector')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .orderBy('id')
    .execute()
}

export async function findConnector(
  db: Db | Trx,
  tenantId: string,
  id: string,
): Promise<ConnectorRow | null> {
  const row = await db
    .selectFrom('connector')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function insertConnector(trx: Trx, row: NewRow<'connector'>): Promise<void> {
  await trx.insertInto('connector').values(row).execute()
}

export async function setConnector(
  db: Db | Trx,
  { tenantId, id }: Place,
  fields: Partial<Omit<NewRow<'connector'>, 'id' | 'tenant_id' | 'kind'>>,
): Promise<void> {
  await db
    .updateTable('connector')
    .set(fields)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

export async function deleteConnector(trx: Trx, { tenantId, id }: Place): Promise<void> {
  await trx.deleteFrom('connector').where('tenant_id', '=', tenantId).where('id', '=', id).execute()
  await trx
    .deleteFrom('connector_entry')
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', id)
    .execute()
}

/** Connectors that are to run by now, of all organisations. */
export function dueConnectors(db: Db, now: number, limit: number): Promise<ConnectorRow[]> {
  return acrossTenants(db)
    .selectFrom('connector')
    .selectAll()
    .where('next_run_at', '<=', now)
    .where('enabled', '=', 1)
    .where('lease_until', '<=', now)
    .orderBy('next_run_at')
    .limit(limit)
    .execute()
}

/** Takes the right to run a connector; false while another runs it. */
export async function takeConnector(
  db: Db | Trx,
  { tenantId, id }: Place,
  lease: { readonly holder: string; readonly now: number; readonly until: number },
): Promise<boolean> {
  const row = await db
    .updateTable('connector')
    .set({ lease_holder: lease.holder, lease_until: lease.until })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where((where) =>
      where.or([where('lease_holder', '=', lease.holder), where('lease_until', '<=', lease.now)]),
    )
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Counts of entries, those in their time of grace included. */
export async function entryCounts(db: Db, tenantId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('connector_entry')
    .select((select) => ['connector_id', select.fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .groupBy('connector_id')
    .execute()
  return new Map(rows.map(({ connector_id, count }) => [connector_id, Number(count)]))
}

export type Fingerprint = { readonly digest: string; readonly goneSince: number | null }

/** Every entry's fingerprint, page after page, so that no step takes long. */
export async function* fingerprints(
  db: Db,
  { tenantId, id }: Place,
): AsyncGenerator<readonly (Fingerprint & { readonly externalId: string })[]> {
  let after = ''
  for (;;) {
    const rows = await db
      .selectFrom('connector_entry')
      .select(['external_id', 'digest', 'gone_since'])
      .where('tenant_id', '=', tenantId)
      .where('connector_id', '=', id)
      .where('external_id', '>', after)
      .orderBy('external_id')
      .limit(FINGERPRINTS)
      .execute()
    yield rows.map((row) => ({ externalId: row.external_id, digest: row.digest, goneSince: row.gone_since }))
    const last = rows.at(-1)
    if (last === undefined || rows.length < FINGERPRINTS) return
    after = last.external_id
  }
}

export async function entriesById(
  db: Db | Trx,
  { tenantId, id }: Place,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, EntryRow>> {
  const found = new Map<string, EntryRow>()
  for (const ids of batchesOf(externalIds, BATCH)) {
    const rows = await db
      .selectFrom('connector_entry')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('connector_id', '=', id)
      .where('external_id', 'in', ids)
      .execute()
    for (const row of rows) found.set(row.external_id, row)
  }
  return found
}

export async function putEntries(trx: Trx, rows: readonly NewRow<'connector_entry'>[]): Promise<void> {
  for (const batch of batchesOf(rows, BATCH)) {
    await trx
      .insertInto('connector_entry')
      .values([...batch])
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'connector_id', 'external_id']).doUpdateSet((set) => ({
          entry_kind: set.ref('excluded.entry_kind'),
          name: set.ref('excluded.name'),
          email: set.ref('excluded.email'),
          digest: set.ref('excluded.digest'),
          body: set.ref('excluded.body'),
          gone_since: set.ref('excluded.gone_since'),
        })),
      )
      .execute()
  }
}

export async function setGone(
  trx: Trx,
  { tenantId, id }: Place,
  { externalIds, since }: { readonly externalIds: readonly string[]; readonly since: number | null },
): Promise<void> {
  for (const ids of batchesOf(externalIds, BATCH)) {
    await trx
      .updateTable('connector_entry')
      .set({ gone_since: since })
      .where('tenant_id', '=', tenantId)
      .where('connector_id', '=', id)
      .where('external_id', 'in', ids)
      .execute()
  }
}

export async function deleteEntries(
  trx: Trx,
  { tenantId, id }: Place,
  externalIds: readonly string[],
): Promise<void> {
  for (const ids of batchesOf(externalIds, BATCH)) {
    await trx
      .deleteFrom('connector_entry')
      .where('tenant_id', '=', tenantId)
      .where('connector_id', '=', id)
      .where('external_id', 'in', ids)
      .execute()
  }
}

export function batchesOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

export function settingsOf(row: Pick<ConnectorRow, 'settings'>): ConnectorSettings {
  return JSON.parse(row.settings) as ConnectorSettings
}

export function listOf(text: string): string[] {
  return JSON.parse(text) as string[]
}

export function scheduleOf(row: Pick<ConnectorRow, 'schedule'>): ConnectorSchedule {
  return JSON.parse(row.schedule) as ConnectorSchedule
}

export function troubleOf(row: Pick<ConnectorRow, 'trouble'>): Trouble | null {
  return row.trouble === null ? null : (JSON.parse(row.trouble) as Trouble)
}

/** Tests that were kept by older builds name OpenSSL's text. */
type StoredCertificate = NonNullable<ConnectorTest['certificate']> & { readonly validTo?: string }

export function testOf(row: Pick<ConnectorRow, 'last_test'>): ConnectorTest | null {
  if (row.last_test === null) return null
  const test = JSON.parse(row.last_test) as ConnectorTest & { readonly certificate: StoredCertificate | null }
  const { certificate } = test
  if (certificate?.validTo === undefined) return test
  const at = Date.parse(certificate.validTo)
  return { ...test, certificate: { ...certificate, validUntil: Number.isNaN(at) ? null : at } }
}
