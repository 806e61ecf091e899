// How long an organisation keeps what: read, chosen within bounds, and holds that keep an address from being
// erased.
import {
  HOLDS_MAX,
  type RetentionClass,
  type RetentionView,
  retentionClasses,
} from '@gatepost/contract/retention.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { newId } from '#platform/random.ts'
import { isUniqueViolation } from '#store/errors.ts'
import type { Db } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

const names = Object.keys(retentionClasses) as RetentionClass[]

export async function getRetention(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { store }: Pick<Deps, 'store'>,
): Promise<RetentionView> {
  const [chosen, runs, holds] = await Promise.all([
    store.db.selectFrom('retention').selectAll().where('tenant_id', '=', tenantId).execute(),
    store.db.selectFrom('retention_run').selectAll().where('tenant_id', '=', tenantId).execute(),
    store.db
      .selectFrom('data_hold')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('address_key')
      .execute(),
  ])
  return {
    items: names.map((name) => {
      const own = chosen.find((row) => row.class === name)
      const run = runs.find((row) => row.class === name)
      return {
        class: name,
        days: own === undefined ? retentionClasses[name].usual : own.days,
        usual: own === undefined,
        changedAt: own?.changed_at ?? null,
        changedBy: own?.changed_by ?? null,
        lastRunAt: run?.at ?? null,
        lastRemoved: run?.removed ?? 0,
      }
    }),
    holds: holds.map((row) => ({
      id: row.id,
      address: row.address,
      reason: row.reason,
      createdAt: row.created_at,
      createdBy: row.created_by,
    })),
  }
}

/** Chooses other days. Throws `invalid-input` outside of the bounds. */
export async function setRetention(
  scope: Scope,
  input: { readonly class: RetentionClass; readonly days: number | null },
  deps: Deps,
): Promise<RetentionView> {
  const { min, max, forever, name } = retentionClasses[input.class]
  const isInside = input.days === null ? forever : input.days >= min && input.days <= max
  if (!isInside) {
    const message = `${name}: between ${min} and ${max} days${forever ? ', or for ever' : ''}.`
    throw invalidInput([{ path: '/days', message }])
  }
  const at = deps.clock.now()
  await deps.store.transaction(async (trx) => {
    const before = await trx
      .selectFrom('retention')
      .select('days')
      .where('tenant_id', '=', scope.tenantId)
      .where('class', '=', input.class)
      .executeTakeFirst()
    const was = before === undefined ? retentionClasses[input.class].usual : before.days
    const revision = await changeSettings(trx, scope, {
      action: 'retention.changed',
      subject: `retention of ${name.toLowerCase()}`,
      before: { days: was ?? 'for ever' },
      after: { days: input.days ?? 'for ever' },
      at,
    })
    const fields = { days: input.days, changed_at: at, changed_by: scope.actor.name, revision }
    await trx
      .insertInto('retention')
      .values({ tenant_id: scope.tenantId, class: input.class, ...fields })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'class']).doUpdateSet(fields))
      .execute()
  })
  deps.link.settingsChanged()
  return getRetention(scope, deps)
}

/** Keeps an address from being erased. */
export async function addHold(
  scope: Scope,
  input: { readonly address: string; readonly reason: string },
  deps: Deps,
): Promise<RetentionView> {
  const { address, reason } = input
  if ((mailboxOf(address)?.domain ?? '') === '') {
    throw invalidInput([{ path: '/address', message: `“${address}” is not an e-mail address.` }])
  }
  const now = deps.clock.now()
  await deps.store.transaction(async (trx) => {
    await requireRoom(trx, scope.tenantId)
    const row = { id: newId('opr', now), tenant_id: scope.tenantId, address, reason }
    await trx
      .insertInto('data_hold')
      .values({ ...row, address_key: addressKey(address), created_at: now, created_by: scope.actor.name })
      .execute()
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error
        throw invalidInput([{ path: '/address', message: 'There is a hold on this address already.' }])
      })
    const event = { action: 'hold.added', subject: `hold on ${address}`, before: null, after: { reason } }
    await appendAudit(trx, scope, { ...event, at: now })
  })
  return getRetention(scope, deps)
}

export async function removeHold(scope: Scope, id: string, { store, clock }: Deps): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx
      .deleteFrom('data_hold')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .returning(['address', 'reason'])
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'There is no such hold any more.')
    const event = { action: 'hold.removed', subject: `hold on ${row.address}`, after: null }
    await appendAudit(trx, scope, { ...event, before: { reason: row.reason }, at: clock.now() })
  })
}

/** Throws `on-hold` with the reason. */
export async function requireNoHold(db: Db, tenantId: string, key: string): Promise<void> {
  const row = await db
    .selectFrom('data_hold')
    .select('reason')
    .where('tenant_id', '=', tenantId)
    .where('address_key', '=', key)
    .executeTakeFirst()
  if (row) throw problem('on-hold', `A hold keeps this data: ${row.reason}. End the hold first.`)
}

async function requireRoom(db: Db, tenantId: string): Promise<void> {
  const { count } = await db
    .selectFrom('data_hold')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= HOLDS_MAX) throw problem('limit-reached', `At most ${HOLDS_MAX} holds are kept.`)
}
