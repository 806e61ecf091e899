// The small internet as a whole: DNS, acme's mail host, one host for all outside domains, and who writes to
// whom.
import type { Parsed } from '@gatepost/mail/parsed.ts'
import { act, retry } from './act.ts'
import { cloudSender, lockReply } from './cloud.ts'
import { type DnsServer, startDns } from './dns.ts'
import { type Journaled, journalReport } from './journal.ts'
import { type MailHost, type MailHostOptions, startMailHost } from './mail-host.ts'
import { type Certificate, type Clock, makeCertificate, systemClock } from './platform.ts'
import { publishRecords } from './publish.ts'
import { sendMessage } from './senders.ts'
import type { ActionChanges, ActionDone, ActionKind } from './world-actions.ts'
import {
  ACME,
  type Environment,
  environmentOf,
  GATEWAY_NAME,
  layOutZones,
  setEnvironment,
} from './world-zones.ts'
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
  /** Acme's id at Microsoft, which mail from Exchange Online carries. */
  readonly tenantId?: string
}

export type Endpoint = { readonly host: string; readonly port: number }

export type HostName = 'acme' | 'cloud' | 'outside'

export type World = {
  readonly dns: DnsServer
  readonly acme: MailHost
  /** Exchange Online or Gmail, as the environment has it. */
  readonly cloud: MailHost
  readonly outside: MailHost
  /** Where acme's people read their mail in this environment. */
  readonly mailbox: () => MailHost
  /** Set as GATEPOST_DELIVERY_MX_PORT. */
  readonly mxPort: number
  readonly host: (name: HostName) => MailHost
  readonly gateway: () => Endpoint
  readonly setGateway: (gateway: Endpoint) => void
  readonly environment: () => Environment
  readonly setEnvironment: (environment: Environment) => void
  /** Publishes what Connect asks for, as pasted; at acme.example where no name is given. */
  readonly publish: (text: string) => Parsed<RecordSet[]>
  /** What a rule at the cloud puts into mail that leaves; null without a rule. */
  readonly cloudHeader: () => string | null
  readonly setCloudHeader: (value: string | null) => void
  /** Where reports of every message go to; null while nothing is journaled. */
  readonly journalAddress: () => string | null
  readonly setJournalAddress: (address: string | null) => void
  /** Lets only the gateway in to acme's mail host, or everybody again. */
  readonly setLocked: (locked: boolean) => void
  readonly isLocked: () => boolean
  readonly act: (kind: ActionKind, changes?: ActionChanges) => Promise<ActionDone>
  /** The latest actions first. */
  readonly actions: () => readonly ActionDone[]
  readonly gatewayEnvironment: () => Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

const ACTIONS_KEPT = 50
const GATEWAY_DEFAULT: Endpoint = { host: '127.0.0.1', port: 2525 }
const ACME_HOST_IP = '127.0.0.1'
/** Linux answers on all of 127.0.0.0/8; where only 127.0.0.1 exists, each host takes a port of its own. */
const OUTSIDE_HOST_IP = '127.0.0.10'
const CLOUD_HOST_IP = '127.0.0.11'
/** From here Gatepost connects; in the small internet it is the gateway's public address, too. */
const GATEWAY_IP = '127.0.0.1'
const BIND_ATTEMPTS = 10

/** Starts everything. Rejects if a port is taken, with nothing left running. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? systemClock
  const dns = await startDns({ port: options.dnsPort ?? 0, clock })
  let hosts: Hosts
  try {
    hosts = await startHosts(options, clock, () => environmentOf(dns.zones))
  } catch (error) {
    await dns.stop()
    throw error
  }
  const { acme, cloud, outside } = hosts
  layOutZones(dns.zones, { acmeHostIp: acme.host, cloudHostIp: cloud.host, outsideHostIp: outside.host })
  if (options.zoneText !== undefined) restoreZones(dns, options.zoneText)
  return createWorld({ options, clock, dns, hosts })
}

type Hosts = { readonly acme: MailHost; readonly cloud: MailHost; readonly outside: MailHost }
type Parts = {
  readonly options: WorldOptions
  readonly clock: Clock
  readonly dns: DnsServer
  readonly hosts: Hosts
}

function createWorld({ options, clock, dns, hosts }: Parts): World {
  const { acme, cloud, outside } = hosts
  let gateway = options.gateway ?? GATEWAY_DEFAULT
  let count = 0
  let header: string | null = null
  let journal: string | null = null
  const actions: ActionDone[] = []
  const stopped = new AbortController()
  const environment = () => environmentOf(dns.zones)
  const sender = () => cloudSender(environment(), { tenantId: options.tenantId ?? null, header })
  const mailbox = () => (isInCloud(environment()) ? cloud : acme)
  const journaled = (message: Journaled): void => {
    if (journal === null) return
    count += 1
    const sourceIp = isInCloud(environment()) ? sender().sourceIp : ACME.publicIp
    void report(message, { to: journal, gateway, sourceIp, helo: mailbox().name, at: clock.now(), count })
  }
  acme.follow(journaled)
  cloud.follow(journaled)
  return {
    dns,
    acme,
    cloud,
    outside,
    mailbox,
    mxPort: outside.port,
    host: (name) => hosts[name],
    gateway: () => gateway,
    setGateway: (endpoint) => {
      gateway = endpoint
    },
    environment,
    setEnvironment: (wanted) => setEnvironment(dns.zones, wanted),
    publish: (text) => publishRecords(dns.zones, text, ACME.domain),
    cloudHeader: () => header,
    setCloudHeader: (value) => {
      header = value
    },
    journalAddress: () => journal,
    setJournalAddress: (address) => {
      journal = address
    },
    setLocked: (locked) => {
      for (const host of [acme, cloud]) host.setFirewall(null)
      if (locked) mailbox().setFirewall({ allowed: [GATEWAY_IP], reply: lockReply(environment()) })
    },
    isLocked: () => acme.firewall() !== null || cloud.firewall() !== null,
    act: async (kind, changes = {}) => {
      count += 1
      const context = { gateway, acme, mailbox: mailbox(), cloud: sender(), clock, journaled, count }
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
      await Promise.all([dns.stop(), acme.stop(), cloud.stop(), outside.stop()])
    },
  }
}

type Report = {
  readonly to: string
  readonly gateway: Endpoint
  readonly sourceIp: string
  readonly helo: string
  readonly at: number
  readonly count: number
}

/** Sends a journal report, as the mail host of the environment does. */
function report(message: Journaled, { to, gateway, sourceIp, helo, at, count }: Report): Promise<unknown> {
  return sendMessage({
    ...gateway,
    proxy: { sourceIp, sourcePort: 20_000 + (count % 40_000) },
    helo,
    reversePath: '',
    forwardPaths: [to],
    content: journalReport(message, { to, domain: ACME.domain, at, count }),
  })
}

function isInCloud(environment: Environment): boolean {
  return environment === 'microsoft-365' || environment === 'google-workspace'
}

/** The settings that put a gateway into this world; names as in its configuration reference. */
function gatewayEnvironment(dns: DnsServer, mxPort: number): Readonly<Record<string, string>> {
  return {
    GATEPOST_HOSTNAME: GATEWAY_NAME,
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
  environment: () => Environment,
): Promise<Hosts> {
  const names = [
    ACME.mailHost,
    ACME.mailHostOfMicrosoft,
    ACME.mailHostOfGoogle,
    'mx.bright.example',
    'mx.survey.example',
  ]
  const certificate = options.certificate === undefined ? await makeCertificate(names) : options.certificate
  const recipients = [...ACME.mailboxes, ...ACME.roleMailboxes]
  const ofAcme = { certificate, clock, name: ACME.mailHost, recipients }
  const nameOfCloud = () =>
    environment() === 'google-workspace' ? ACME.mailHostOfGoogle : ACME.mailHostOfMicrosoft
  const ofCloud = { certificate, clock, name: nameOfCloud, recipients }
  const ofOutside = { certificate, clock, name: 'mx.bright.example' }
  const wanted = options.mxPort ?? 0
  for (let attempt = 1; ; attempt += 1) {
    const started: MailHost[] = []
    try {
      const outside = await startAt(ofOutside, OUTSIDE_HOST_IP, wanted)
      started.push(outside)
      // Where every host is 127.0.0.1, the others take the ports behind.
      const isAlone = outside.host === ACME_HOST_IP
      const portOf = (nth: number) => (isAlone ? (wanted === 0 ? 0 : wanted + nth) : outside.port)
      const acme = await startAt(ofAcme, ACME_HOST_IP, portOf(1))
      started.push(acme)
      const cloud = await startAt(ofCloud, CLOUD_HOST_IP, portOf(2))
      return { outside, acme, cloud }
    } catch (error) {
      await Promise.all(started.map((host) => host.stop()))
      if (wanted !== 0 || attempt === BIND_ATTEMPTS) throw error
    }
  }
}

async function startAt(
  options: Omit<MailHostOptions, 'host' | 'port'>,
  host: string,
  port: number,
): Promise<MailHost> {
  try {
    return await startMailHost({ ...options, host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error
    return startMailHost({ ...options, host: ACME_HOST_IP, port })
  }
}
