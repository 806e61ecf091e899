// By which ways an organisation's mail comes out, and when each was seen last: for Connect.
import type { Db } from '#store/open.ts'
import { countForwardings } from './forwarding-store.ts'
import { cloudName } from './ranges.ts'
import { addressesOf, cloudLinksOf, cloudTenantsOf, credentialsOf } from './store.ts'

export type OutboundWays = {
  readonly logins: readonly string[]
  readonly clouds: readonly { readonly name: string; readonly isProven: boolean }[]
  readonly hostSeenAt: number | null
  readonly cloudSeenAt: number | null
}

export async function outboundWays(
  db: Db,
  tenantId: string,
): Promise<{ readonly ways: OutboundWays; readonly forwardings: number }> {
  const [addresses, credentials, links, ids, forwardings] = await Promise.all([
    addressesOf(db, tenantId),
    credentialsOf(db, tenantId),
    cloudLinksOf(db, tenantId),
    cloudTenantsOf(db, tenantId),
    countForwardings(db, tenantId),
  ])
  const ways = {
    logins: credentials.map(({ name }) => name),
    clouds: links.map(({ provider, secret_digest }) => ({
      name: cloudName(provider),
      isProven: secret_digest !== null || ids.some((one) => one.provider === provider),
    })),
    hostSeenAt: latest([...addresses, ...credentials]),
    cloudSeenAt: latest(links),
  }
  return { ways, forwardings }
}

function latest(rows: readonly { readonly last_seen_at: number | null }[]): number | null {
  return rows.reduce<number | null>(
    (last, { last_seen_at: at }) => (at !== null && at > (last ?? 0) ? at : last),
    null,
  )
}
