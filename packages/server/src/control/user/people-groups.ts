// Groups of directories: kept as they are listed there, nested ones flattened into users, and told to edges
// where a policy names them.
import type { DirectoryEntry } from '@gatepost/directory/entry.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { groupColumnsOf } from '../policy/rows.ts'
import { markDirty } from '../settings/settings.ts'
import {
  deleteGroups,
  directoryGroups,
  groupsInPolicies,
  groupsInUse,
  groupsLinkedTo,
  linksOf,
  type MemberCounts,
  putGroups,
  replaceLinks,
  replaceMembers,
  setMemberCounts,
  userIdsByExternal,
} from './group-store.ts'
import type { ConnectorSource, PeopleNote } from './people-plan.ts'

export type GroupInput = {
  readonly tenantId: string
  readonly source: ConnectorSource
  /** Groups among the entries. */
  readonly groups: readonly DirectoryEntry[]
  /** External ids that are gone, of users and groups alike. */
  readonly removals: readonly string[]
  /** External ids of users that came, so that groups which listed them before find them. */
  readonly arrived: readonly string[]
  readonly now: number
}

export type GroupsWritten = {
  readonly added: number
  readonly changed: number
  readonly removed: number
  readonly notes: readonly PeopleNote[]
}

/** Groups of one connector; directories of universities have some thousands. */
const GROUPS_MAX = 20_000
const NAME_LENGTH_MAX = 200
const PLACE_LENGTH_MAX = 1_000

/** Call inside the transaction that wrote the people, after them. */
export async function writeGroups(trx: Trx, input: GroupInput): Promise<GroupsWritten> {
  const { tenantId, source, now } = input
  const { connectorId } = source
  const known = await directoryGroups(trx, tenantId, connectorId)
  const removed = await removeGroups(trx, input, known)
  const notes: PeopleNote[] = []
  const rows = []
  let added = 0
  for (const { externalId, name, place } of lastOfEach(input.groups)) {
    const there = known.get(externalId)
    if (!there && known.size + added >= GROUPS_MAX) {
      notes.push({ externalId, why: `There are ${GROUPS_MAX} groups of this directory already.` })
      continue
    }
    if (!there) added += 1
    const fields = {
      name: name.slice(0, NAME_LENGTH_MAX) || externalId,
      description: place.slice(0, PLACE_LENGTH_MAX),
      addresses: [],
      domains: [],
    }
    rows.push({
      id: there?.id ?? newId('ugr', now),
      tenant_id: tenantId,
      ...groupColumnsOf(fields),
      origin: 'directory' as const,
      source: source.kind,
      connector_id: connectorId,
      external_id: externalId,
      created_at: there?.created_at ?? now,
      updated_at: now,
      revision: (there?.revision ?? 0) + 1,
    })
  }
  await putGroups(trx, rows)
  const idOf = new Map<string, string>([...known].map(([externalId, { id }]) => [externalId, id]))
  for (const row of rows) idOf.set(row.external_id, row.id)
  const written = new Set(rows.map(({ external_id }) => external_id))
  const links = input.groups.filter(({ externalId }) => written.has(externalId))
  const relinked = await replaceLinks(
    trx,
    tenantId,
    new Map(links.map(({ externalId, members }) => [idOf.get(externalId)!, members])),
  )
  const touched = new Set([...relinked, ...rows.filter(({ revision }) => revision === 1).map(({ id }) => id)])
  for (const id of await groupsLinkedTo(trx, tenantId, [...input.arrived, ...input.removals])) touched.add(id)
  const changed = await flatten(trx, input, { touched, idOf })
  await tellEdges(trx, tenantId, { ids: [...changed, ...rows.map(({ id }) => id)], now })
  return { added, changed: changed.size, removed, notes }
}

