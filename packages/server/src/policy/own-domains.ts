// What belongs to a tenant: its validated domains with their sub-domains, and the addresses it sends from.
import { compileIpSet, type IpSet } from '@gatepost/mail/ip.ts'
import type { TenantSettings } from './settings.ts'
import { sharedCloudOf } from './shared-clouds.ts'

type Own = {
  readonly domains: ReadonlySet<string>
  readonly hosts: IpSet
  /** Names asked for, with the domain of ours they lie in: each message asks for its few several times. */
  readonly asked: Map<string, string | null>
}

/** More names than these start over. */
const ASKED_MAX = 2_000

const made = new WeakMap<TenantSettings, Own>()

/** The validated domain that a name equals or lies below; null for names of others. */
export function ownDomainOf(settings: TenantSettings, domain: string): string | null {
  const { domains, asked } = ownOf(settings)
  const known = asked.get(domain)
  if (known !== undefined) return known
  const found = searchOwn(domains, domain)
  if (asked.size >= ASKED_MAX) asked.clear()
  asked.set(domain, found)
  return found
}

function searchOwn(domains: ReadonlySet<string>, domain: string): string | null {
  for (let name = domain.toLowerCase(); ; name = name.slice(name.indexOf('.') + 1)) {
    if (domains.has(name)) return name
    if (!name.includes('.')) return null
  }
}

/**
 * Whether a client is a host that the tenant alone sends from. An address that a cloud shares among its
 * customers proves nobody (decisions 2).
 */
export function isOwnHost(settings: TenantSettings, clientIp: string): boolean {
  return ownOf(settings).hosts.has(clientIp) && sharedCloudOf(clientIp) === null
}

/** Whether one name equals the other or lies below it: as near as two names of one organisation are. */
export function isRelatedDomain(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}

function ownOf(settings: TenantSettings): Own {
  const known = made.get(settings)
  if (known !== undefined) return known
  const own = {
    domains: new Set(settings.domains.map(({ name }) => name)),
    hosts: compileIpSet(settings.authorizedOutbounds.map(({ cidr }) => cidr)),
    asked: new Map(),
  }
  made.set(settings, own)
  return own
}
