// Queries of trusted services.
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'

export type ServiceRow = Row<'trusted_service'>

export function servicesOf(db: Db, tenantId: string): Promise<ServiceRow[]> {
  return db
    .selectFrom('trusted_service')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .execute()
}

export async function findService(db: Db, tenantId: string, id: string): Promise<ServiceRow | null> {
  const row = await db
    .selectFrom('trusted_service')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function insertService(trx: Trx, row: ServiceRow): Promise<void> {
  await trx.insertInto('trusted_service').values(row).execute()
}

export async function deleteService(trx: Trx, { tenant_id, id }: ServiceRow): Promise<void> {
  await trx.deleteFrom('trusted_service').where('tenant_id', '=', tenant_id).where('id', '=', id).execute()
}