/** Groups that are gone; those that rules name stay, empty, so that no rule loses its side unseen. */
async function removeGroups(
  trx: Trx,
  { tenantId, removals, now }: GroupInput,
  known: Map<string, Row<'address_group'>>,
): Promise<number> {
  const gone = removals.flatMap((externalId) => known.get(externalId)?.id ?? [])
  if (gone.length === 0) return 0
  const inUse = await groupsInUse(trx, tenantId)
  await replaceLinks(trx, tenantId, new Map(gone.map((id) => [id, []])))
  for (const id of gone) await replaceMembers(trx, tenantId, { id, users: new Set() })
  await setMemberCounts(trx, tenantId, new Map(gone.map((id) => [id, 0])))
  await deleteGroups(
    trx,
    tenantId,
    gone.filter((id) => !inUse.has(id)),
  )
  for (const externalId of removals) {
    const row = known.get(externalId)
    if (row && !inUse.has(row.id)) known.delete(externalId)
  }
  if (gone.some((id) => inUse.has(id))) await markDirty(trx, tenantId, now)
  return gone.length
}

/** Finds the users of each group that a change reaches, through groups in groups. */
async function flatten(
  trx: Trx,
  { tenantId, source }: GroupInput,
  { touched, idOf }: { readonly touched: ReadonlySet<string>; readonly idOf: ReadonlyMap<string, string> },
): Promise<ReadonlySet<string>> {
  if (touched.size === 0) return new Set()
  const nested = await nestingOf(trx, tenantId, idOf)
  const affected = reachedBy(touched, nested.parents)
  const below = reachedBy(affected, nested.children)
  const links = await linksOf(trx, tenantId, [...below])
  const members = new Set([...links.values()].flat())
  const userOf = await userIdsByExternal(trx, tenantId, {
    connectorId: source.connectorId,
    externalIds: [...members].filter((member) => !idOf.has(member)),
  })
  const counts: MemberCounts = new Map()
  const changed = new Set<string>()
  for (const id of affected) {
    const users = new Set<string>()
    for (const each of reachedBy(new Set([id]), nested.children)) {
      for (const member of links.get(each) ?? []) {
        const user = userOf.get(member)
        if (user !== undefined) users.add(user)
      }
    }
    if (await replaceMembers(trx, tenantId, { id, users })) changed.add(id)
    counts.set(id, users.size)
  }
  await setMemberCounts(trx, tenantId, counts)
  return changed
}

type Edges = ReadonlyMap<string, readonly string[]>

/** Which groups stand in which, by our ids. */
async function nestingOf(
  trx: Trx,
  tenantId: string,
  idOf: ReadonlyMap<string, string>,
): Promise<{ readonly parents: Edges; readonly children: Edges }> {
  const parents = new Map<string, string[]>()
  const children = new Map<string, string[]>()
  const links = await linksOf(trx, tenantId, [...idOf.values()], [...idOf.keys()])
  for (const [parent, members] of links) {
    for (const member of members) {
      const child = idOf.get(member)!
      children.set(parent, [...(children.get(parent) ?? []), child])
      parents.set(child, [...(parents.get(child) ?? []), parent])
    }
  }
  return { parents, children }
}

/** The given groups and all behind them; groups that contain each other end it too. */
function reachedBy(from: ReadonlySet<string>, edges: Edges): ReadonlySet<string> {
  const found = new Set(from)
  for (const id of found) for (const next of edges.get(id) ?? []) found.add(next)
  return found
}

async function tellEdges(
  trx: Trx,
  tenantId: string,
  { ids, now }: { readonly ids: readonly string[]; readonly now: number },
): Promise<void> {
  if (ids.length === 0) return
  const inUse = await groupsInPolicies(trx, tenantId)
  if (ids.some((id) => inUse.has(id))) await markDirty(trx, tenantId, now)
}

function lastOfEach(groups: readonly DirectoryEntry[]): Iterable<DirectoryEntry> {
  return new Map(groups.map((entry) => [entry.externalId, entry])).values()
}
