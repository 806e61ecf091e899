// Every night each organisation's data that is past its days goes, class by class; the audit log notes its
// own cut first, else the database lets nothing go.
import { type RetentionClass, retentionClasses } from '@gatepost/contract/retention.ts'
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { eachNight } from '../nightly.ts'
import type { ControlDeps } from '../scope.ts'
import { noteRun } from './store.ts'

const DAY_MS = 86_400_000
/** UTC hour of the night's run: few people work then. */
const HOUR = 2
/** Rows that go in one transaction, so that nobody waits long for the writer. */
const BATCH = 5_000

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'emit'>
/** Tracking and held mail are kept by those who hold them (tracking.ts, delivery/retention.ts). */
type OwnClass = Exclude<RetentionClass, 'tracking' | 'held'>

/** Runs once a night until the signal aborts. */
export function watchRetention(deps: Deps, signal: AbortSignal): Promise<void> {
  return eachNight(deps, { hour: HOUR, what: 'retention', work: () => applyRetention(deps) }, signal)
}

/** Removes what is over, of every tenant; resolves with how many rows went. */
export async function applyRetention({ store, clock }: Pick<Deps, 'store' | 'clock'>): Promise<number> {
  const tenants = await store.db.selectFrom('tenant').select('id').execute()
  let removed = 0
  for (const { id } of tenants) {
    for (const name of Object.keys(removers) as OwnClass[]) {
      const days = await daysOf(store, id, name)
      if (days === null) continue
      const now = clock.now()
      const gone = await removeAll(store, { tenantId: id, name, before: now - days * DAY_MS, now })
      await noteRun(store.db, { tenantId: id, class: name, at: now, removed: gone })
      removed += gone
    }
  }
  return removed
}

async function daysOf(store: Store, tenantId: string, name: OwnClass): Promise<number | null> {
  const row = await store.db
    .selectFrom('retention')
    .select('days')
    .where('tenant_id', '=', tenantId)
    .where('class', '=', name)
    .executeTakeFirst()
  return row === undefined ? retentionClasses[name].usual : row.days
}

type Cut = {
  readonly tenantId: string
  readonly name: OwnClass
  readonly before: number
  readonly now: number
}

async function removeAll(store: Store, cut: Cut): Promise<number> {
  if (cut.name === 'audit') await noteCut(store, cut)
  let removed = 0
  for (;;) {
    const gone = await store.transaction((trx) => removers[cut.name](trx, cut))
    removed += gone
    if (gone < BATCH) return removed
  }
}

/** The database lets entries go only up to a cut that is noted; the note itself never goes. */
async function noteCut(store: Store, { tenantId, before, now }: Cut): Promise<void> {
  await store.transaction(async (trx) => {
    const first = await trx
      .selectFrom('audit')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('at', '<', before)
      .limit(1)
      .executeTakeFirst()
    if (!first) return
    const note = `retention of the audit log, everything before ${new Date(before).toISOString()}`
    await trx
      .insertInto('audit_cut')
      .values({ id: newId('aud', now), tenant_id: tenantId, before_at: before, at: now, note })
      .execute()
    const scope = { tenantId, actor: { kind: 'system', name: 'retention' }, from: 'internal' } as const
    const event = { action: 'audit.cut', subject: note, before: null, after: null, at: now }
    await appendAudit(trx, scope, event)
  })
}

type Remover = (trx: Trx, cut: Pick<Cut, 'tenantId' | 'before'>) => Promise<number>

const removers: { readonly [Name in OwnClass]: Remover } = {
  audit: (trx, cut) => removeOldest(trx, cut, { table: 'audit', time: 'at' }),
  activity: (trx, cut) => removeOldest(trx, cut, { table: 'activity', time: 'at' }),
  imports: (trx, cut) => removeOldest(trx, cut, { table: 'user_import', time: 'created_at' }),
  'seen-recipients': async (trx, { tenantId, before }) => {
    const { numDeletedRows } = await trx
      .deleteFrom('seen_recipient')
      .where('tenant_id', '=', tenantId)
      .where('last_seen_at', '<', before)
      .executeTakeFirst()
    return Number(numDeletedRows)
  },
  synchronisations: (trx, cut) =>
    removeOldest(trx, cut, {
      table: 'sync_run',
      time: 'finished_at',
      first: async (ids) => {
        const changes = trx.deleteFrom('sync_change').where('tenant_id', '=', cut.tenantId)
        await changes.where('run_id', 'in', ids).execute()
      },
    }),
}

type OldRows = {
  readonly table: 'audit' | 'activity' | 'user_import' | 'sync_run'
  readonly time: 'at' | 'created_at' | 'finished_at'
  /** What hangs on the rows goes before them. */
  readonly first?: (ids: readonly string[]) => Promise<void>
}

/** Removes one batch of rows from before the cut; returns how many went. */
async function removeOldest(
  trx: Trx,
  { tenantId, before }: Pick<Cut, 'tenantId' | 'before'>,
  { table, time, first }: OldRows,
): Promise<number> {
  const { table: from, ref } = trx.dynamic
  const rows = await trx
    .selectFrom(from(table).as('old'))
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where(ref(time), '<', before)
    .limit(BATCH)
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await first?.(ids)
  await trx.deleteFrom(table).where('tenant_id', '=', tenantId).where('id', 'in', ids).execute()
  return ids.length
}
