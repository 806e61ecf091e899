// Queries of Connect: skipped steps, whose state may have changed, and the lease of the one who checks.
import type { StepName } from '@gatepost/contract/connect.ts'
import type { Db, Trx } from '#store/open.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { idFloor } from '../tracking/days.ts'

export async function skippedSteps(db: Db, tenantId: string): Promise<ReadonlySet<StepName>> {
  const rows = await db.selectFrom('step_skip').select('step').where('tenant_id', '=', tenantId).execute()
  return new Set(rows.map(({ step }) => step as StepName))
}

/** Notes or forgets that a step is skipped. */
export async function keepSkip(
  trx: Trx,
  tenantId: string,
  skip: { readonly step: StepName; readonly skipped: boolean; readonly by: string; readonly now: number },
): Promise<void> {
  if (!skip.skipped) {
    await trx
      .deleteFrom('step_skip')
      .where('tenant_id', '=', tenantId)
      .where('step', '=', skip.step)
      .execute()
    return
  }
  await trx
    .insertInto('step_skip')
    .values({ tenant_id: tenantId, step: skip.step, skipped_at: skip.now, skipped_by: skip.by })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'step']).doNothing())
    .execute()
}

/** For links to an organisation's pages. */
export async function slugOf(db: Db, tenantId: string): Promise<string> {
  const row = await db.selectFrom('tenant').select('slug').where('id', '=', tenantId).executeTakeFirst()
  return row?.slug ?? tenantId
}

export async function countUsers(db: Db, tenantId: string): Promise<number> {
  const { users } = await db
    .selectFrom('user')
    .select((select) => select.fn.countAll<number>().as('users'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return Number(users)
}

export async function allTenantIds(db: Db): Promise<string[]> {
  return (await db.selectFrom('tenant').select('id').orderBy('id').execute()).map(({ id }) => id)
}

/** What tracking notes of mail that passed. */
const MAIL_NOTES = ['first-outbound', 'first-inbound', 'refused-relay']

/** Tenants in which something was changed, or mail was noted, since a time. */
export async function tenantsTouched(db: Db, since: number): Promise<ReadonlySet<string>> {
  const all = acrossTenants(db)
  const [changed, noted] = await Promise.all([
    all.selectFrom('audit').select('tenant_id').distinct().where('id', '>=', auditFloor(since)).execute(),
    all
      .selectFrom('observation')
      .select('tenant_id')
      .distinct()
      .where('name', 'in', MAIL_NOTES)
      .where('checked_at', '>=', since)
      .execute(),
  ])
  return new Set([...changed, ...noted].flatMap(({ tenant_id }) => tenant_id ?? []))
}

/** Ids begin with their time, which spares the audit log an index. */
function auditFloor(time: number): string {
  const floor = idFloor(time)
  return `aud_${floor.slice(floor.indexOf('_') + 1)}`
}

/** Takes or keeps the right to run the checks, or the alerts; false while another holder's lease lasts. */
export async function takeLease(
  db: Db,
  {
    holder,
    now,
    until,
    subject = 'connect',
  }: {
    readonly holder: string
    readonly now: number
    readonly until: number
    readonly subject?: 'connect' | 'alerts' | 'awaited' | 'digests' | 'judge-again' | 'certificates'
  },
): Promise<boolean> {
  const lease = { tenant_id: SYSTEM_TENANT, subject, name: 'lease' } as const
  const value = JSON.stringify({ holder })
  const fields = { value, checked_at: now, next_check_at: until, failures: 0 }
  const taken = await db
    .updateTable('observation')
    .set(fields)
    .where('tenant_id', '=', lease.tenant_id)
    .where('subject', '=', lease.subject)
    .where('name', '=', lease.name)
    .where((where) => where.or([where('value', '=', value), where('next_check_at', '<=', now)]))
    .returning('subject')
    .executeTakeFirst()
  if (taken) return true
  const made = await db
    .insertInto('observation')
    .values({ ...lease, ...fields })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'subject', 'name']).doNothing())
    .returning('subject')
    .executeTakeFirst()
  return made !== undefined
}
