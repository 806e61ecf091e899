// Queries of the operator's application at Microsoft and of the consents to it.
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { holdersOfCloudIds } from '../outbound/store.ts'

export type ProviderAppRow = Row<'provider_app'>
export type ConsentRow = Row<'entra_consent'>

const ID = 'entra'

export async function findApp(db: Db | Trx): Promise<ProviderAppRow | null> {
  const row = await db.selectFrom('provider_app').selectAll().where('id', '=', ID).executeTakeFirst()
  return row ?? null
}

export async function putApp(trx: Trx, row: Omit<ProviderAppRow, 'id'>): Promise<void> {
  await trx
    .insertInto('provider_app')
    .values({ id: ID, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** The application goes, and with it every consent. */
export async function deleteApp(trx: Trx): Promise<void> {
  await trx.deleteFrom('provider_app').where('id', '=', ID).execute()
  await deleteConsents(trx)
}

/** Of all organisations: they were given to an application that is no longer ours. */
export async function deleteConsents(trx: Trx): Promise<void> {
  await acrossTenants(trx).deleteFrom('entra_consent').execute()
}

export async function countConsents(db: Db): Promise<number> {
  const { count } = await acrossTenants(db)
    .selectFrom('entra_consent')
    .select((select) => select.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The consent of one organisation, and of no other. */
export async function findConsent(db: Db | Trx, tenantId: string): Promise<ConsentRow | null> {
  const row = await db
    .selectFrom('entra_consent')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ?? null
}

/** Whether another organisation here holds a tenant of Microsoft: by consent, or because mail proved it. */
export async function isHeldElsewhere(trx: Trx, tenantId: string, entraTenant: string): Promise<boolean> {
  const [consents, clouds] = await Promise.all([
    acrossTenants(trx)
      .selectFrom('entra_consent')
      .select('tenant_id')
      .where('entra_tenant', '=', entraTenant)
      .where('tenant_id', '!=', tenantId)
      .execute(),
    holdersOfCloudIds(trx, 'microsoft-365', [entraTenant]),
  ])
  return consents.length > 0 || clouds.some((row) => row.isProven && row.tenant_id !== tenantId)
}

export async function putConsent(trx: Trx, { tenant_id, ...row }: ConsentRow): Promise<void> {
  await trx
    .insertInto('entra_consent')
    .values({ tenant_id, ...row })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(row))
    .execute()
}

export async function deleteConsent(trx: Trx, tenantId: string): Promise<void> {
  await trx.deleteFrom('entra_consent').where('tenant_id', '=', tenantId).execute()
}

export async function slugOfTenant(db: Db, tenantId: string): Promise<string | null> {
  const row = await db.selectFrom('tenant').select('slug').where('id', '=', tenantId).executeTakeFirst()
  return row?.slug ?? null
}

export async function validatedDomains(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .orderBy('name')
    .execute()
  return rows.map(({ name }) => name)
}
