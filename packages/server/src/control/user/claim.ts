// What one source says of a user, and what all that name it say together: provenance, and who counts where
// they differ (D2).
import { addressKey } from '@gatepost/mail/address.ts'
import type { UserAddress } from './address.ts'
import type { AddressRow, SourceRow, UserRow } from './store.ts'

export type SourceKind = SourceRow['source']
export type UserKind = UserRow['kind']

export type Claim = {
  readonly source: SourceKind
  /** Empty for what is no directory. */
  readonly connectorId: string
  /** The user's id in that directory. */
  readonly externalId: string | null
  readonly reference: string | null
  readonly since: number
  readonly seenAt: number
  readonly email: UserAddress
  readonly aliases: readonly UserAddress[]
  readonly name: string
  readonly kind: UserKind
  /** May sign in, as far as this source knows. */
  readonly enabled: boolean
  readonly attributes: ReadonlyMap<string, string>
  /** What its person types to sign in there. */
  readonly userName: string | null
  /** Where it stands there, for people. */
  readonly place: string
}

/** What the column `claim` holds. */
export type StoredClaim = {
  readonly email: string
  readonly aliases: readonly string[]
  readonly name: string
  readonly kind: UserKind
  readonly enabled: boolean
  readonly attributes: readonly (readonly [string, string])[]
  readonly userName: string | null
  readonly place: string
}

export type Known = {
  readonly row: UserRow
  readonly addresses: readonly AddressRow[]
  readonly claims: readonly Claim[]
}

/** What people said here, whatever sources say. */
export type LocalWord = {
  readonly enabled: boolean
  readonly attributes: readonly (readonly [string, string])[]
  /** Aliases that were added here to a user whom only directories name. */
  readonly aliases: readonly NamedAddress[]
}

export type NamedAddress = {
  readonly address: UserAddress
  /** Tokens of the claims that name it, in order. */
  readonly namedBy: readonly string[]
}

/** A user as its sources together say. */
export type Merged = {
  readonly email: UserAddress
  readonly name: string
  readonly kind: UserKind
  readonly enabled: boolean
  readonly attributes: readonly (readonly [string, string])[]
  /** By address key, the primary one included. */
  readonly addresses: ReadonlyMap<string, NamedAddress>
}

const DIRECTORIES: ReadonlySet<string> = new Set(['directory', 'agent', 'entra', 'google'])

export function isDirectory(source: string): boolean {
  return DIRECTORIES.has(source)
}

/** How a source is written in `named_by`. */
export function tokenOf({ source, connectorId }: Pick<Claim, 'source' | 'connectorId'>): string {
  return connectorId === '' ? source : `${source}:${connectorId}`
}

/** What edges are told of an address: they ask only whether a directory names it. */
export function sourceOfTokens(tokens: readonly string[], before = ''): SourceKind {
  const names = tokens.map((token) => token.split(':')[0]!)
  if (names.some(isDirectory)) return 'directory'
  if (names.includes(before)) return before as SourceKind
  return (['spreadsheet', 'manual', 'seen-in-mail'] as const).find((name) => names.includes(name)) ?? 'manual'
}

export const NO_LOCAL_WORD: LocalWord = { enabled: true, attributes: [], aliases: [] }

/**
 * Directories count before lists and hands, the one that named the user first before later ones. What was
 * seen in mail counts last. Addresses add up. Sign-in is off as soon as one directory or an administrator
 * says so.
 */
export function mergeClaims(claims: readonly Claim[], local: LocalWord = NO_LOCAL_WORD): Merged | null {
  const ordered = claims.toSorted(byWeight)
  const [first] = ordered
  if (first === undefined) return null
  const addresses = new Map<string, { readonly address: UserAddress; readonly namedBy: string[] }>()
  for (const claim of ordered) {
    for (const address of [claim.email, ...claim.aliases]) {
      const there = addresses.get(address.key)
      if (there) there.namedBy.push(tokenOf(claim))
      else addresses.set(address.key, { address, namedBy: [tokenOf(claim)] })
    }
  }
  for (const named of local.aliases) {
    const { key } = named.address
    if (!addresses.has(key)) addresses.set(key, { ...named, namedBy: [...named.namedBy] })
  }
  const attributes = new Map<string, string>()
  for (const said of [...ordered.map((claim) => claim.attributes), local.attributes])
    for (const [name, value] of said) if (!attributes.has(name)) attributes.set(name, value)
  return {
    email: first.email,
    name: ordered.find(({ name }) => name !== '')?.name ?? '',
    kind: first.kind,
    enabled: local.enabled && ordered.every((claim) => !isDirectory(claim.source) || claim.enabled),
    attributes: [...attributes].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    addresses,
  }
}

