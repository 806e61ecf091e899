// The one mutable cell between the planes: the newest snapshot as an index, swapped whole (architecture §7).
import { compileIpSet } from '@gatepost/mail/ip.ts'
import { type Fact, known, type RecipientFact, unknown } from '#policy/facts.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Replica } from './replica.ts'
import type { ReplicaList, ReplicaValue } from './snapshot.ts'

/** One version of all tenants' settings, indexed for the RCPT path. */
export type SettingsDirectory = {
  readonly version: number
  tenantOfDomain(domain: string): string | null
  settings(tenantId: string): TenantSettings | null
  authorizedFor(ip: string): readonly string[]
}

const NOBODY: readonly string[] = []

/** Builds the index: domain → tenant, single address → tenants, networks one by one. Pure. */
export function indexOf(version: number, shards: readonly TenantSettings[]): SettingsDirectory {
  const byTenant = new Map(shards.map((shard) => [shard.tenantId, shard]))
  const byDomain = new Map<string, string>()
  const byAddress = new Map<string, string[]>()
  const networks: { readonly tenantId: string; readonly has: (ip: string) => boolean }[] = []
  for (const shard of shards) {
    for (const domain of shard.domains) byDomain.set(domain.name, shard.tenantId)
    const ranges = shard.authorizedOutbounds.map(({ cidr }) => cidr)
    const single = ranges.filter((cidr) => !cidr.includes('/'))
    for (const ip of single) byAddress.set(ip, [...(byAddress.get(ip) ?? []), shard.tenantId])
    const wide = ranges.filter((cidr) => cidr.includes('/'))
    if (wide.length > 0) networks.push({ tenantId: shard.tenantId, has: compileIpSet(wide).has })
  }
  return {
    version,
    tenantOfDomain: (domain) => byDomain.get(domain.toLowerCase()) ?? null,
    settings: (tenantId) => byTenant.get(tenantId) ?? null,
    authorizedFor: (ip) => {
      const exact = byAddress.get(ip) ?? NOBODY
      if (networks.length === 0) return exact
      const inside = networks.filter((network) => network.has(ip)).map(({ tenantId }) => tenantId)
      return [...new Set([...exact, ...inside])]
    },
  }
}

/** Holds the adopted index and answers what edges ask, without waiting. */
export class SnapshotHolder {
  #current: SettingsDirectory | null = null
  readonly #replica: Replica

  constructor(replica: Replica) {
    this.#replica = replica
  }

  /** Null until a first snapshot is here. */
  current(): SettingsDirectory | null {
    return this.#current
  }

  adopt(directory: SettingsDirectory): void {
    this.#current = directory
  }

  /** The replica's word on a recipient; unknown while the replica cannot be read. */
  recipientOf(tenantId: string, addressKey: string): Fact<RecipientFact> {
    const found = this.#replica.lookUp(tenantId, 'recipient', addressKey)
    if (found.kind === 'failed') return unknown(found.why)
    const entry = found.value as { readonly source: string } | null
    return known({ listed: entry !== null, source: entry?.source ?? null })
  }

  /** The replica's entry of any list; unknown while the list cannot be read, or is not whole. */
  entryOf(tenantId: string, list: ReplicaList, key: string): Fact<ReplicaValue | null> {
    const found = this.#replica.lookUp(tenantId, list, key)
    return found.kind === 'failed' ? unknown(found.why) : known(found.value)
  }
}
