// Queries of domains: rows, who holds a name, and what is due for a look.
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { ProofLook } from './proof.ts'

export type DomainRow = Row<'domain'>
export type MxRecordSeen = { readonly exchange: string; readonly preference: number }

export function domainsOf(db: Db, tenantId: string): Promise<DomainRow[]> {
  return db
    .selectFrom('domain')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('is_primary', 'desc')
    .orderBy('name')
    .execute()
}

/** A domain by id or name; null when the tenant has none such. */
export async function findDomain(db: Db, tenantId: string, reference: string): Promise<DomainRow | null> {
  const row = await db
    .selectFrom('domain')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', reference), where('name', '=', reference.toLowerCase())]))
    .executeTakeFirst()
  return row ?? null
}

/** Names of the tenant's validated domains. */
export async function validatedNames(db: Db, tenantId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .execute()
  return new Set(rows.map(({ name }) => name))
}

/** Who has validated which of these names, in the whole installation. */
export async function holdersOf(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, { readonly tenantId: string }>> {
  if (names.length === 0) return new Map()
  const rows = await acrossTenants(db)
    .selectFrom('domain')
    .select(['name', 'tenant_id'])
    .where('name', 'in', [...names])
    .where('validated_at', 'is not', null)
    .execute()
  return new Map(rows.map(({ name, tenant_id }) => [name, { tenantId: tenant_id }]))
}

/** Users with an address in each domain. */
export async function userCounts(db: Db, tenantId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('user_address')
    .select((select) => ['domain', select.fn.count<number>('user_id').distinct().as('users')])
    .where('tenant_id', '=', tenantId)
    .groupBy('domain')
    .execute()
  return new Map(rows.map(({ domain, users }) => [domain, Number(users)]))
}

/** Whether the tenant has such a route. */
export async function hasRoute(db: Db, tenantId: string, routeId: string): Promise<boolean> {
  const row = await db
    .selectFrom('route')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', routeId)
    .executeTakeFirst()
  return row !== undefined
}

/** Where inbound mail goes by default; null while there is no route. */
export async function defaultInboundRoute(db: Db, tenantId: string): Promise<Row<'route'> | null> {
  const row = await db
    .selectFrom('route')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('default_for', '=', 'inbound')
    .executeTakeFirst()
  return row ?? null
}

/** Users of a domain that a directory names. */
export async function directoryUsers(db: Db, row: Pick<DomainRow, 'tenant_id' | 'name'>): Promise<number> {
  const found = await db
    .selectFrom('user_address')
    .select((select) => select.fn.count<number>('user_id').distinct().as('users'))
    .where('tenant_id', '=', row.tenant_id)
    .where('domain', '=', row.name)
    .where('source', '=', 'directory')
    .executeTakeFirst()
  return Number(found?.users ?? 0)
}

/** Domains of all tenants whose proof is due for a look. */
export function dueDomains(db: Db, now: number, limit: number): Promise<DomainRow[]> {
  return acrossTenants(db)
    .selectFrom('domain')
    .selectAll()
    .where('next_check_at', '<=', now)
    .orderBy('next_check_at')
    .limit(limit)
    .execute()
}

export function proofLookOf(row: Pick<DomainRow, 'observation'>): ProofLook | null {
  return row.observation === null ? null : (JSON.parse(row.observation) as ProofLook)
}

export function mxBeforeOf(row: Pick<DomainRow, 'mx_before'>): readonly MxRecordSeen[] {
  return row.mx_before === null ? [] : (JSON.parse(row.mx_before) as MxRecordSeen[])
}

export function jsonOf(value: ProofLook | readonly MxRecordSeen[]): string {
  return JSON.stringify(value)
}
