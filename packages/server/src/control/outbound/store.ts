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
