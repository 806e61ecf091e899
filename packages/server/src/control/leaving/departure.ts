// Leaving as a wizard sees it: what is checked live, the request with its cooling-off, undo, and the
// operator's word.
import type { Check } from '@gatepost/contract/common.ts'
import { COOLING_OFF_DAYS, type Departure } from '@gatepost/contract/leaving.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Actor, Scope } from '../scope.ts'
import { tenantById } from '../tenant/store.ts'
import { exportsOf, shownExport } from './export.ts'
import { blockersOf, type GateDeps, leavingChecks } from './gates.ts'
import { receiptsOf } from './receipt.ts'

const DAY_MS = 86_400_000

export async function getDeparture(scope: Scope, deps: GateDeps): Promise<Departure> {
  const { store, clock } = deps
  const [tenant, request, exports, checks] = await Promise.all([
    tenantById(store.db, scope.tenantId),
    requestOf(scope.tenantId, deps),
    exportsOf(store.db, scope.tenantId),
    leavingChecks(scope, deps),
  ])
  if (!tenant) throw problem('not-found')
  return {
    organisation: tenant.name,
    slug: tenant.slug,
    checks: [...checks],
    exports: exports.map((row) => shownExport(row, clock.now())),
    request: request && {
      askedAt: request.asked_at,
      askedBy: request.asked_by,
      eraseAt: request.erase_at,
      agreedAt: request.agreed_at,
      agreedBy: request.agreed_by,
      fault: request.fault,
    },
  }
}

/**
 * Begins the cooling-off. Throws `invalid-input` unless the name is typed, `on-hold`, and `leaving-blocked`
 * while mail still comes through here or nothing was exported.
 */
export async function requestDeparture(
  scope: Scope,
  { name }: { readonly name: string },
  deps: GateDeps,
): Promise<Departure> {
  const { store, clock } = deps
  const tenant = await tenantById(store.db, scope.tenantId)
  if (!tenant) throw problem('not-found')
  if (name.trim() !== tenant.name) {
    throw invalidInput([{ path: '/name', message: `Type the name exactly: ${tenant.name}` }])
  }
  requireOpenWay(await leavingChecks(scope, deps))
  const now = clock.now()
  const row: Row<'departure'> = {
    tenant_id: scope.tenantId,
    asked_at: now,
    asked_by: scope.actor.name,
    erase_at: now + COOLING_OFF_DAYS * DAY_MS,
    agreed_at: null,
    agreed_by: null,
    fault: null,
  }
  await store.transaction(async (trx) => {
    await trx
      .insertInto('departure')
      .values(row)
      .onConflict((conflict) => conflict.column('tenant_id').doNothing())
      .execute()
    const event = { action: 'leaving.requested', subject: `organisation ${tenant.name}`, before: null }
    await appendAudit(trx, scope, { ...event, after: { eraseAt: row.erase_at }, at: now })
  })
  return getDeparture(scope, deps)
}

/** Takes the request back. Throws `not-found`. */
export async function cancelDeparture(
  scope: Scope,
  { store, clock }: Pick<GateDeps, 'store' | 'clock'>,
): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx
      .deleteFrom('departure')
      .where('tenant_id', '=', scope.tenantId)
      .returning('asked_at')
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'Nobody asked to leave.')
    const event = { action: 'leaving.cancelled', subject: 'leaving', after: null, at: clock.now() }
    await appendAudit(trx, scope, { ...event, before: { askedAt: row.asked_at } })
  })
}

/** Organisations on their way out, and receipts of those that are gone. */
export async function listDepartures({ store }: Pick<GateDeps, 'store'>) {
  const rows = await acrossTenants(store.db)
    .selectFrom('departure')
    .innerJoin('tenant', 'tenant.id', 'departure.tenant_id')
    .selectAll('departure')
    .select(['tenant.slug', 'tenant.name'])
    .orderBy('departure.erase_at')
    .execute()
  return {
    items: rows.map((row) => ({
      tenant: row.tenant_id,
      slug: row.slug,
      name: row.name,
      askedAt: row.asked_at,
      askedBy: row.asked_by,
      eraseAt: row.erase_at,
      agreedAt: row.agreed_at,
      agreedBy: row.agreed_by,
      fault: row.fault,
    })),
    receipts: await receiptsOf(store.db),
  }
}

/** The operator's word; the organisation sees it. Throws `not-found`. */
export async function agreeToDeparture(
  by: { readonly actor: Actor; readonly from: string },
  tenantId: string,
  { store, clock }: Pick<GateDeps, 'store' | 'clock'>,
): Promise<void> {
  const now = clock.now()
  await store.transaction(async (trx) => {
    const row = await trx
      .updateTable('departure')
      .set({ agreed_at: now, agreed_by: by.actor.name })
      .where('tenant_id', '=', tenantId)
      .returning('erase_at')
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'This organisation did not ask to leave.')
    const actor = { ...by.actor, asOperator: true } as Actor
    const event = { action: 'leaving.agreed', subject: 'leaving', before: null, at: now }
    await appendAudit(trx, { tenantId, actor, from: by.from }, { ...event, after: { eraseAt: row.erase_at } })
  })
}

export async function requestOf(
  tenantId: string,
  { store }: Pick<GateDeps, 'store'>,
): Promise<Row<'departure'> | null> {
  const row = await store.db
    .selectFrom('departure')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ?? null
}

function requireOpenWay(checks: readonly Check[]): void {
  const blockers = blockersOf(checks)
  const hold = blockers.find(({ name }) => name === 'holds')
  if (hold) throw problem('on-hold', hold.saw)
  const [first] = blockers
  if (first) throw problem('leaving-blocked', `${first.title}: ${first.saw} ${first.remedy ?? ''}`.trim())
}
