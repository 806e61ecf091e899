// Queries of authorised outbound addresses.
import type { CloudProvider } from '#policy/settings.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

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

/**
 * Who holds ids at a provider, in the whole installation, and whether the domain that proved each is still
 * theirs.
 */
export async function holdersOfCloudIds(
  db: Db,
  provider: CloudProvider,
  ids: readonly string[],
): Promise<
  readonly (Pick<Row<'cloud_tenant'>, 'cloud_id' | 'tenant_id'> & { readonly isProven: boolean })[]
> {
  if (ids.length === 0) return []
  const rows = await acrossTenants(db)
    .selectFrom('cloud_tenant')
    .leftJoin('domain', (join) =>
      join
        .onRef('domain.tenant_id', '=', 'cloud_tenant.tenant_id')
        .onRef('domain.name', '=', 'cloud_tenant.domain')
        .on('domain.validated_at', 'is not', null),
    )
    .select(['cloud_tenant.cloud_id', 'cloud_tenant.tenant_id', 'domain.id'])
    .where('cloud_tenant.provider', '=', provider)
    .where('cloud_tenant.cloud_id', 'in', [...ids])
    .execute()
  return rows.map(({ cloud_id, tenant_id, id }) => ({ cloud_id, tenant_id, isProven: id !== null }))
}
