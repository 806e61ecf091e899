// Conditions on the client, compiled once: source ranges and verified host names become keys that a rule
// stands under.
import { type IpAddress, parseCidr, parseIp, prefixKey } from '@gatepost/mail/ip.ts'
import type { Fact } from '../facts.ts'
import type { PolicyRule } from '../rule.ts'
import { NO_CONDITION } from './grid.ts'
import { HostTable } from './host-name.ts'

/** Stands for "some host name" where the client's names are not known. */
const ANY_HOST = '?'

/** What a client fulfils. `blind`: what it might fulfil besides, if its host names were known. */
export type ClientConditions = { readonly sure: readonly string[]; readonly blind: readonly string[] }

const UNCONDITIONED: readonly string[] = [NO_CONDITION]
const NOTHING: readonly string[] = []

/** The conditions of all rules of one type. */
export class ClientTable {
  readonly #hosts = new HostTable()
  /** Prefix lengths in use, by family, with the prefixes of each. */
  readonly #ranges = { 4: new Map<number, Set<string>>(), 6: new Map<number, Set<string>>() }

  get asksForHostNames(): boolean {
    return !this.#hosts.isEmpty
  }

  /**
   * The keys a rule stands under. A condition that cannot be read is never met, so that a slip of the pen
   * does not widen a rule.
   */
  add({ sourceIps, hostNames }: PolicyRule): ReadonlySet<string> {
    const ips = sourceIps.length === 0 ? [NO_CONDITION] : sourceIps.flatMap((text) => this.#addRange(text))
    if (hostNames.length === 0) return new Set(ips)
    const hosts = hostNames.flatMap((text) => this.#hosts.add(text) ?? [])
    if (hosts.length === 0) return new Set()
    return new Set(ips.flatMap((ip) => [...hosts, ANY_HOST].map((host) => pair(ip, host))))
  }

  /** What this client fulfils of all that rules ask. */
  of(clientIp: string, clientNames: Fact<readonly string[]>): ClientConditions {
    const ranges = this.#ranges[4].size + this.#ranges[6].size > 0 ? this.#rangesWith(clientIp) : NOTHING
    if (ranges.length === 0 && this.#hosts.isEmpty) return { sure: UNCONDITIONED, blind: NOTHING }
    const ips = [NO_CONDITION, ...ranges]
    if (this.#hosts.isEmpty) return { sure: ips, blind: NOTHING }
    if (clientNames.kind === 'unknown') return { sure: ips, blind: ips.map((ip) => pair(ip, ANY_HOST)) }
    const hosts = this.#hosts.matching(clientNames.value)
    return { sure: [...ips, ...hosts.flatMap((host) => ips.map((ip) => pair(ip, host)))], blind: NOTHING }
  }

  #addRange(text: string): readonly string[] {
    const cidr = parseCidr(text)
    if (!cidr.ok) return []
    const { address, prefix } = cidr.value
    const ranges = this.#ranges[address.family]
    const key = rangeKey(address, prefix)
    const known = ranges.get(prefix)
    if (known === undefined) ranges.set(prefix, new Set([key]))
    else known.add(key)
    return [key]
  }

  #rangesWith(clientIp: string): readonly string[] {
    const ip = parseIp(clientIp)
    if (!ip.ok) return NOTHING
    const found: string[] = []
    for (const [prefix, keys] of this.#ranges[ip.value.family]) {
      const key = rangeKey(ip.value, prefix)
      if (keys.has(key)) found.push(key)
    }
    return found
  }
}

function rangeKey(ip: IpAddress, prefix: number): string {
  return `${ip.family}/${prefix}/${prefixKey(ip.bytes, prefix)}`
}

function pair(ip: string, host: string): string {
  return `${ip} ${host}`
}
