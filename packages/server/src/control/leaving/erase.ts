// Erases an organisation that left: once the cooling-off is over and the operator agreed, everything is
// looked at once more, then all of it goes in one transaction, with a receipt.
import type { Receipt } from '@gatepost/contract/leaving.ts'
import { removeFile } from '#platform/files.ts'
import { newId } from '#platform/random.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import { appendFeed } from '#store/feed.ts'
import type { Store, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { tenantTables } from '#store/tenant-tables.ts'
import type { ArchiveDeps } from '../archive/deps.ts'
import { destroyArchive } from '../archive/settings.ts'
import { appendAudit } from '../audit/audit.ts'
import { eraseKnownAuthors } from '../first-contact/store.ts'
import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { deleteSenders } from '../sender/write-store.ts'
import { markDirty } from '../settings/settings.ts'
import { tenantById } from '../tenant/store.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { dropExports, type ExportDeps, exportsOf, pathOf } from './export.ts'
import { blockersOf, type GateDeps, leavingChecks } from './gates.ts'
import { keepReceipt } from './receipt.ts'

export type EraseDeps = GateDeps &
  Omit<ExportDeps, 'tracking'> &
  ArchiveDeps & {
    readonly secrets: SecretBox
    readonly tracking: Pick<Tracking, 'removeTenant'>
  }

const LOOK_MS = 600_000
const SENDERS_PER_PART_MAX = 2_000
const ACTOR = { kind: 'system', name: 'leaving' } as const

/** Lists that are erased in parts. */
const OF_THEIR_OWN = ['managed-sender', 'known-author'] as const
/** Told to the publisher, which forgets the tenant and clears these itself. */
const LEFT_TO_PUBLISHER: ReadonlySet<string> = new Set(['tenant_dirty', 'shard', 'feed'])
/** Notes of cuts in the audit log hold no word of anybody, and the database lets none go. */
const NEVER: ReadonlySet<string> = new Set(['audit_cut'])
/** Rows that refer to users go before them. */
const FIRST = ['user_address', 'user_source', 'group_member', 'role_binding'] as const

/** Erases what is due, and drops exports that are over, until the signal aborts. */
export async function watchDepartures(deps: EraseDeps, signal: AbortSignal): Promise<void> {
  const { clock, emit } = deps
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal)
    if (signal.aborted) return
    await eraseDue(deps).catch((error) => emit('control.request.failed', { what: 'leaving', error }))
    await dropExports(deps).catch((error) => emit('control.request.failed', { what: 'exports', error }))
  }
}

/** One round. What stands in the way is kept as `fault`, so that people see it. */
export async function eraseDue(deps: EraseDeps): Promise<readonly Receipt[]> {
  const { store, clock } = deps
  const due = await acrossTenants(store.db)
    .selectFrom('departure')
    .select('tenant_id')
    .where('erase_at', '<=', clock.now())
    .where('agreed_at', 'is not', null)
    .execute()
  const receipts: Receipt[] = []
  for (const { tenant_id: tenantId } of due) {
    const scope: Scope = { tenantId, actor: ACTOR, from: 'internal' }
    const [blocker] = blockersOf(await leavingChecks(scope, deps)).filter(({ name }) => name !== 'exported')
    if (blocker) await keepFault(store, tenantId, `${blocker.title}: ${blocker.saw}`)
    else receipts.push(await eraseTenant(scope, deps))
  }
  return receipts
}

/**
 * Everything of one organisation. The archive's key and tracking go first: what remains could be found again.
 */
async function eraseTenant(scope: Scope, deps: EraseDeps): Promise<Receipt> {
  const { store, clock, secrets, link, tracking } = deps
  const { tenantId } = scope
  const tenant = (await tenantById(store.db, tenantId))!
  const archive = await eraseArchive(scope, tenant.slug, deps)
  const messages = await tracking.removeTenant(tenantId)
  for (const { id } of await exportsOf(store.db, tenantId)) removeFile(pathOf(id, deps))
  const senders = await eraseSenders(store, tenantId, clock.now())
  await eraseAuthors(store, tenantId, clock.now())
  const receipt = await store.transaction(async (trx) => {
    const now = clock.now()
    await tellEdges(trx, { tenantId, dialect: store.dialect, now })
    const accounts = await eraseAccounts(trx, tenantId)
    await cutAudit(trx, tenantId, now)
    const rows: Record<string, number> = {}
    const rest = tenantTables.filter((table) => !LEFT_TO_PUBLISHER.has(table) && !NEVER.has(table))
    for (const table of new Set([...FIRST, ...rest])) {
      // Every table of the list has a tenant_id, which the type of a table chosen at run time cannot say.
      const { numDeletedRows } = await trx
        .deleteFrom(table as 'route')
        .where('tenant_id', '=', tenantId)
        .executeTakeFirst()
      if (numDeletedRows > 0n) rows[table] = Number(numDeletedRows)
    }
    await trx.deleteFrom('tenant').where('id', '=', tenantId).execute()
    await markDirty(trx, tenantId, now)
    const document = {
      erasedAt: new Date(now).toISOString(),
      organisation: tenant.name,
      id: tenantId,
      primaryDomain: tenant.primary_domain,
      removed: { ...rows, accounts, senders, messages, archive },
      stays: [
        'Backups made before hold what they held; they go when they are deleted.',
        'Notes that the audit log was cut, without its content.',
        'Removal notices in the change feed name keys until the feed is compacted.',
      ],
    }
    const made = await keepReceipt(trx, { name: tenant.name, document, now }, secrets)
    const event = { action: 'organisation.erased', subject: `receipt ${made.id}`, before: null, after: null }
    await appendAudit(trx, { ...scope, tenantId: null }, { ...event, at: now })
    return made
  })
  link.settingsChanged()
  return receipt
}