/** Where sources say different things of one user, in sentences for the user's page. */
export function disagreementsOf(
  claims: readonly Claim[],
  nameOf: (claim: Claim) => string,
): readonly string[] {
  const ordered = claims.toSorted(byWeight)
  const [first, ...rest] = ordered
  if (first === undefined) return []
  const texts: string[] = []
  const named = ordered.find(({ name }) => name !== '')
  for (const claim of rest) {
    if (named && claim !== named && claim.name !== '' && claim.name !== named.name) {
      texts.push(
        `${nameOf(named)} says “${named.name}”, ${nameOf(claim)} says “${claim.name}”; the first counts.`,
      )
    }
    if (claim.email.key !== first.email.key) {
      const primary = `${nameOf(first)} has ${first.email.address} as the main address`
      texts.push(
        `${primary}, ${nameOf(claim)} has ${claim.email.address}; the first counts, both receive mail.`,
      )
    }
    if (isDirectory(claim.source) && isDirectory(first.source) && claim.enabled !== first.enabled) {
      const off = claim.enabled ? first : claim
      texts.push(`${nameOf(off)} has the account disabled, so it cannot sign in; mail goes on.`)
    }
  }
  return texts
}

/** What people said of a user here. */
export function localWordOf({ row, addresses, claims }: Known): LocalWord {
  const tokens = new Set(claims.map(tokenOf))
  return {
    enabled: row.enabled_locally === 1,
    attributes: JSON.parse(row.local_attributes) as LocalWord['attributes'],
    aliases: addresses.flatMap((row) => {
      const namedBy = row.named_by.split(' ').filter((token) => !isDirectory(token.split(':')[0]!))
      const orphans = namedBy.filter((token) => !tokens.has(token))
      return orphans.length === 0 ? [] : [{ address: addressOf(row), namedBy: orphans }]
    }),
  }
}

/** Whether every directory that names a user lets it sign in. */
export function mayByDirectories(sources: readonly Pick<SourceRow, 'source' | 'claim'>[]): boolean {
  return sources.every(({ source, claim }) => {
    return !isDirectory(source) || claim === null || (JSON.parse(claim) as StoredClaim).enabled
  })
}

/** The claims of a user as stored; rows of before hold none and name what the addresses say. */
export function claimsOf(
  row: UserRow,
  addresses: readonly AddressRow[],
  sources: readonly SourceRow[],
): readonly Claim[] {
  const hasDirectory = sources.some(({ source }) => isDirectory(source))
  return sources.map((source): Claim => {
    const head = {
      source: source.source,
      connectorId: source.connector_id,
      externalId: source.external_id,
      reference: source.reference,
      since: source.since,
      seenAt: source.seen_at,
    }
    const stored = source.claim === null ? null : (JSON.parse(source.claim) as StoredClaim)
    if (stored && isDirectory(source.source)) return { ...head, ...readStored(stored) }
    // Hands and lists name what their addresses say; only values that another source may hide are kept apart.
    const token = tokenOf(head)
    const own = addresses.filter(({ named_by }) => named_by.split(' ').includes(token)).map(addressOf)
    const primary = own.find(({ key }) => key === row.email_key)
    const kept = stored && own.find(({ key }) => key === addressKey(stored.email))
    const email = kept ?? primary ?? own[0] ?? writtenAddress(row.email)
    return {
      ...head,
      email,
      aliases: own.filter(({ key }) => key !== email.key),
      name: hasDirectory ? (stored?.name ?? '') : row.name,
      kind: stored?.kind ?? 'user',
      enabled: true,
      attributes: new Map(stored?.attributes ?? []),
      userName: null,
      place: '',
    }
  })
}

/** A claim as the column holds it. */
export function storedClaim(claim: Claim): string {
  const stored: StoredClaim = {
    email: claim.email.address,
    aliases: claim.aliases.map(({ address }) => address),
    name: claim.name,
    kind: claim.kind,
    enabled: claim.enabled,
    attributes: [...claim.attributes],
    userName: claim.userName,
    place: claim.place,
  }
  return JSON.stringify(stored)
}

/** An address that was read before. */
export function writtenAddress(address: string): UserAddress {
  const key = addressKey(address)
  return { address, key, domain: key.slice(key.lastIndexOf('@') + 1) }
}

function readStored(stored: StoredClaim) {
  return {
    ...stored,
    email: writtenAddress(stored.email),
    aliases: stored.aliases.map(writtenAddress),
    attributes: new Map(stored.attributes),
  }
}

function addressOf({ address, address_key, domain }: AddressRow): UserAddress {
  return { address, key: address_key, domain }
}

function byWeight(a: Claim, b: Claim): number {
  return weightOf(a) - weightOf(b) || a.since - b.since || (tokenOf(a) < tokenOf(b) ? -1 : 1)
}

function weightOf({ source }: Claim): number {
  if (isDirectory(source)) return 0
  return source === 'seen-in-mail' ? 2 : 1
}
