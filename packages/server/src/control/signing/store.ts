// Queries of signing keys, of how domains sign, and of ARC.
import type { Db, Store, Trx } from '#store/open.ts'
import type { NewRow, Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type KeyRow = Row<'dkim_key'>
export type SigningDomainRow = Row<'signing_domain'>
export type ArcRow = Row<'arc_setting'>

export function keysOf(db: Db, tenantId: string): Promise<KeyRow[]> {
  return db
    .selectFrom('dkim_key')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export function keysOfDomain(db: Db, tenantId: string, domainId: string): Promise<KeyRow[]> {
  return db
    .selectFrom('dkim_key')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('domain_id', '=', domainId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export async function findKey(db: Db, tenantId: string, id: string): Promise<KeyRow | null> {
  const row = await db
    .selectFrom('dkim_key')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function insertKey(trx: Trx, row: NewRow<'dkim_key'>): Promise<void> {
  await trx.insertInto('dkim_key').values(row).execute()
}

export async function updateKey(
  trx: Db,
  { tenant_id, id }: Pick<KeyRow, 'tenant_id' | 'id'>,
  change: Partial<
    Omit<
      KeyRow,
      | 'id'
      | 'tenant_id'
      | 'domain'
      | 'domain_id'
      | 'selector'
      | 'algorithm'
      | 'origin'
      | 'public_key'
      | 'bits'
      | 'created_at'
      | 'created_by'
    >
  >,
): Promise<void> {
  await trx
    .updateTable('dkim_key')
    .set(change)
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute()
}

export async function deleteKey(
  trx: Trx,
  { tenant_id, id }: Pick<KeyRow, 'tenant_id' | 'id'>,
): Promise<void> {
  await trx.deleteFrom('dkim_key').where('tenant_id', '=', tenant_id).where('id', '=', id).execute()
}

/** With a domain its keys go: nobody else may ever sign with them. */
export async function deleteKeysOfDomain(trx: Trx, tenantId: string, domainId: string): Promise<void> {
  for (const table of ['dkim_key', 'signing_domain'] as const) {
    await trx.deleteFrom(table).where('tenant_id', '=', tenantId).where('domain_id', '=', domainId).execute()
  }
}

export function signingDomainsOf(db: Db, tenantId: string): Promise<SigningDomainRow[]> {
  return db.selectFrom('signing_domain').selectAll().where('tenant_id', '=', tenantId).execute()
}

export async function putSigningDomain(trx: Trx, row: SigningDomainRow): Promise<void> {
  const { enabled, rotate_days, overlap_days, revision } = row
  await trx
    .insertInto('signing_domain')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'domain_id'])
        .doUpdateSet({ enabled, rotate_days, overlap_days, revision }),
    )
    .execute()
}

export async function arcOf(db: Db, tenantId: string): Promise<ArcRow | null> {
  const row = await db
    .selectFrom('arc_setting')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ?? null
}

export async function putArc(trx: Trx, row: ArcRow): Promise<void> {
  const { seals, sealers, revision } = row
  await trx
    .insertInto('arc_setting')
    .values(row)
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ seals, sealers, revision }))
    .execute()
}

/** Keys that are to be looked at, in the whole installation. */
export function dueKeys(store: Pick<Store, 'db'>, now: number, limit: number): Promise<KeyRow[]> {
  return acrossTenants(store.db)
    .selectFrom('dkim_key')
    .selectAll()
    .where('next_check_at', '<=', now)
    .orderBy('next_check_at')
    .limit(limit)
    .execute()
}

/** Domains whose keys rotate by themselves, with what is needed to tell when. */
export function rotatingDomains(store: Pick<Store, 'db'>): Promise<SigningDomainRow[]> {
  return acrossTenants(store.db)
    .selectFrom('signing_domain')
    .selectAll()
    .where('rotate_days', 'is not', null)
    .where('enabled', '=', 1)
    .execute()
}

/** Keys in use of a tenant, as edges get them: those of domains that sign. */
export function keysInUse(
  db: Db,
  tenantId: string,
): Promise<Pick<KeyRow, 'id' | 'domain' | 'selector' | 'algorithm' | 'private_key'>[]> {
  return db
    .selectFrom('dkim_key')
    .select(['id', 'domain', 'selector', 'algorithm', 'private_key'])
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'active')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('signing_domain')
            .select('signing_domain.domain_id')
            .where('signing_domain.tenant_id', '=', tenantId)
            .whereRef('signing_domain.domain_id', '=', 'dkim_key.domain_id')
            .where('signing_domain.enabled', '=', 0),
        ),
      ),
    )
    .execute()
}
