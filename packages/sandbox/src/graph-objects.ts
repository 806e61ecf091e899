// The objects of a made-up Entra tenant, with what changed since when: what Graph's delta queries are made
// of.

export type GraphObject = { readonly id: string; readonly [name: string]: unknown }
export type GraphCollection = 'users' | 'groups' | 'contacts'

type Kept = {
  object: GraphObject
  readonly members: Set<string>
  removed: 'changed' | 'deleted' | null
  /** When each property, member or removal last changed, on the tenant's own count. */
  readonly changedAt: Map<string, number>
}

export type GraphObjects = {
  /** Adds or changes an object; properties that are not named stay. */
  put(collection: GraphCollection, object: GraphObject): void
  /** `changed` lies in the recycle bin, `deleted` is gone for good. */
  remove(collection: GraphCollection, id: string, reason: 'changed' | 'deleted'): void
  setMembers(groupId: string, members: readonly string[]): void
  list(collection: GraphCollection): readonly GraphObject[]
  membersOf(groupId: string): readonly string[]
  kindOf(id: string): GraphCollection | null
  /** What changed after `since`, as a delta tells it; 0 is everything that is there. */
  changes(collection: GraphCollection, since: number): readonly GraphObject[]
  count(): number
}

/** An empty tenant. */
export function createGraphObjects(): GraphObjects {
  const all = {
    users: new Map<string, Kept>(),
    groups: new Map<string, Kept>(),
    contacts: new Map<string, Kept>(),
  }
  let now = 0
  const keptOf = (collection: GraphCollection, id: string): Kept => {
    const kept = all[collection].get(id) ?? {
      object: { id },
      members: new Set<string>(),
      removed: null,
      changedAt: new Map<string, number>(),
    }
    all[collection].set(id, kept)
    return kept
  }
  const kindOf = (id: string): GraphCollection | null =>
    (['users', 'groups', 'contacts'] as const).find((collection) => all[collection].has(id)) ?? null

  return {
    put(collection, object) {
      now += 1
      const kept = keptOf(collection, object.id)
      kept.object = { ...kept.object, ...object }
      kept.removed = null
      for (const name of Object.keys(object)) kept.changedAt.set(name, now)
    },
    remove(collection, id, reason) {
      now += 1
      const kept = keptOf(collection, id)
      kept.removed = reason
      kept.changedAt.set('@removed', now)
    },
    setMembers(groupId, members) {
      now += 1
      const kept = keptOf('groups', groupId)
      for (const id of members) if (!kept.members.has(id)) kept.changedAt.set(`+${id}`, now)
      for (const id of kept.members) if (!members.includes(id)) kept.changedAt.set(`-${id}`, now)
      kept.members.clear()
      for (const id of members) kept.members.add(id)
    },
    list: (collection) =>
      [...all[collection].values()].filter(({ removed }) => removed === null).map(({ object }) => object),
    membersOf: (groupId) => [...(all.groups.get(groupId)?.members ?? [])],
    kindOf,
    changes: (collection, since) =>
      [...all[collection].values()].flatMap((kept) => {
        if (kept.removed !== null && since === 0) return []
        const changed = [...kept.changedAt].filter(([, at]) => at > since).map(([name]) => name)
        if (changed.length === 0) return []
        if (kept.removed !== null) return [{ id: kept.object.id, '@removed': { reason: kept.removed } }]
        return [since === 0 ? wholeOf(kept, kindOf) : changedOf(kept, changed, kindOf)]
      }),
    count: () => now,
  }
}

type KindOf = (id: string) => GraphCollection | null

const typed = (id: string, kindOf: KindOf) => {
  const kind = kindOf(id)
  const name = kind === 'contacts' ? 'orgContact' : kind === 'groups' ? 'group' : 'user'
  return { '@odata.type': `#microsoft.graph.${name}`, id }
}

function wholeOf({ object, members }: Kept, kindOf: KindOf): GraphObject {
  if (members.size === 0) return object
  return { ...object, 'members@delta': [...members].map((id) => typed(id, kindOf)) }
}

/** A delta tells what changed and the id; of members who came and who went. */
function changedOf({ object, members }: Kept, changed: readonly string[], kindOf: KindOf): GraphObject {
  const properties = Object.fromEntries(
    changed.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]),
  )
  const came = changed.filter((name) => name.startsWith('+') && members.has(name.slice(1)))
  const went = changed.filter((name) => name.startsWith('-') && !members.has(name.slice(1)))
  const delta = [
    ...came.map((name) => typed(name.slice(1), kindOf)),
    ...went.map((name) => ({ ...typed(name.slice(1), kindOf), '@removed': { reason: 'deleted' } })),
  ]
  return { ...properties, id: object.id, ...(delta.length > 0 && { 'members@delta': delta }) }
}
