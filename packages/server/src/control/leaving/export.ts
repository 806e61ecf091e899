// Everything of an organisation as one file: settings as JSON, lists as CSV, written as long work and kept
// for a week. Secrets stay behind: what opens an account or signs mail is no use elsewhere.
import { join } from 'node:path'
import { EXPORT_DAYS, type TenantExport } from '@gatepost/contract/leaving.ts'
import { ensureFolder, fileExists, removeFile } from '#platform/files.ts'
import { newId } from '#platform/random.ts'
import { readFileStream, writeZip, type ZipPart } from '#platform/zip-file.ts'
import type { Db } from '#store/open.ts'
import type { Row, TableName } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { exportAudit } from '../audit/read.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { sealedColumns } from '../secret/sealed-columns.ts'
import { exportSenders } from '../sender/sender.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { exportUsers } from '../user/export.ts'

export type ExportDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'config'> & {
  readonly tracking: Pick<Tracking, 'exportMessages'>
}

const DAY_MS = 86_400_000
/** A run that takes longer was ended by a restart. */
const RUN_MS_MAX = 6 * 3_600_000
const ROWS_PER_READ = 1_000

/** Settings by table. What is sealed is left out of each; so are the columns named here. */
export const exportedTables: readonly { readonly table: TableName; readonly without?: readonly string[] }[] =
  [
    { table: 'domain' },
    { table: 'route' },
    { table: 'tls_partner' },
    { table: 'authorized_outbound' },
    { table: 'outbound_setting' },
    { table: 'smtp_credential' },
    { table: 'cloud_link', without: ['secret_digest'] },
    { table: 'cloud_tenant' },
    { table: 'forwarding_address' },
    { table: 'policy' },
    { table: 'policy_default' },
    { table: 'policy_revision' },
    { table: 'address_group' },
    { table: 'group_member' },
    { table: 'group_link' },
    { table: 'trusted_service' },
    { table: 'auto_allow_setting' },
    { table: 'signing_domain' },
    { table: 'dkim_key' },
    { table: 'arc_setting' },
    { table: 'held_setting' },
    { table: 'digest_setting' },
    { table: 'digest_choice' },
    { table: 'archive_setting' },
    { table: 'archive_rule' },
    { table: 'archive_hold' },
    { table: 'alert_channel' },
    { table: 'connector' },
    { table: 'agent', without: ['token_digest', 'code_digest'] },
    { table: 'sign_in_settings' },
    { table: 'sign_in_profile' },
    { table: 'identity_provider' },
    { table: 'custom_role' },
    { table: 'role_binding' },
    { table: 'role_group' },
    { table: 'retention' },
    { table: 'data_hold' },
    { table: 'step_skip' },
    { table: 'revision' },
  ]

/** Parts of the file, in order. */
export const EXPORT_PARTS = exportedTables.length + 6

/** Starts one. `finished` never rejects. Throws `check-too-soon` while another runs. */
export async function startExport(
  scope: Scope,
  deps: ExportDeps,
): Promise<{ readonly shown: TenantExport; readonly finished: Promise<void> }> {
  const { store, clock } = deps
  const now = clock.now()
  const row: Row<'tenant_export'> = {
    id: newId('exp', now),
    tenant_id: scope.tenantId,
    state: 'running',
    part: '',
    done: 0,
    started_at: now,
    ended_at: null,
    expires_at: now + EXPORT_DAYS * DAY_MS,
    asked_by: scope.actor.name,
    bytes: 0,
    digest: null,
    why: null,
  }
  await store.transaction(async (trx) => {
    const running = (await exportsOf(trx, scope.tenantId)).some(
      (one) => shownExport(one, now).state === 'running',
    )
    if (running) throw problem('check-too-soon', 'An export is being written.', { retryAfterSeconds: 10 })
    await trx.insertInto('tenant_export').values(row).execute()
    const event = { action: 'organisation.exported', subject: 'everything of the organisation' }
    await appendAudit(trx, scope, { ...event, before: null, after: null, at: now })
  })
  return { shown: shownExport(row, now), finished: run(scope, row, deps) }
}

/** The file of a finished export. Throws `not-found` before and after its days. */
export async function downloadExport(
  scope: Scope,
  id: string,
  deps: Pick<ExportDeps, 'store' | 'clock' | 'config'>,
): Promise<AsyncIterable<Uint8Array>> {
  const { store, clock } = deps
  const row = (await exportsOf(store.db, scope.tenantId)).find((one) => one.id === id)
  const path = pathOf(id, deps)
  const now = clock.now()
  if (row?.state !== 'done' || row.expires_at <= now || !fileExists(path)) {
    throw problem('not-found', 'This export is not there, not done yet, or over. Start another one.')
  }
  const event = { action: 'export.downloaded', subject: id, before: null, after: null, at: now }
  await store.transaction((trx) => appendAudit(trx, scope, event))
  return readFileStream(path)
}

/** Newest first. */
export function exportsOf(db: Db, tenantId: string): Promise<Row<'tenant_export'>[]> {
  return db
    .selectFrom('tenant_export')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .execute()
}

/** Removes files and rows of exports that are over. */
export async function dropExports(deps: Pick<ExportDeps, 'store' | 'clock' | 'config'>): Promise<number> {
  const rows = await acrossTenants(deps.store.db)
    .deleteFrom('tenant_export')
    .where('expires_at', '<=', deps.clock.now())
    .returning('id')
    .execute()
  for (const { id } of rows) removeFile(pathOf(id, deps))
  return rows.length
}

export function pathOf(id: string, { config }: Pick<ExportDeps, 'config'>): string {
  return join(config.data, 'exports', `${id}.zip`)
}

