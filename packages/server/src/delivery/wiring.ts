// What connecting to a next hop needs, from the scheduler's options.

import { createTargetGuard } from '#platform/target-guard.ts'
import type { ConnectorDeps } from './connector.ts'
import type { Deadlines } from './deadlines.ts'
import type { Hosts } from './hosts.ts'
import { Logins } from './login/logins.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { openSocket } from './smtp-connection.ts'
import type { Timeouts } from './smtp-session.ts'
import { MtaSts } from './tls/mta-sts.ts'
import { TlsSessions } from './tls-sessions.ts'

export type ConnectorOptions = Pick<
  SchedulerOptions,
  | 'config'
  | 'clock'
  | 'dns'
  | 'ownListeners'
  | 'ownMxListener'
  | 'localAddresses'
  | 'random'
  | 'connect'
  | 'ca'
  | 'keptPolicies'
  | 'logins'
>

export function connectorDepsOf(
  options: ConnectorOptions,
  {
    hosts,
    deadlines,
    timeouts,
  }: { readonly hosts: Hosts; readonly deadlines: Deadlines; readonly timeouts: Timeouts },
): ConnectorDeps {
  const { config, dns, ownListeners, localAddresses } = options
  const { hostname } = config
  const { privateTargets } = config.network
  const guard = createTargetGuard({ privateTargets, ownListeners, localAddresses })
  const { ca, clock, keptPolicies: kept } = options
  const sts = new MtaSts({ dns, clock, guard, port: config.delivery.mtaStsPort, ca, kept })
  const stsOf = (domain: string) => sts.policyOf(domain)
  return {
    resolve: { dns, guard, hostname, random: options.random ?? Math.random, stsOf },
    session: {
      connect: options.connect ?? openSocket,
      deadlines,
      hostname,
      timeouts,
      tlsSessions: new TlsSessions(),
      ca: options.ca,
    },
    hosts,
    logins: options.logins ?? new Logins({ secrets: null, clock }),
    mxPort: config.delivery.mxPort,
    ownListener: options.ownMxListener,
  }
}
