// Queries of groups and their members: directories' groups with what they list, and users in groups.
import type { Db, Trx } from '#store/open.ts'
import type { NewRow, Row } from '#store/schema.ts'
import { rulesOf as archiveRulesOf } from '../archive/store.ts'
import { batchesOf } from './batches.ts'

export type MemberCounts = Map<string, number>

/** Groups of one connector by their id there. */
export async function directoryGroups(
  db: Db,
  tenantId: string,
  connectorId: string,
): Promise<Map<string, Row<'address_group'>>> {
  const rows = await db
    .selectFrom('address_group')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('connector_id', '=', connectorId)
    .where('external_id', 'is not', null)
    .execute()
  return new Map(rows.map((row) => [row.external_id!, row]))
}

/** Groups that policies name, those of disabled ones too. */
export async function groupsInPolicies(db: Db, tenantId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('policy')
    .select(['from_group', 'to_group'])
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('from_group', 'is not', null), where('to_group', 'is not', null)]))
    .execute()
  return new Set(rows.flatMap(({ from_group, to_group }) => [from_group ?? [], to_group ?? []].flat()))
}

/** Groups that policies or days of the archive name: without them those would lose their side unseen. */
export async function groupsInUse(db: Db, tenantId: string): Promise<ReadonlySet<string>> {
  const [named, rules] = await Promise.all([groupsInPolicies(db, tenantId), archiveRulesOf(db, tenantId)])
  return new Set([...named, ...rules.flatMap(({ kind, value }) => (kind === 'group' ? [value] : []))])
}

export async function putGroups(trx: Trx, rows: readonly NewRow<'address_group'>[]): Promise<void> {
  for (const batch of batchesOf(rows, 1_000)) {
    await trx
      .insertInto('address_group')
      .values(batch)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((set) => ({
          name: set.ref('excluded.name'),
          name_key: set.ref('excluded.name_key'),
          description: set.ref('excluded.description'),
          search: set.ref('excluded.search'),
          updated_at: set.ref('excluded.updated_at'),
          revision: set.ref('excluded.revision'),
        })),
      )
      .execute()
  }
}

export async function deleteGroups(trx: Trx, tenantId: string, ids: readonly string[]): Promise<void> {
  for (const batch of batchesOf(ids)) {
    await trx.deleteFrom('address_group').where('tenant_id', '=', tenantId).where('id', 'in', batch).execute()
  }
}

/** Direct members of groups; `among` asks only for these. */
export async function linksOf(
  db: Db,
  tenantId: string,
  groupIds: readonly string[],
  among: readonly string[] | null = null,
): Promise<ReadonlyMap<string, string[]>> {
  const links = new Map<string, string[]>()
  const wanted = among === null ? null : new Set(among)
  for (const batch of batchesOf(groupIds)) {
    const rows = await db
      .selectFrom('group_link')
      .select(['group_id', 'member'])
      .where('tenant_id', '=', tenantId)
      .where('group_id', 'in', batch)
      .execute()
    for (const { group_id, member } of rows) {
      if (wanted !== null && !wanted.has(member)) continue
      const list = links.get(group_id) ?? []
      if (list.length === 0) links.set(group_id, list)
      list.push(member)
    }
  }
  return links
}

/** Groups that list one of these ids directly. */
export async function groupsLinkedTo(
  db: Db,
  tenantId: string,
  members: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const batch of batchesOf(members)) {
    const rows = await db
      .selectFrom('group_link')
      .select('group_id')
      .distinct()
      .where('tenant_id', '=', tenantId)
      .where('member', 'in', batch)
      .execute()
    for (const { group_id } of rows) found.add(group_id)
  }
  return found
}

/**
 * Brings the direct members of groups to what is given; returns the groups in which that changed something.
 */
