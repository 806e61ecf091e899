// Scopes as hash keys: what an address is to the rules of a tenant, most specific first (decisions 15).
import type { AddressGroup, Scope } from '../rule.ts'
import type { TenantSettings } from '../settings.ts'
import { FREE_MAIL_DOMAINS } from './free-mail.ts'

/** What scopes are read against: the tenant's domains and its groups, hashed once per settings version. */
export type RuleWorld = {
  readonly domains: ReadonlySet<string>
  readonly groupsByAddress: ReadonlyMap<string, readonly string[]>
  /** Keys of the attributes that an address's user has. */
  readonly attributesByAddress: ReadonlyMap<string, readonly string[]>
  readonly groupsByDomain: ReadonlyMap<string, readonly string[]>
  /** What was found out of domains: each policy asks of the same few. */
  readonly seen: Map<string, SeenDomain>
  /** The addresses asked for last: rules of every type ask for the sender, the author and the recipient. */
  readonly recent: RecentAddresses
}

/** The same texts come again, so that comparing them costs nothing; one after the other is replaced. */
type RecentAddresses = { readonly found: { address: string; domain: SeenDomain }[]; next: number }

/** Sender, author, recipient, and one to spare. */
const RECENT_MAX = 4

/** A domain to the rules of a tenant. */
type SeenDomain = {
  readonly name: string
  /** It lies in a domain of the tenant or below one. */
  readonly isInternal: boolean
  /** Keys of rules about it and the domains above it, each a tier. */
  readonly tiers: Tiers
  /** Keys of the groups that it or a domain above it belongs to. */
  readonly groups: readonly string[]
}

/** Domains remembered so; more start over. */
const SEEN_MAX = 5_000

/** Kinds of scope that some rule uses; the others need no look-up. */
export class ScopeKinds {
  hasAddress = false
  hasGroup = false
  hasAttribute = false
  hasDomain = false
  hasFreeMail = false
  /** Internal or external. */
  hasSide = false
  hasEveryone = false

  add(kind: Scope['kind']): void {
    if (kind === 'address') this.hasAddress = true
    else if (kind === 'group') this.hasGroup = true
    else if (kind === 'attribute') this.hasAttribute = true
    else if (kind === 'domain') this.hasDomain = true
    else if (kind === 'free-mail') this.hasFreeMail = true
    else if (kind === 'everyone') this.hasEveryone = true
    else this.hasSide = true
  }
}

/** Keys that are equally specific, most specific tier first. */
export type Tiers = readonly (readonly string[])[]

/** Labels of a domain beyond this do not make it more specific; DNS names have at most 127. */
const LABELS_MAX = 127

export function worldOf(settings: Pick<TenantSettings, 'domains' | 'groups'>): RuleWorld {
  const groupsByAddress = new Map<string, string[]>()
  const attributesByAddress = new Map<string, string[]>()
  const groupsByDomain = new Map<string, string[]>()
  for (const { id, addresses, domains } of settings.groups ?? ([] as readonly AddressGroup[])) {
    if (id.startsWith(ATTRIBUTE)) {
      for (const address of addresses) add(attributesByAddress, address, id)
      continue
    }
    for (const address of addresses) add(groupsByAddress, address, id)
    for (const domain of domains) add(groupsByDomain, domain, id)
  }
  const domains = new Set(settings.domains.map(({ name }) => name))
  const recent = { found: [], next: 0 }
  return { domains, groupsByAddress, attributesByAddress, groupsByDomain, seen: new Map(), recent }
}

const ATTRIBUTE = 'attribute:'

/**
 * Under which id users with an attribute travel to edges, as if they were a group; no group has such an id.
 */
export function attributeId(name: string, value: string): string {
  return `${ATTRIBUTE}${`${name}=${value}`.normalize('NFC').toLowerCase()}`
}

/** The key under which rules of this scope are found. */
export function scopeKey(scope: Scope): string {
  switch (scope.kind) {
    case 'address':
      return `a:${scope.address}`
    case 'group':
      return `g:${scope.groupId}`
    case 'attribute':
      return attributeId(scope.name, scope.value)
    case 'domain':
      return `d:${scope.domain}`
    default:
      return scope.kind
  }
}

/**
 * How specific a scope is: everyone < internal, external < free mail < domain < group < attribute < address.
 * Of two domains the one with more labels is the more specific.
 */
export function specificityOf(scope: Scope): number {
  switch (scope.kind) {
    case 'everyone':
      return 0
    case 'internal':
    case 'external':
      return 1
    case 'free-mail':
      return 2
    case 'domain':
      return 3 + Math.min(scope.domain.split('.').length, LABELS_MAX) / (LABELS_MAX + 1)
    case 'group':
      return 4
    case 'attribute':
      return 5
    case 'address':
      return 6
  }
}

