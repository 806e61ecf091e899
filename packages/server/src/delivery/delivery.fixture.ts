// A small world for delivery tests: settings, names, a spool in memory of the test, and a scheduler over it.
import type { EventFields } from '#events/emit.ts'
import { systemClock } from '#platform/clock.ts'
import type { Dns, DnsAnswer, DnsQuery, DnsRecordType, DnsValue } from '#platform/dns-types.ts'
import type { RouteSettings, TenantSettings } from '#policy/settings.ts'
import type { QueueSpool } from '#spool/queue.ts'
import type { DueRecipient } from '#spool/spool.ts'
import { Scheduler } from './scheduler.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { TIMEOUTS } from './smtp-session.ts'

type Zone = {
  readonly [name: string]: { readonly [Type in DnsRecordType]?: readonly DnsValue<Type>[] } | 'failed'
}

/** Answers from a table; names that are not in it do not exist. Those that `isSecure` names are validated. */
export function fakeDns(zone: Zone, isSecure: (name: string) => boolean = () => false): Dns {
  return {
    query: async <Type extends DnsRecordType>({ name, type }: DnsQuery<Type>): Promise<DnsAnswer<Type>> => {
      const common = { ttl: 60, authenticated: isSecure(name), server: 'test' }
      const records = zone[name]
      if (records === undefined) return { kind: 'absent', ...common }
      if (records === 'failed') return { kind: 'failed', why: 'SERVFAIL', server: 'test' }
      const found = records[type] as readonly DnsValue<Type>[] | undefined
      return found === undefined ? { kind: 'none', ...common } : { kind: 'found', records: found, ...common }
    },
    authoritativeServers: async () => ({ kind: 'failed', why: 'not here' }),
    confirmedName: async () => ({ kind: 'none' }),
  }
}

export function routeOfHost(host: string, port: number, changes: Partial<RouteSettings> = {}): RouteSettings {
  return { id: 'rte_1', name: 'Mail host', host, port, tls: 'opportunistic', alternateId: null, ...changes }
}

export function settingsOf(
  routes: readonly RouteSettings[],
  changes: Partial<TenantSettings> = {},
): TenantSettings {
  return {
    tenantId: 'ten_1',
    slug: 'acme',
    revision: 7,
    domains: [
      {
        id: 'dom_1',
        name: 'acme.example',
        recipientMode: 'accept-all',
        unknownRecipient: 'reject',
        routeId: null,
      },
    ],
    authorizedOutbounds: [],
    routes,
    defaultRouteId: routes[0]?.id ?? null,
    smartHostRouteId: null,
    postmaster: null,
    ...changes,
  }
}

export function recipientOf(forwardPath: string, changes: Partial<DueRecipient> = {}): DueRecipient {
  return {
    index: 0,
    forwardPath,
    originalRecipient: null,
    notify: null,
    state: 'queued',
    attempts: 0,
    firstAttemptAt: null,
    ...changes,
  }
}

export type Recorded = { readonly name: string; readonly fields: EventFields }

/** A scheduler whose surroundings are loopback and quick. */
export function startScheduler(
  spool: QueueSpool,
  settings: TenantSettings,
  changes: Partial<SchedulerOptions> = {},
): { readonly scheduler: Scheduler; readonly events: Recorded[] } {
  const events: Recorded[] = []
  const scheduler = new Scheduler({
    spool,
    dns: fakeDns({}),
    clock: systemClock,
    emit: (name, fields = {}) => events.push({ name, fields }),
    settingsOf: (tenantId) => (tenantId === settings.tenantId ? settings : null),
    tenantOfDomain: () => null,
    config: {
      hostname: 'gate.example',
      delivery: { mxPort: 25, mtaStsPort: 443, connectionsPerHost: 20, messagesPerConnection: 100 },
      network: { privateTargets: ['127.0.0.0/8'] },
    },
    ownListeners: () => [],
    ownMxListener: () => null,
    localAddresses: () => [],
    timeouts: TIMEOUTS,
    sweepMs: 50,
    ...changes,
  })
  return { scheduler, events }
}

/** Generous: the machine may be busy with other tests. */
const WAIT_MS = 60_000

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + WAIT_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await systemClock.sleep(5)
  }
}
