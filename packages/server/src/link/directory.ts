// All tenants' settings of one version, indexed for the RCPT path: whose domain, address, credential and
// cloud something is.
import { compileIpSet, type IpSet } from '@gatepost/mail/ip.ts'
import type { CloudProvider, ForwardingSettings, TenantSettings } from '#policy/settings.ts'

/** A service credential as published (O3). */
export type StoredCredential = {
  readonly id: string
  readonly tenantId: string
  readonly username: string
  /** Sealed SCRAM keys. */
  readonly keys: string
  /** The tenant alone, as a list: what an authorised address has, too. */
  readonly tenants: readonly string[]
}

/** One published version of every tenant's settings. A transaction keeps the one it began with. */
export type SettingsDirectory = {
  readonly version: number
  /** The tenant that validated exactly this domain (A-label, lower case), or null. */
  tenantOfDomain(domain: string): string | null
  settings(tenantId: string): TenantSettings | null
  /** Ids of the tenants that authorised this client address. */
  authorizedFor(ip: string): readonly string[]
  /** Whether any tenant has a service credential: else nobody can sign in. */
  readonly hasCredentials: boolean
  credential(username: string): StoredCredential | null
  /** The shared cloud this address lies in, where any tenant sends through it. */
  cloudOf(ip: string): CloudProvider | null
  /** Whether the tenant sends through it. */
  usesCloud(tenantId: string, provider: CloudProvider): boolean
  /** The tenant that proved an id of the provider to be its own. */
  tenantOfCloudId(provider: CloudProvider, id: string): string | null
  /** The tenant whose secret has this SHA-256 in hex. */
  tenantOfCloudSecret(digest: string): string | null
  /** The tenant whose journal address has this local part. */
  tenantOfJournal(localPart: string): string | null
  /** Where an address of the tenant forwards to. */
  forwardingOf(tenantId: string, addressKey: string): ForwardingSettings | null
}

const NOBODY: readonly string[] = []

/** Builds the index. Pure. */
export function indexOf(version: number, shards: readonly TenantSettings[]): SettingsDirectory {
  const byTenant = new Map(shards.map((shard) => [shard.tenantId, shard]))
  const byDomain = new Map<string, string>()
  const credentials = new Map<string, StoredCredential>()
  const journals = new Map<string, string>()
  for (const { tenantId, domains, credentials: own = [], journal = [] } of shards) {
    for (const localPart of journal) journals.set(localPart, tenantId)
    const tenants = [tenantId]
    for (const { name } of domains) byDomain.set(name, tenantId)
    for (const credential of own) credentials.set(credential.username, { ...credential, tenantId, tenants })
  }
  return {
    version,
    tenantOfDomain: (domain) => byDomain.get(domain) ?? byDomain.get(domain.toLowerCase()) ?? null,
    settings: (tenantId) => byTenant.get(tenantId) ?? null,
    authorizedFor: authorizedIn(shards),
    hasCredentials: credentials.size > 0,
    credential: (username) => credentials.get(username) ?? null,
    // Nothing is looked up where nobody has one: a text never seen before costs the engine an entry.
    tenantOfJournal: (localPart) =>
      journals.size === 0 ? null : (journals.get(localPart.toLowerCase()) ?? null),
    ...cloudsIn(shards),
    forwardingOf: forwardingsIn(shards),
  }
}

/** Single addresses by look-up, networks one tenant after the other: only operators enter those. */
function authorizedIn(shards: readonly TenantSettings[]): SettingsDirectory['authorizedFor'] {
  const byAddress = new Map<string, string[]>()
  const networks: { readonly tenantId: string; readonly set: IpSet }[] = []
  for (const { tenantId, authorizedOutbounds } of shards) {
    const wide: string[] = []
    for (const { cidr } of authorizedOutbounds) {
      const [ip = '', bits] = cidr.split('/')
      if (bits !== undefined && bits !== (ip.includes(':') ? '128' : '32')) wide.push(cidr)
      else byAddress.set(ip, [...(byAddress.get(ip) ?? []), tenantId])
    }
    if (wide.length > 0) networks.push({ tenantId, set: compileIpSet(wide) })
  }
  return (ip) => {
    const exact = byAddress.get(ip) ?? NOBODY
    if (networks.length === 0) return exact
    const inside = networks.filter(({ set }) => set.has(ip)).map(({ tenantId }) => tenantId)
    return inside.length === 0 ? exact : [...new Set([...exact, ...inside])]
  }
}

type Clouds = Pick<SettingsDirectory, 'cloudOf' | 'usesCloud' | 'tenantOfCloudId' | 'tenantOfCloudSecret'>

function cloudsIn(shards: readonly TenantSettings[]): Clouds {
  const users = new Set<string>()
  const ids = new Map<string, string>()
  const secrets = new Map<string, string>()
  const ranges = new Map<CloudProvider, Set<string>>()
  for (const { tenantId, clouds = [] } of shards) {
    for (const cloud of clouds) {
      users.add(`${cloud.provider} ${tenantId}`)
      for (const id of cloud.tenantIds) ids.set(`${cloud.provider} ${id}`, tenantId)
      if (cloud.secretDigest !== null) secrets.set(cloud.secretDigest, tenantId)
      const known = ranges.get(cloud.provider) ?? new Set()
      for (const range of cloud.ranges) known.add(range)
      ranges.set(cloud.provider, known)
    }
  }
  const sets = [...ranges].map(([provider, all]) => ({ provider, set: compileIpSet([...all]) }))
  return {
    cloudOf: (ip) => sets.find(({ set }) => set.has(ip))?.provider ?? null,
    usesCloud: (tenantId, provider) => users.has(`${provider} ${tenantId}`),
    tenantOfCloudId: (provider, id) => ids.get(`${provider} ${id}`) ?? null,
    tenantOfCloudSecret: (digest) => secrets.get(digest) ?? null,
  }
}

function forwardingsIn(shards: readonly TenantSettings[]): SettingsDirectory['forwardingOf'] {
  const byTenant = new Map<string, ReadonlyMap<string, ForwardingSettings>>()
  for (const { tenantId, forwardings = [] } of shards) {
    if (forwardings.length > 0) byTenant.set(tenantId, new Map(forwardings.map((one) => [one.address, one])))
  }
  return (tenantId, addressKey) => byTenant.get(tenantId)?.get(addressKey) ?? null
}
