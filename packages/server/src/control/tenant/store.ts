// Queries of organisations: rows to what the API shows.
import type { Environment } from '@gatepost/contract/common.ts'
import type { Tenant } from '@gatepost/contract/tenant.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type TenantRow = Row<'tenant'> & { readonly primary_domain: string | null }

/** The row of one tenant by id, or null. */
export async function tenantById(db: Db, id: string): Promise<TenantRow | null> {
  return (await withPrimaryDomain(db).where('tenant.id', '=', id).executeTakeFirst()) ?? null
}

/** Id of the tenant that people name by id or slug, or null. */
export async function findTenantId(db: Db, reference: string): Promise<string | null> {
  const row = await db
    .selectFrom('tenant')
    .select('id')
    .where((where) => where.or([where('id', '=', reference), where('slug', '=', reference)]))
    .executeTakeFirst()
  return row?.id ?? null
}

/** Those of the named tenants that are there, by id. */
export async function tenantsByIds(
  db: Db,
  options: { readonly ids: readonly string[]; readonly limit: number; readonly after: string | null },
): Promise<readonly TenantRow[]> {
  const { ids, limit, after } = options
  if (ids.length === 0) return []
  return withPrimaryDomain(db)
    .where('tenant.id', 'in', ids)
    .$if(after !== null, (query) => query.where('tenant.id', '>', after!))
    .orderBy('tenant.id')
    .limit(limit)
    .execute()
}

export function tenantOf(row: TenantRow): Tenant {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    primaryDomain: row.primary_domain ?? '',
    environment: row.environment as Environment,
    inboundOnly: row.inbound_only === 1,
    emergencyContact: { name: row.contact_name, email: row.contact_email, phone: row.contact_phone },
    postmaster: row.postmaster,
    createdAt: row.created_at,
    revision: row.revision,
  }
}

// A person's tenants are found by the person, so no single tenant can be compared here.
function withPrimaryDomain(db: Db) {
  return acrossTenants(db)
    .selectFrom('tenant')
    .leftJoin('domain', (join) =>
      join.onRef('domain.tenant_id', '=', 'tenant.id').on('domain.is_primary', '=', 1),
    )
    .selectAll('tenant')
    .select('domain.name as primary_domain')
}
