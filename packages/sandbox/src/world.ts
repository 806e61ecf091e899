// The small internet as a whole: DNS, acme's mail host, one host for all outside domains, and who writes to
// whom.
import type { Parsed } from '@gatepost/mail/parsed.ts'
import { type DnsServer, startDns } from './dns.ts'
import { type MailHost, type MailHostOptions, startMailHost } from './mail-host.ts'
import { type Certificate, type Clock, makeCertificate, systemClock } from './platform.ts'
import { publishRecords } from './publish.ts'
import { type ActionChanges, type ActionDone, type ActionKind, act, retry } from './world-actions.ts'
import { ACME, type Environment, environmentOf, layOutZones, setEnvironment } from './world-zones.ts'
import type { RecordSet } from './zones.ts'

export type WorldOptions = {
  readonly dnsPort?: number
  /** The port on which every mail host of the small internet listens; the gateway's `delivery.mx_port`. */
  readonly mxPort?: number
  /** Where Gatepost listens for mail; can be set later, when its port is known. */
  readonly gateway?: Endpoint
  /** Null offers no STARTTLS; without it a certificate is made if openssl is there. */
  readonly certificate?: Certificate | null
  /** Zone text that replaces the first day's, from an earlier run. */
  readonly zoneText?: string
  readonly clock?: Clock
}

export type Endpoint = { readonly host: string; readonly port: number }

export type HostName = 'acme' | 'outside'

export type World = {
  readonly dns: DnsServer
  readonly acme: MailHost
  readonly outside: MailHost
  /** Set as GATEPOST_DELIVERY_MX_PORT. */
  readonly mxPort: number
  readonly host: (name: HostName) => MailHost
  readonly gateway: () => Endpoint
  readonly setGateway: (gateway: Endpoint) => void
  readonly environment: () => Environment
  readonly setEnvironment: (environment: Environment) => void
  /** Publishes what Connect asks for, as pasted; at acme.example where no name is given. */
  readonly publish: (text: string) => Parsed<RecordSet[]>
  readonly act: (kind: ActionKind, changes?: ActionChanges) => Promise<ActionDone>
  /** The latest actions first. */
  readonly actions: () => readonly ActionDone[]
  readonly gatewayEnvironment: () => Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

const ACTIONS_KEPT = 50
const GATEWAY_DEFAULT: Endpoint = { host: '127.0.0.1', port: 2525 }
const ACME_HOST_IP = '127.0.0.1'
/** Linux answers on all of 127.0.0.0/8; where only 127.0.0.1 exists, acme's host takes a port of its own. */
const OUTSIDE_HOST_IP = '127.0.0.10'
const BIND_ATTEMPTS = 10

/** Starts everything. Rejects if a port is taken, with nothing left running. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? systemClock
  const hosts = await startHosts(options, clock)
  const { acme, outside } = hosts
  let dns: DnsServer
  try {
    dns = await startDns({ port: options.dnsPort ?? 0, clock })
  } catch (error) {
    await Promise.all([acme.stop(), outside.stop()])
    throw error
  }
  layOutZones(dns.zones, { acmeHostIp: acme.host, outsideHostIp: outside.host })
  if (options.zoneText !== undefined) restoreZones(dns, options.zoneText)
  let gateway = options.gateway ?? GATEWAY_DEFAULT
  let count = 0
  const actions: ActionDone[] = []
  const stopped = new AbortController()
  return {
    dns,
    acme,
    outside,
    mxPort: outside.port,
    host: (name) => (name === 'acme' ? acme : outside),
    gateway: () => gateway,
    setGateway: (endpoint) => {
      gateway = endpoint
    },
    environment: () => environmentOf(dns.zones),
    setEnvironment: (environment) => setEnvironment(dns.zones, environment),
    publish: (text) => publishRecords(dns.zones, text, ACME.domain),
    act: async (kind, changes = {}) => {
      count += 1
      const context = { gateway, acme, clock, count }
      const keep = (done: ActionDone): void => {
        actions.unshift(done)
        actions.splice(ACTIONS_KEPT)
      }
      const done = await act(kind, changes, context)
      keep(done)
      void retry(done, changes, { ...context, signal: stopped.signal, keep })
      return done
    },
    actions: () => [...actions],
    gatewayEnvironment: () => gatewayEnvironment(dns, outside.port),
    stop: async () => {
      stopped.abort()
      await Promise.all([dns.stop(), acme.stop(), outside.stop()])
    },
  }
}

/** The settings that put a gateway into this world; names as in its configuration reference. */
function gatewayEnvironment(dns: DnsServer, mxPort: number): Readonly<Record<string, string>> {
  return {
    GATEPOST_HOSTNAME: 'mx.gatepost.example',
    GATEPOST_DNS: dns.address,
    GATEPOST_DNS_AUTHORITATIVE: dns.address,
    GATEPOST_DNS_PUBLIC: dns.address,
    GATEPOST_DELIVERY_MX_PORT: String(mxPort),
    GATEPOST_NETWORK_PRIVATE_TARGETS: '127.0.0.0/8',
    GATEPOST_PROXY_TRUSTED: '127.0.0.0/8',
  }
}

function restoreZones(dns: DnsServer, zoneText: string): void {
  dns.zones.store.removeAll()
  const read = dns.zones.importZone(zoneText)
  if (!read.ok) throw new Error(`the kept zones cannot be read: ${read.fault}`)
}

async function startHosts(
  options: WorldOptions,
  clock: Clock,
): Promise<{ acme: MailHost; outside: MailHost }> {
  const names = [ACME.mailHost, ACME.mailHostOfMicrosoft, 'mx.bright.example', 'mx.survey.example']
  const certificate = options.certificate === undefined ? await makeCertificate(names) : options.certificate
  const common = { certificate, clock }
  const ofAcme = { ...common, name: ACME.mailHost, recipients: [...ACME.mailboxes, ...ACME.roleMailboxes] }
  const ofOutside = { ...common, name: 'mx.bright.example' }
  const wanted = options.mxPort ?? 0
  for (let attempt = 1; ; attempt += 1) {
    const outside = await startOutside(ofOutside, wanted)
    const port = outside.host === ACME_HOST_IP ? (wanted === 0 ? 0 : wanted + 1) : outside.port
    try {
      return { outside, acme: await startMailHost({ ...ofAcme, host: ACME_HOST_IP, port }) }
    } catch (error) {
      await outside.stop()
      if (wanted !== 0 || attempt === BIND_ATTEMPTS) throw error
    }
  }
}

async function startOutside(
  options: Omit<MailHostOptions, 'host' | 'port'>,
  port: number,
): Promise<MailHost> {
  try {
    return await startMailHost({ ...options, host: OUTSIDE_HOST_IP, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error
    return startMailHost({ ...options, host: ACME_HOST_IP, port })
  }
}
