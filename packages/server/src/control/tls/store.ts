// Queries of TLS partners.
import type { TlsTest } from '@gatepost/contract/tls.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'

export type PartnerRow = Row<'tls_partner'>

export function partnersOf(db: Db, tenantId: string): Promise<PartnerRow[]> {
  return db
    .selectFrom('tls_partner')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('domain')
    .execute()
}

export async function findPartner(db: Db, tenantId: string, domain: string): Promise<PartnerRow | null> {
  const row = await db
    .selectFrom('tls_partner')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('domain', '=', domain)
    .executeTakeFirst()
  return row ?? null
}

export async function insertPartner(trx: Trx, row: PartnerRow): Promise<void> {
  await trx.insertInto('tls_partner').values(row).execute()
}

export async function deletePartner(trx: Trx, { tenant_id, domain }: PartnerRow): Promise<void> {
  await trx
    .deleteFrom('tls_partner')
    .where('tenant_id', '=', tenant_id)
    .where('domain', '=', domain)
    .execute()
}

/** Keeps a test; with `expected` only where that is still the last one. Tells whether it was kept. */
export async function keepTlsTest(
  db: Db,
  at: { readonly tenantId: string; readonly domain: string; readonly expected?: string },
  test: TlsTest,
): Promise<boolean> {
  let query = db
    .updateTable('tls_partner')
    .set({ test: JSON.stringify(test) })
    .where('tenant_id', '=', at.tenantId)
    .where('domain', '=', at.domain)
  if (at.expected !== undefined) query = query.where('test', '=', at.expected)
  const { numUpdatedRows } = await query.executeTakeFirst()
  return numUpdatedRows > 0n
}

export function testOf(row: PartnerRow): TlsTest | null {
  return row.test === null ? null : (JSON.parse(row.test) as TlsTest)
}
