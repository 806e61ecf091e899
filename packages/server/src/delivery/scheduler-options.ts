// What a scheduler is made with: its spool, the world it delivers into, and what tests put in their places.
import type { BootConfig, Endpoint } from '#boot/config-types.ts'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { QueueSpool } from '#spool/queue.ts'
import type { BringToArchive } from './archiving.ts'
import type { Logins } from './login/logins.ts'
import type { Recheck } from './recheck.ts'
import type { Connect } from './smtp-connection.ts'
import type { Timeouts } from './smtp-session.ts'
import type { Stamper } from './stamp.ts'
import type { MtaStsOptions } from './tls/mta-sts.ts'

export type SchedulerOptions = {
  /** The own spool: DSNs go there. */
  readonly spool: QueueSpool
  readonly dns: Dns
  readonly clock: Clock
  readonly emit: Emit
  readonly settingsOf: (tenantId: string) => TenantSettings | null
  /** Which tenant of this gateway a validated domain belongs to. */
  readonly tenantOfDomain: (domain: string) => string | null
  readonly config: Pick<BootConfig, 'hostname' | 'delivery' | 'network'>
  /** Workers of this node: each takes its share of the connections to a host. Default 1. */
  readonly workers?: number
  /** Every address we listen on for mail, with real ports; asked when needed. */
  readonly ownListeners: () => readonly Endpoint[]
  /** The listener that takes mail between tenants of this gateway; null when there is none. */
  readonly ownMxListener: () => Endpoint | null
  readonly localAddresses: () => readonly string[]
  /** Brings messages to the archive; left out where there is none, and they wait. */
  readonly bringToArchive?: BringToArchive | undefined
  readonly stamper?: Stamper | undefined
  /** Opens the passwords of routes’ logins; without it routes that have one wait. */
  readonly logins?: Logins | undefined
  /** Looks for malware once more before a held message is let go; left out where nobody looks. */
  readonly recheck?: Recheck | undefined
  /** PEM of authorities to trust beside the usual ones. */
  readonly ca?: string
  readonly connect?: Connect
  /** Where MTA-STS policies outlive a restart. */
  readonly keptPolicies?: MtaStsOptions['kept']
  readonly random?: () => number
  readonly timeouts?: Timeouts
  /** How often deadlines are looked at, in milliseconds. */
  readonly sweepMs?: number
}
