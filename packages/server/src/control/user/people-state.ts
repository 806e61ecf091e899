// What the store knows of the people that a directory speaks of: read before anything is planned.
import type { DirectoryEntry } from '@gatepost/directory/entry.ts'
import type { Db } from '#store/open.ts'
import type { UserAddress } from './address.ts'
import { type OwnDomains, readUserAddress } from './address.ts'
import { claimsOf, type Known } from './claim.ts'
import { userIdsByExternal } from './group-store.ts'
import { addressesOfUsers, ownDomains, ownersOf, sourcesOfUsers, usersById } from './store.ts'

export type PeopleState = {
  readonly domains: OwnDomains
  /** Every user that an entry, a removal or an address of an entry leads to. */
  readonly users: ReadonlyMap<string, Known>
  /** Id in the directory → user. */
  readonly byExternal: ReadonlyMap<string, string>
}

/** Reads what `planPeople` needs for these entries and removals of one connector. */
export async function readPeople(
  db: Db,
  tenantId: string,
  asked: {
    readonly connectorId: string
    readonly upserts: readonly DirectoryEntry[]
    readonly removals: readonly string[]
  },
): Promise<PeopleState> {
  const domains = await ownDomains(db, tenantId)
  const externalIds = [...asked.upserts.map(({ externalId }) => externalId), ...asked.removals]
  const byExternal = await userIdsByExternal(db, tenantId, { connectorId: asked.connectorId, externalIds })
  const keys = asked.upserts.flatMap((entry) => addressesIn(entry, domains).map(({ key }) => key))
  const owners = await ownersOf(db, tenantId, [...new Set(keys)])
  const ids = new Set([...byExternal.values(), ...[...owners.values()].map(({ userId }) => userId)])
  return { domains, byExternal, users: await knownUsers(db, tenantId, [...ids]) }
}

/** Users with all that is known of them. */
export async function knownUsers(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Known>> {
  const [rows, addresses, sources] = await Promise.all([
    usersById(db, tenantId, ids),
    addressesOfUsers(db, tenantId, ids),
    sourcesOfUsers(db, tenantId, ids),
  ])
  const addressesOf = Map.groupBy(addresses, ({ user_id }) => user_id)
  const sourcesOf = Map.groupBy(sources, ({ user_id }) => user_id)
  const known = new Map<string, Known>()
  for (const [id, row] of rows) {
    const own = addressesOf.get(id) ?? []
    known.set(id, { row, addresses: own, claims: claimsOf(row, own, sourcesOf.get(id) ?? []) })
  }
  return known
}

/** The addresses of an entry in the organisation's domains, each once, the main one first. */
export function addressesIn(entry: DirectoryEntry, domains: OwnDomains): readonly UserAddress[] {
  const found = new Map<string, UserAddress>()
  for (const text of [entry.email ?? '', ...entry.aliases]) {
    if (text === '') continue
    const read = readUserAddress(text, domains)
    if (read.ok && !found.has(read.value.key)) found.set(read.value.key, read.value)
  }
  return [...found.values()]
}
