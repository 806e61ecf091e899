// What edges need of an organisation's outbound tables, read for its shard.
import type { OutboundRows } from '#link/compile.ts'
import type { Db } from '#store/open.ts'
import { rangesThatCount } from './ranges.ts'
import { cloudLinksOf, cloudTenantsOf, credentialsOf } from './store.ts'

export async function outboundRows(db: Db, tenantId: string): Promise<OutboundRows> {
  const [credentials, links, ids, forwardings, setting, suspects] = await Promise.all([
    credentialsOf(db, tenantId),
    cloudLinksOf(db, tenantId),
    cloudTenantsOf(db, tenantId),
    db.selectFrom('forwarding_address').selectAll().where('tenant_id', '=', tenantId).execute(),
    db.selectFrom('outbound_setting').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst(),
    db
      .selectFrom('sender_warning')
      .select(['kind', 'identity', 'action'])
      .where('tenant_id', '=', tenantId)
      .where('released_at', 'is', null)
      .orderBy('id')
      .execute(),
  ])
  const clouds = await Promise.all(
    links
      .toSorted((a, b) => (a.provider < b.provider ? -1 : 1))
      .map(async ({ provider, secret_digest }) => ({
        provider,
        ranges: await rangesThatCount(db, provider),
        tenantIds: ids
          .filter((one) => one.provider === provider)
          .map(({ cloud_id }) => cloud_id)
          .sort(),
        secretDigest: secret_digest,
      })),
  )
  return { credentials, clouds, forwardings, setting: setting ?? null, suspects }
}
