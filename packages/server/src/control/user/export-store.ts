// What an export of users needs beside the list: groups by name and attributes.
import type { Db } from '#store/open.ts'

/** Columns of attributes; more names are left out of an export. */
const NAMES_MAX = 50
/** Users looked at for names of attributes. */
const USERS_LOOKED_AT = 5_000

/** Names of attributes in use, by name. */
export async function attributeNames(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('user')
    .select('attributes')
    .where('tenant_id', '=', tenantId)
    .where('attributes', '!=', '[]')
    .limit(USERS_LOOKED_AT)
    .execute()
  const names = new Set(rows.flatMap(({ attributes }) => pairsOf(attributes).map(([name]) => name)))
  return [...names].toSorted().slice(0, NAMES_MAX)
}

export type ExportMore = {
  readonly groups: readonly string[]
  readonly attributes: ReadonlyMap<string, string>
}

/** Local groups and attributes of these users; groups of directories cannot be imported. */
export async function exportRows(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ExportMore>> {
  if (ids.length === 0) return new Map()
  const users = await db
    .selectFrom('user')
    .select(['id', 'attributes'])
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', ids)
    .execute()
  const groups = await db
    .selectFrom('group_member')
    .innerJoin('address_group', (join) =>
      join
        .onRef('address_group.id', '=', 'group_member.group_id')
        .onRef('address_group.tenant_id', '=', 'group_member.tenant_id'),
    )
    .select(['group_member.user_id', 'address_group.name'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('address_group.tenant_id', '=', tenantId)
    .where('address_group.origin', '!=', 'directory')
    .where('group_member.user_id', 'in', ids)
    .orderBy('address_group.name_key')
    .execute()
  const byUser = Map.groupBy(groups, ({ user_id }) => user_id)
  return new Map(
    users.map(({ id, attributes }) => [
      id,
      { groups: (byUser.get(id) ?? []).map(({ name }) => name), attributes: new Map(pairsOf(attributes)) },
    ]),
  )
}

function pairsOf(attributes: string): readonly (readonly [string, string])[] {
  return JSON.parse(attributes) as readonly (readonly [string, string])[]
}
