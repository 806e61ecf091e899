// Users that were removed and may come back within the hour: everything that goes with them is kept as it
// was.
import type { Store, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { batchesOf } from './batches.ts'
import { addMembers, recountGroups } from './group-store.ts'
import { putAddresses, putSources, putUsers } from './people-store.ts'
import { feedRecipients } from './recipient-feed.ts'
import { addressesOfUsers, deleteUsers, ownersOf, sourcesOfUsers, usersById } from './store.ts'

export type RemovedUsers = {
  readonly users: readonly Row<'user'>[]
  readonly addresses: readonly Row<'user_address'>[]
  readonly sources: readonly Row<'user_source'>[]
  readonly members: readonly Row<'group_member'>[]
}

type Context = {
  readonly tenantId: string
  readonly now: number
  readonly dialect: Store['dialect']
}

/** Removes users and returns what puts them back. */
export async function takeUsers(
  trx: Trx,
  { tenantId, ids, now, dialect }: Context & { readonly ids: readonly string[] },
): Promise<RemovedUsers> {
  const [users, addresses, sources, members] = await Promise.all([
    usersById(trx, tenantId, ids),
    addressesOfUsers(trx, tenantId, ids),
    sourcesOfUsers(trx, tenantId, ids),
    membershipsOf(trx, tenantId, ids),
  ])
  const removed = await deleteUsers(trx, tenantId, ids)
  await feedRecipients(trx, { tenantId, source: 'manual', added: [], removed }, { dialect, now })
  return { users: [...users.values()], addresses, sources, members }
}

/**
 * Puts users back, except those whose main address somebody has by now; an alias that is taken stays away. An
 * account needs a new password.
 */
export async function putBackUsers(trx: Trx, removed: RemovedUsers, context: Context): Promise<void> {
  const { tenantId, now, dialect } = context
  const keys = removed.addresses.map(({ address_key }) => address_key)
  const taken = await ownersOf(trx, tenantId, keys)
  const users = removed.users.filter(({ email_key }) => !taken.has(email_key))
  const ids = new Set(users.map(({ id }) => id))
  const addresses = removed.addresses.filter(
    ({ user_id, address_key }) => ids.has(user_id) && !taken.has(address_key),
  )
  await putUsers(
    trx,
    users.map((row) => ({ ...row, updated_at: now, revision: row.revision + 1 })),
  )
  await putAddresses(trx, addresses)
  await putSources(
    trx,
    removed.sources.filter(({ user_id }) => ids.has(user_id)),
  )
  const primaries = new Map(users.map(({ id, email_key }) => [id, email_key]))
  for (const [source, rows] of Map.groupBy(addresses, (row) => row.source)) {
    const added = rows.map(({ address_key, user_id }) => {
      return { key: address_key, primaryKey: primaries.get(user_id)! }
    })
    await feedRecipients(trx, { tenantId, source, added, removed: [] }, { dialect, now })
  }
  await putBackMembers(trx, tenantId, { members: removed.members, ids })
}

async function putBackMembers(
  trx: Trx,
  tenantId: string,
  { members, ids }: { readonly members: RemovedUsers['members']; readonly ids: ReadonlySet<string> },
): Promise<void> {
  const groups = await trx
    .selectFrom('address_group')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .execute()
  const there = new Set(groups.map(({ id }) => id))
  const back = members.filter(({ group_id, user_id }) => there.has(group_id) && ids.has(user_id))
  const byGroup = Map.groupBy(back, ({ group_id }) => group_id)
  for (const [id, rows] of byGroup) {
    await addMembers(trx, tenantId, { id, users: rows.map(({ user_id }) => user_id) })
  }
  await recountGroups(trx, tenantId, byGroup.keys())
}

async function membershipsOf(
  trx: Trx,
  tenantId: string,
  ids: readonly string[],
): Promise<readonly Row<'group_member'>[]> {
  const found: Row<'group_member'>[] = []
  for (const batch of batchesOf(ids)) {
    const rows = await trx
      .selectFrom('group_member')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('user_id', 'in', batch)
      .execute()
    for (const row of rows) found.push(row)
  }
  return found
}