export function shownExport(row: Row<'tenant_export'>, now: number): TenantExport {
  const isLost = row.state === 'running' && now - row.started_at > RUN_MS_MAX
  return {
    id: row.id,
    state: isLost ? 'failed' : row.state,
    part: row.part,
    done: row.done,
    parts: EXPORT_PARTS,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    expiresAt: row.expires_at,
    askedBy: row.asked_by,
    bytes: row.bytes,
    digest: row.digest,
    why: isLost ? 'The gateway was restarted before it was done.' : row.why,
  }
}

async function run(scope: Scope, row: Row<'tenant_export'>, deps: ExportDeps): Promise<void> {
  const { store, clock, emit, config } = deps
  const keep = (change: Partial<Row<'tenant_export'>>): Promise<unknown> =>
    store.db
      .updateTable('tenant_export')
      .set(change)
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', row.id)
      .execute()
  try {
    ensureFolder(join(config.data, 'exports'))
    const parts = await partsOf(scope, deps)
    const { bytes, sha256 } = await writeZip(pathOf(row.id, deps), parts, async (part, done) => {
      await keep({ part, done })
    })
    const done = { state: 'done', part: '', done: parts.length, bytes, digest: sha256 } as const
    await keep({ ...done, ended_at: clock.now() })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    emit('control.request.failed', { what: 'export of an organisation', error })
    removeFile(pathOf(row.id, deps))
    await keep({ state: 'failed', why, ended_at: clock.now() }).catch(() => {})
  }
}

async function partsOf(scope: Scope, deps: ExportDeps): Promise<readonly ZipPart[]> {
  const { store, tracking } = deps
  return [
    { name: 'README.txt', content: [readme(deps.clock.now())] },
    { name: 'settings/organisation.json', content: organisation(scope, store.db) },
    ...exportedTables.map(({ table, without = [] }) => ({
      name: `settings/${table.replaceAll('_', '-')}.json`,
      content: rowsOf(store.db, {
        tenantId: scope.tenantId,
        table,
        without: [...without, ...sealedIn(table)],
      }),
    })),
    { name: 'users.csv', content: exportUsers(scope, {}, deps) },
    { name: 'senders.csv', content: exportSenders(scope, {}, deps) },
    { name: 'messages.csv', content: await tracking.exportMessages(scope, {}, Number.POSITIVE_INFINITY) },
    { name: 'audit.csv', content: await exportAudit(scope, {}, deps) },
  ]
}

async function* organisation({ tenantId }: Scope, db: Db): AsyncGenerator<string> {
  const row = await db.selectFrom('tenant').selectAll().where('id', '=', tenantId).executeTakeFirst()
  yield `${JSON.stringify(row ?? null, null, 1)}\n`
}

/** Sealed values open with this gateway's key alone, and are secrets. */
function sealedIn(table: TableName): readonly string[] {
  return sealedColumns.filter((one) => one.table === table).map(({ column }) => column)
}

/** A table's rows as a JSON list, piece by piece. */
async function* rowsOf(
  db: Db,
  { tenantId, table, without }: { tenantId: string; table: TableName; without: readonly string[] },
): AsyncGenerator<string> {
  yield '[\n'
  for (let offset = 0; ; offset += ROWS_PER_READ) {
    // Every table of the list has a tenant_id, which the type of a table chosen at run time cannot say.
    const rows = (await db
      .selectFrom(table as 'route')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .$call((query) => orderOf(table).reduce((all, column) => all.orderBy(column as 'id'), query))
      .limit(ROWS_PER_READ)
      .offset(offset)
      .execute()) as readonly Record<string, unknown>[]
    const lines = rows.map((row) => JSON.stringify(openOf(row, without)))
    if (lines.length > 0) yield `${offset === 0 ? '' : ',\n'}${lines.join(',\n')}`
    if (rows.length < ROWS_PER_READ) break
  }
  yield '\n]\n'
}

/** Columns that order the rows of tables without an id. */
const keyless: ReadonlyMap<string, readonly string[]> = new Map([
  ['cloud_link', ['provider']],
  ['cloud_tenant', ['cloud_id']],
  ['policy_revision', ['subject_id', 'number']],
  ['auto_allow_setting', ['tenant_id']],
  ['outbound_setting', ['tenant_id']],
  ['held_setting', ['tenant_id']],
  ['digest_setting', ['tenant_id']],
  ['digest_choice', ['mailbox']],
  ['archive_setting', ['tenant_id']],
  ['alert_channel', ['tenant_id']],
  ['policy_default', ['name']],
  ['group_member', ['group_id', 'user_id']],
  ['group_link', ['group_id', 'member']],
  ['role_group', ['group_id']],
  ['signing_domain', ['domain_id']],
  ['arc_setting', ['tenant_id']],
  ['tls_partner', ['domain']],
  ['sign_in_settings', ['tenant_id']],
  ['role_binding', ['person_id']],
  ['retention', ['class']],
  ['step_skip', ['step']],
])

function orderOf(table: TableName): readonly string[] {
  return keyless.get(table) ?? ['id']
}

function openOf(row: Record<string, unknown>, without: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)))
}

function readme(now: number): string {
  return [
    `Everything that Gatepost stores of this organisation, written ${new Date(now).toISOString()}.`,
    '',
    'settings/   one file a kind, as JSON; times are milliseconds since 1970, UTC',
    'users.csv, senders.csv   can be imported again',
    'messages.csv   where each message went and why, without content; as many days as tracking is kept',
    'audit.csv   who did what',
    '',
    'Passwords, private keys and tokens are not part of it. Archived mail is exported on the archive’s page.',
    '',
  ].join('\n')
}
