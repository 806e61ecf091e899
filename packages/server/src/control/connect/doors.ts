// Which mail hosts of an organisation are to be knocked at, with which recipient and senders (C10).
import { RouteTest } from '@gatepost/contract/route.ts'
import type { Db } from '#store/open.ts'
import { domainsOf } from '../domain/store.ts'
import { type RouteRow, routesOf } from '../route/store.ts'
import { tenantById } from '../tenant/store.ts'
import { cloudDomainInSettings } from './cloud-domain.ts'
import type { Door } from './knock.ts'

/** Microsoft attributes a message to its connector at the end: RCPT alone proves nothing there. */
const WHOLE: ReadonlySet<string> = new Set(['microsoft-365', 'hybrid'])
const CLOUD_HOST = /(\.mail\.protection\.outlook\.com|\.mx\.microsoft)$/i
/** Mail hosts of one organisation; more routes are looked at by their pages. */
const DOORS_MAX = 20

/** The hosts that inbound mail of validated domains is delivered to. */
export async function doorsOf(db: Db, tenantId: string): Promise<readonly Door[]> {
  const [tenant, routes, domains, cloudDomain] = await Promise.all([
    tenantById(db, tenantId),
    routesOf(db, tenantId),
    domainsOf(db, tenantId),
    cloudDomainInSettings(db, tenantId),
  ])
  const usual = routes.find(({ default_for: of }) => of === 'inbound')
  const validated = domains.filter(({ validated_at }) => validated_at !== null)
  const doors = new Map<string, Door>()
  for (const { name, route_id } of validated) {
    const route = routes.find(({ id }) => id === route_id) ?? usual
    if (!route) continue
    const tested = testedWith(route)
    for (const { host, port } of hopsOf(route, routes)) {
      const isCloud = WHOLE.has(tenant?.environment ?? '') && CLOUD_HOST.test(host)
      const door: Door = {
        tenantId,
        host,
        port,
        forwardPath: tested ?? `postmaster@${name}`,
        ownDomain: isCloud ? name : null,
        cloudDomain: isCloud ? cloudDomain : null,
        // Only to a mailbox that somebody named for tests.
        isWhole: isCloud && tested !== null,
      }
      const key = `${door.host}:${door.port}`
      if (!doors.has(key)) doors.set(key, door)
    }
  }
  return [...doors.values()].slice(0, DOORS_MAX)
}

/** The recipient of its last test; null before one. */
function testedWith({ last_test }: RouteRow): string | null {
  const test = last_test === null ? null : RouteTest.safeParse(JSON.parse(last_test))
  return test?.success ? test.data.recipient : null
}

/** Every host that a route leads to: those that share its load, and its alternates, may stand open, too. */
function hopsOf(route: RouteRow, routes: readonly RouteRow[]): readonly Pick<Door, 'host' | 'port'>[] {
  const chain: RouteRow[] = []
  for (let next: RouteRow | undefined = route; next && !chain.includes(next); ) {
    chain.push(next)
    const { alternate_id: alternate }: RouteRow = next
    next = routes.find(({ id }) => id === alternate)
  }
  return chain.flatMap(({ host, port, more_hosts }) =>
    [host, ...(JSON.parse(more_hosts) as string[])].map((one) => ({ host: one, port })),
  )
}
