// Queries of delivery routes.
import type { RouteTest } from '@gatepost/contract/route.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'

export type RouteRow = Row<'route'>

export function routesOf(db: Db, tenantId: string): Promise<RouteRow[]> {
  return db
    .selectFrom('route')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .orderBy('id')
    .execute()
}

export async function findRoute(db: Db, tenantId: string, id: string): Promise<RouteRow | null> {
  const row = await db
    .selectFrom('route')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** Domains that name the route as their own. */
export async function domainsWithRoute(db: Db, tenantId: string, routeId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('route_id', '=', routeId)
    .execute()
  return rows.map(({ name }) => name)
}

/** The primary domain's name, or null. */
export async function primaryDomainOf(db: Db, tenantId: string): Promise<string | null> {
  const row = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('is_primary', '=', 1)
    .executeTakeFirst()
  return row?.name ?? null
}

/** Keeps a test; with `expected` only while that is still the route's last one. Says whether it was kept. */
export async function keepTest(
  db: Db,
  route: { readonly tenantId: string; readonly id: string; readonly expected?: string | null },
  test: RouteTest,
): Promise<boolean> {
  const { expected = null } = route
  const { numUpdatedRows } = await db
    .updateTable('route')
    .set({ last_test: JSON.stringify(test) })
    .where('tenant_id', '=', route.tenantId)
    .where('id', '=', route.id)
    .$if(expected !== null, (update) => update.where('last_test', '=', expected))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export function testOf(row: Pick<RouteRow, 'last_test'>): RouteTest | null {
  return row.last_test === null ? null : (JSON.parse(row.last_test) as RouteTest)
}

export function testJson(test: RouteTest): string {
  return JSON.stringify(test)
}