/** Whether an address (as address key) lies in a domain of the tenant or below one. */
export function isInternal(world: RuleWorld, address: string | null): boolean {
  return address !== null && domainSeenOf(world, address).isInternal
}

/** What the domain of an address key is to the rules. */
function domainSeenOf(world: RuleWorld, address: string): SeenDomain {
  const { recent } = world
  for (const known of recent.found) if (known.address === address) return known.domain
  const domain = seenDomain(world, domainOfKey(address))
  recent.found[recent.next] = { address, domain }
  recent.next = (recent.next + 1) % RECENT_MAX
  return domain
}

function seenDomain(world: RuleWorld, domain: string): SeenDomain {
  const known = world.seen.get(domain)
  if (known !== undefined) return known
  const names = withParents(domain)
  const groups = names.flatMap((name) => world.groupsByDomain.get(name) ?? [])
  const found = {
    name: domain,
    isInternal: names.some((name) => world.domains.has(name)),
    tiers: names.map((name) => [`d:${name}`]),
    groups: [...new Set(groups)].map((id) => `g:${id}`),
  }
  if (world.seen.size >= SEEN_MAX) world.seen.clear()
  world.seen.set(domain, found)
  return found
}

const INTERNAL: readonly string[] = ['internal']
const EXTERNAL: readonly string[] = ['external']
const EVERYONE: readonly string[] = ['everyone']

/** Tiers of rules that ask for nobody in particular, as most do: the same few for every address. */
const NO_TIERS: Tiers = []
const EVERYONE_TIERS: Tiers = [EVERYONE]
const INTERNAL_TIERS: Tiers = [INTERNAL]
const EXTERNAL_TIERS: Tiers = [EXTERNAL]
const INTERNAL_EVERYONE_TIERS: Tiers = [INTERNAL, EVERYONE]
const EXTERNAL_EVERYONE_TIERS: Tiers = [EXTERNAL, EVERYONE]

/**
 * Every key under which a rule about this address could stand. The null reverse-path is nobody's address:
 * it is external and everyone.
 */
export function tiersOf(world: RuleWorld, address: string | null, kinds: ScopeKinds): Tiers {
  const wide = wideTiersOf(world, address, kinds)
  if (address === null) return wide
  const isPlain = !kinds.hasAddress && !kinds.hasGroup && !kinds.hasAttribute
  if (isPlain && !kinds.hasDomain && !kinds.hasFreeMail) return wide
  const tiers: (readonly string[])[] = []
  const seen = domainSeenOf(world, address)
  if (kinds.hasAddress) tiers.push([`a:${address}`])
  const attributes = kinds.hasAttribute ? world.attributesByAddress.get(address) : undefined
  if (attributes !== undefined) tiers.push(attributes)
  if (kinds.hasGroup) {
    const groups = groupsOf(world, address, seen)
    if (groups.length > 0) tiers.push(groups)
  }
  if (kinds.hasDomain) tiers.push(...seen.tiers)
  if (kinds.hasFreeMail && FREE_MAIL_DOMAINS.has(seen.name)) tiers.push(['free-mail'])
  tiers.push(...wide)
  return tiers
}

/** The least specific tiers, which ask no more of an address than whose it is. */
function wideTiersOf(world: RuleWorld, address: string | null, kinds: ScopeKinds): Tiers {
  if (!kinds.hasSide) return kinds.hasEveryone ? EVERYONE_TIERS : NO_TIERS
  if (isInternal(world, address)) return kinds.hasEveryone ? INTERNAL_EVERYONE_TIERS : INTERNAL_TIERS
  return kinds.hasEveryone ? EXTERNAL_EVERYONE_TIERS : EXTERNAL_TIERS
}

/** The domain of an address key; quoted local parts may hold an @. */
export function domainOfKey(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

function groupsOf(world: RuleWorld, address: string, { groups }: SeenDomain): readonly string[] {
  const own = world.groupsByAddress.size === 0 ? undefined : world.groupsByAddress.get(address)
  return own === undefined ? groups : [...new Set([...own.map((id) => `g:${id}`), ...groups])]
}

/** The name itself, then each name above it. */
function withParents(domain: string): readonly string[] {
  const names = [domain]
  for (let dot = domain.indexOf('.'); dot !== -1; dot = domain.indexOf('.', dot + 1)) {
    names.push(domain.slice(dot + 1))
  }
  return names
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else if (!values.includes(value)) values.push(value)
}
