// What edges work with now: the newest published settings of an organisation, to ask policies again with
// them.
import type { TenantSettings } from '#policy/settings.ts'
import type { Db } from '#store/open.ts'

/** Null before the first publication. */
export async function publishedSettings(db: Db, tenantId: string): Promise<TenantSettings | null> {
  const row = await db
    .selectFrom('shard')
    .select('body')
    .where('tenant_id', '=', tenantId)
    .where('replaced_at', 'is', null)
    .orderBy('version', 'desc')
    .executeTakeFirst()
  return row ? (JSON.parse(row.body) as TenantSettings) : null
}