async function eraseArchive(scope: Scope, slug: string, deps: EraseDeps): Promise<'destroyed' | 'none'> {
  try {
    await destroyArchive(scope, { slug, reason: 'the organisation left' }, deps)
    return 'destroyed'
  } catch (error) {
    if (error instanceof Problem && error.problemName === 'not-found') return 'none'
    throw error
  }
}

/** In parts: a million entries are no single transaction. Edges are told with each. */
async function eraseSenders(store: Store, tenantId: string, now: number): Promise<number> {
  // What was said of entries before goes; removal notices follow.
  await store.db
    .deleteFrom('feed')
    .where('tenant_id', '=', tenantId)
    .where('list', '=', 'managed-sender')
    .execute()
  for (let removed = 0; ; ) {
    const gone = await store.transaction(async (trx) => {
      const rows = await trx
        .selectFrom('managed_sender')
        .select(['user_key', 'sender'])
        .where('tenant_id', '=', tenantId)
        .limit(SENDERS_PER_PART_MAX)
        .execute()
      if (rows.length > 0) await deleteSenders(trx, rows, { tenantId, now, dialect: store.dialect })
      return rows.length
    })
    removed += gone
    if (gone < SENDERS_PER_PART_MAX) return removed
  }
}

/** The same for authors who wrote before. */
async function eraseAuthors(
  { db, transaction, dialect }: Store,
  tenantId: string,
  now: number,
): Promise<void> {
  await db.deleteFrom('feed').where('tenant_id', '=', tenantId).where('list', '=', 'known-author').execute()
  for (let gone = 1; gone > 0; ) {
    gone = await transaction((trx) => eraseKnownAuthors(trx, tenantId, { dialect, now }))
  }
}

/** Every key that edges ever had of the other lists is taken away; what was said of them before goes. */
async function tellEdges(
  trx: Trx,
  { tenantId, dialect, now }: { tenantId: string; dialect: Store['dialect']; now: number },
): Promise<void> {
  const rows = await trx
    .selectFrom('feed')
    .select(['list', 'key'])
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('list', 'not in', OF_THEIR_OWN)
    .execute()
  const changes = rows.map(({ list, key }) => ({ tenantId, list, key, value: null }))
  await trx
    .deleteFrom('feed')
    .where('tenant_id', '=', tenantId)
    .where('list', 'not in', OF_THEIR_OWN)
    .execute()
  await appendFeed(trx, changes, { dialect, now })
}

/** People who have a role nowhere else lose their account; operators keep theirs. */
async function eraseAccounts(trx: Trx, tenantId: string): Promise<number> {
  const people = await acrossTenants(trx)
    .selectFrom('person')
    .select(['id'])
    .where('operator', '=', 0)
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('id', 'in', selectFrom('role_binding').select('person_id').where('tenant_id', '=', tenantId)),
        eb('user_id', 'in', selectFrom('user').select('id').where('tenant_id', '=', tenantId)),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('role_binding as other')
            .select('other.person_id')
            .whereRef('other.person_id', '=', 'person.id')
            .where('other.tenant_id', '<>', tenantId),
        ),
      ),
    )
    .execute()
  const ids = people.map(({ id }) => id)
  await acrossTenants(trx)
    .updateTable('person')
    .set({ user_id: null })
    .where('user_id', 'in', (from) => from.selectFrom('user').select('id').where('tenant_id', '=', tenantId))
    .execute()
  if (ids.length === 0) return 0
  await trx
    .deleteFrom('role_binding')
    .where('tenant_id', '=', tenantId)
    .where('person_id', 'in', ids)
    .execute()
  for (const table of ['second_factor', 'recovery_code', 'password_history', 'session'] as const)
    await trx.deleteFrom(table).where('person_id', 'in', ids).execute()
  await trx.deleteFrom('person').where('id', 'in', ids).execute()
  return ids.length
}

/** The database lets entries go only up to a cut that is noted. */
async function cutAudit(trx: Trx, tenantId: string, now: number): Promise<void> {
  const note = 'the organisation left'
  await trx
    .insertInto('audit_cut')
    .values({ id: newId('aud', now), tenant_id: tenantId, before_at: now + 1, at: now, note })
    .execute()
}

async function keepFault(store: Store, tenantId: string, fault: string): Promise<void> {
  await store.db.updateTable('departure').set({ fault }).where('tenant_id', '=', tenantId).execute()
}