export async function replaceLinks(
  trx: Trx,
  tenantId: string,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const there = await linksOf(trx, tenantId, [...wanted.keys()])
  const changed: string[] = []
  const fresh: NewRow<'group_link'>[] = []
  for (const [group, members] of wanted) {
    const has = new Set(there.get(group))
    const want = new Set(members)
    const gone = [...has].filter((member) => !want.has(member))
    const added = [...want].filter((member) => !has.has(member))
    if (gone.length + added.length > 0) changed.push(group)
    for (const member of added) fresh.push({ tenant_id: tenantId, group_id: group, member })
    for (const batch of batchesOf(gone)) {
      await trx
        .deleteFrom('group_link')
        .where('tenant_id', '=', tenantId)
        .where('group_id', '=', group)
        .where('member', 'in', batch)
        .execute()
    }
  }
  for (const batch of batchesOf(fresh)) await trx.insertInto('group_link').values(batch).execute()
  return changed
}

/** Brings the users of a group to what is given; false when nothing changed. */
export async function replaceMembers(
  trx: Trx,
  tenantId: string,
  { id, users }: { readonly id: string; readonly users: ReadonlySet<string> },
): Promise<boolean> {
  const has = new Set(await memberIds(trx, tenantId, id))
  const gone = [...has].filter((user) => !users.has(user))
  await removeMembers(trx, tenantId, { id, users: gone })
  const added = [...users].filter((user) => !has.has(user))
  await addMembers(trx, tenantId, { id, users: added })
  return gone.length + added.length > 0
}

/** Puts users into a group; those in it already stay. */
export async function addMembers(
  trx: Trx,
  tenantId: string,
  { id, users }: { readonly id: string; readonly users: readonly string[] },
): Promise<void> {
  for (const batch of batchesOf(users)) {
    await trx
      .insertInto('group_member')
      .values(batch.map((user) => ({ tenant_id: tenantId, group_id: id, user_id: user })))
      .onConflict((conflict) => conflict.columns(['tenant_id', 'group_id', 'user_id']).doNothing())
      .execute()
  }
}

export async function removeMembers(
  trx: Trx,
  tenantId: string,
  { id, users }: { readonly id: string; readonly users: readonly string[] },
): Promise<void> {
  for (const batch of batchesOf(users)) {
    await trx
      .deleteFrom('group_member')
      .where('tenant_id', '=', tenantId)
      .where('group_id', '=', id)
      .where('user_id', 'in', batch)
      .execute()
  }
}

export async function memberIds(db: Db, tenantId: string, groupId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('group_member')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .execute()
  return rows.map(({ user_id }) => user_id)
}

/** Groups that these users are in. */
export async function groupsOfUsers(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const batch of batchesOf(ids)) {
    const rows = await db
      .selectFrom('group_member')
      .select('group_id')
      .distinct()
      .where('tenant_id', '=', tenantId)
      .where('user_id', 'in', batch)
      .execute()
    for (const { group_id } of rows) found.add(group_id)
  }
  return found
}

/** Counts the users of groups anew. */
export async function recountGroups(trx: Trx, tenantId: string, ids: Iterable<string>): Promise<void> {
  for (const id of ids) {
    const row = await trx
      .selectFrom('group_member')
      .select((select) => select.fn.countAll<number>().as('users'))
      .where('tenant_id', '=', tenantId)
      .where('group_id', '=', id)
      .executeTakeFirst()
    await setMemberCounts(trx, tenantId, new Map([[id, Number(row?.users ?? 0)]]))
  }
}

export async function setMemberCounts(
  trx: Trx,
  tenantId: string,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [id, count] of counts) {
    await trx
      .updateTable('address_group')
      .set({ member_count: count })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('member_count', '!=', count)
      .execute()
  }
}

/** Users by their id in a directory. */
export async function userIdsByExternal(
  db: Db,
  tenantId: string,
  asked: { readonly connectorId: string; readonly externalIds: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const ids of batchesOf(asked.externalIds)) {
    const rows = await db
      .selectFrom('user_source')
      .select(['external_id', 'user_id'])
      .where('tenant_id', '=', tenantId)
      .where('connector_id', '=', asked.connectorId)
      .where('external_id', 'in', ids)
      .execute()
    for (const row of rows) if (row.external_id !== null) found.set(row.external_id, row.user_id)
  }
  return found
}
