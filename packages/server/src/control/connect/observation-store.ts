// Observations: what a look at the world showed, when, and when the next look is due. States are derived,
// never kept.
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type ObservationKey = { readonly tenantId: string; readonly subject: string; readonly name: string }

export type Observation<Value> = {
  readonly value: Value
  readonly checkedAt: number
  readonly nextCheckAt: number | null
  /** Looks in vain in a row. */
  readonly failures: number
}

export async function readObservation<Value>(
  db: Db,
  key: ObservationKey,
): Promise<Observation<Value> | null> {
  const row = await db
    .selectFrom('observation')
    .selectAll()
    .where('tenant_id', '=', key.tenantId)
    .where('subject', '=', key.subject)
    .where('name', '=', key.name)
    .executeTakeFirst()
  if (!row) return null
  const { checked_at, next_check_at, failures } = row
  return {
    value: JSON.parse(row.value) as Value,
    checkedAt: checked_at,
    nextCheckAt: next_check_at,
    failures,
  }
}

/** All observations of one name in a tenant, by subject. */
export async function observationsNamed<Value>(
  db: Db,
  tenantId: string,
  name: string,
): Promise<ReadonlyMap<string, Observation<Value>>> {
  const rows = await db
    .selectFrom('observation')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .execute()
  return new Map(
    rows.map(({ subject, value, checked_at, next_check_at, failures }) => [
      subject,
      { value: JSON.parse(value) as Value, checkedAt: checked_at, nextCheckAt: next_check_at, failures },
    ]),
  )
}

export async function writeObservation(
  db: Db,
  key: ObservationKey,
  { value, checkedAt, nextCheckAt, failures }: Observation<unknown>,
): Promise<void> {
  const fields = {
    value: JSON.stringify(value),
    checked_at: checkedAt,
    next_check_at: nextCheckAt,
    failures,
  }
  await db
    .insertInto('observation')
    .values({ tenant_id: key.tenantId, subject: key.subject, name: key.name, ...fields })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'subject', 'name']).doUpdateSet(fields))
    .execute()
}

/** Observations of one name that are due, of all tenants. */
export function dueObservations(
  db: Db,
  name: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<{ tenant_id: string; subject: string }[]> {
  return acrossTenants(db)
    .selectFrom('observation')
    .select(['tenant_id', 'subject'])
    .where('name', '=', name)
    .where('next_check_at', '<=', now)
    .orderBy('next_check_at')
    .limit(limit)
    .execute()
}
