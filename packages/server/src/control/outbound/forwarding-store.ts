// Queries of forwarding addresses.
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

type ForwardingRow = Row<'forwarding_address'>

/** `limit + 1` rows by address, after one. */
export function forwardingPage(
  db: Db,
  tenantId: string,
  query: {
    readonly limit: number
    readonly after?: string | undefined
    readonly search?: string | undefined
  },
): Promise<ForwardingRow[]> {
  const { limit, after, search } = query
  const pattern = search ? `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%` : null
  return db
    .selectFrom('forwarding_address')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$if(after !== undefined, (all) => all.where('address', '>', after ?? ''))
    .$if(pattern !== null, (all) =>
      all.where((where) =>
        where.or([
          where('address', 'like', pattern),
          where('target', 'like', pattern),
          where('comment', 'like', pattern),
        ]),
      ),
    )
    .orderBy('address')
    .limit(limit + 1)
    .execute()
}

export async function countForwardings(db: Db, tenantId: string): Promise<number> {
  const row = await db
    .selectFrom('forwarding_address')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

/** By id or address key. */
export async function findForwarding(
  db: Db,
  tenantId: string,
  reference: string,
): Promise<ForwardingRow | null> {
  const row = await db
    .selectFrom('forwarding_address')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', reference), where('address', '=', reference)]))
    .executeTakeFirst()
  return row ?? null
}

/** Where an address forwards to, whosever it is: only for finding loops. */
export async function targetOfAny(db: Db, address: string): Promise<string | null> {
  const row = await acrossTenants(db)
    .selectFrom('forwarding_address')
    .select('target')
    .where('address', '=', address)
    .executeTakeFirst()
  return row?.target ?? null
}
