// Queries of authorised outbound addresses.
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'

export type OutboundRow = Row<'authorized_outbound'>

export function addressesOf(db: Db, tenantId: string): Promise<OutboundRow[]> {
  return db
    .selectFrom('authorized_outbound')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** By id or by the address itself. */
export async function findAddress(db: Db, tenantId: string, reference: string): Promise<OutboundRow | null> {
  const row = await db
    .selectFrom('authorized_outbound')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', reference), where('address', '=', reference)]))
    .executeTakeFirst()
  return row ?? null
}

export function credentialsOf(db: Db, tenantId: string): Promise<Row<'smtp_credential'>[]> {
  return db
    .selectFrom('smtp_credential')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .orderBy('id')
    .execute()
}

/** By id or user name. */
export async function findCredential(
  db: Db,
  tenantId: string,
  reference: string,
): Promise<Row<'smtp_credential'> | null> {
  const row = await db
    .selectFrom('smtp_credential')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', reference), where('username', '=', reference)]))
    .executeTakeFirst()
  return row ?? null
}

export function cloudLinksOf(db: Db, tenantId: string): Promise<Row<'cloud_link'>[]> {
  return db.selectFrom('cloud_link').selectAll().where('tenant_id', '=', tenantId).execute()
}

export function cloudTenantsOf(db: Db, tenantId: string): Promise<Row<'cloud_tenant'>[]> {
  return db
    .selectFrom('cloud_tenant')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('domain')
    .execute()
}
