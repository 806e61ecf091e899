// Keeps what the last look at the installation showed, in the observations of the system's own tenant.
import type { Store } from '#store/open.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import type { Finding } from './finding.ts'

const KEY = { tenant_id: SYSTEM_TENANT, subject: 'gateway', name: 'readiness' } as const

export type Observed = {
  readonly findings: readonly Finding[]
  readonly zone: string
  readonly checkedAt: number
  readonly nextCheckAt: number
}

export async function loadReadiness({ db }: Pick<Store, 'db'>): Promise<Observed | null> {
  const row = await db
    .selectFrom('observation')
    .select(['value', 'checked_at', 'next_check_at'])
    .where('tenant_id', '=', KEY.tenant_id)
    .where('subject', '=', KEY.subject)
    .where('name', '=', KEY.name)
    .executeTakeFirst()
  if (!row) return null
  const { findings, zone } = JSON.parse(row.value) as Pick<Observed, 'findings' | 'zone'>
  return { findings, zone, checkedAt: row.checked_at, nextCheckAt: row.next_check_at ?? row.checked_at }
}

export async function storeReadiness({ db }: Pick<Store, 'db'>, observed: Observed): Promise<void> {
  const { findings, zone, checkedAt, nextCheckAt } = observed
  const value = JSON.stringify({ findings, zone })
  const failures = findings.filter(({ state }) => state === 'failed').length
  const row = { value, checked_at: checkedAt, next_check_at: nextCheckAt, failures }
  await db
    .insertInto('observation')
    .values({ ...KEY, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'subject', 'name']).doUpdateSet(row))
    .execute()
}
