// Queries of users: one person with a primary address and aliases, and where each came from (D2).
import type { User } from '@gatepost/contract/user.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { nameKeyOf, type OwnDomains, type UserAddress } from './address.ts'
import { batchesOf } from './batches.ts'
import { groupsOfUsers, recountGroups } from './group-store.ts'

export type UserRow = Row<'user'>
export type AddressRow = Row<'user_address'>
export type SourceRow = Row<'user_source'>
export type Source = User['sources'][number]

/** A user to be stored. */
export type NewUser = {
  readonly id: string
  readonly email: UserAddress
  readonly name: string
  readonly aliases: readonly UserAddress[]
  /** True where nothing is said. */
  readonly enabled?: boolean
  /** As the column holds them. */
  readonly attributes?: string
}

/** Domains of the organisation, with whether each is validated. */
export async function ownDomains(db: Db, tenantId: string): Promise<OwnDomains> {
  const rows = await db
    .selectFrom('domain')
    .select(['name', 'validated_at'])
    .where('tenant_id', '=', tenantId)
    .execute()
  return new Map(rows.map(({ name, validated_at }) => [name, validated_at !== null]))
}

/** A user by id or primary address. */
export async function findUser(db: Db, tenantId: string, reference: string): Promise<UserRow | null> {
  const row = await db
    .selectFrom('user')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', reference), where('email_key', '=', addressKey(reference))]))
    .executeTakeFirst()
  return row ?? null
}

/** Addresses of users, in no order. */
export const addressesOfUsers = (
  db: Db,
  tenantId: string,
  userIds: readonly string[],
): Promise<AddressRow[]> => rowsOfUsers(db, 'user_address', { tenantId, userIds })

export const sourcesOfUsers = (
  db: Db,
  tenantId: string,
  userIds: readonly string[],
): Promise<Row<'user_source'>[]> => rowsOfUsers(db, 'user_source', { tenantId, userIds })

async function rowsOfUsers<Table extends 'user_address' | 'user_source'>(
  db: Db,
  table: Table,
  { tenantId, userIds }: { readonly tenantId: string; readonly userIds: readonly string[] },
): Promise<Row<Table>[]> {
  const rows: Row<Table>[] = []
  for (const ids of batchesOf(userIds)) {
    const found = await db
      .selectFrom(table as 'user_address' | 'user_source')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('user_id', 'in', ids)
      .execute()
    for (const row of found) rows.push(row as Row<Table>)
  }
  return rows
}

/** Who has which of these address keys. */
export async function ownersOf(
  db: Db,
  tenantId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly userId: string; readonly isPrimary: boolean }>> {
  const owners = new Map<string, { readonly userId: string; readonly isPrimary: boolean }>()
  for (const batch of batchesOf(keys)) {
    const rows = await db
      .selectFrom('user_address')
      .select(['address_key', 'user_id', 'is_primary'])
      .where('tenant_id', '=', tenantId)
      .where('address_key', 'in', batch)
      .execute()
    for (const row of rows)
      owners.set(row.address_key, { userId: row.user_id, isPrimary: row.is_primary === 1 })
  }
  return owners
}

/** Names of users by their primary address keys. */
export async function namesOf(
  db: Db,
  tenantId: string,
  emailKeys: readonly string[],
): Promise<readonly { readonly name: string; readonly emailKey: string }[]> {
  const found: { readonly name: string; readonly emailKey: string }[] = []
  for (const batch of batchesOf(emailKeys)) {
    const rows = await db
      .selectFrom('user')
      .select(['name', 'email_key'])
      .where('tenant_id', '=', tenantId)
      .where('email_key', 'in', batch)
      .where('name', '!=', '')
      .execute()
    for (const { name, email_key } of rows) found.push({ name, emailKey: email_key })
  }
  return found
}

/** Users by id. */
export async function usersById(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, UserRow>> {
  const users = new Map<string, UserRow>()
  for (const batch of batchesOf(ids)) {
    const rows = await db
      .selectFrom('user')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', batch)
      .execute()
    for (const row of rows) users.set(row.id, row)
  }
  return users
}

/** Stores new users with their addresses and the source that names them. */
export async function insertUsers(
  trx: Trx,
  users: readonly NewUser[],
  made: {
    readonly tenantId: string
    readonly source: Source
    readonly reference: string | null
    readonly now: number
  },
): Promise<void> {
  const { tenantId, source, now } = made
  for (const batch of batchesOf(users)) {
    const rows = batch.map(({ id, email, name, enabled = true, attributes = '[]' }) => ({
      id,
      tenant_id: tenantId,
      email: email.address,
      email_key: email.key,
      name,
      name_key: nameKeyOf(name),
      enabled: enabled ? (1 as const) : (0 as const),
      enabled_locally: enabled ? (1 as const) : (0 as const),
      attributes,
      local_attributes: attributes,
      created_at: now,
      updated_at: now,
      revision: 1,
    }))
    await trx.insertInto('user').values(rows).execute()
  }
  await insertSources(
    trx,
    users.map(({ id }) => id),
    made,
  )
  const addresses = users.flatMap((user) => [
    { userId: user.id, address: user.email, isPrimary: true },
    ...user.aliases.map((address) => ({ userId: user.id, address, isPrimary: false })),
  ])
  await insertAddresses(trx, addresses, { tenantId, source, now })
}

export async function insertAddresses(
  trx: Trx,
  addresses: readonly {
    readonly userId: string
    readonly address: UserAddress
    readonly isPrimary: boolean
  }[],
  made: { readonly tenantId: string; readonly source: Source; readonly now: number },
): Promise<void> {
  const { tenantId, source, now } = made
  for (const batch of batchesOf(addresses)) {
    const rows = batch.map(({ userId, address, isPrimary }) => ({
      tenant_id: tenantId,
      address_key: address.key,
      address: address.address,
      user_id: userId,
      is_primary: isPrimary ? (1 as const) : (0 as const),
      domain: address.domain,
      source,
      named_by: source,
      created_at: now,
    }))
    await trx.insertInto('user_address').values(rows).execute()
  }
}

/** Says of users that a source names them. */
export async function insertSources(
  trx: Trx,
  userIds: readonly string[],
  made: {
    readonly tenantId: string
    readonly source: Source
    readonly reference: string | null
    readonly now: number
  },
): Promise<void> {
  const { tenantId, source, reference, now } = made
  for (const batch of batchesOf(userIds)) {
    const rows = batch.map((id) => ({
      tenant_id: tenantId,
      user_id: id,
      source,
      reference,
      since: now,
      seen_at: now,
    }))
    await trx
      .insertInto('user_source')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['user_id', 'source', 'connector_id']).doNothing())
      .execute()
  }
}

/** Removes addresses where that user still has them; returns the keys that went. */
export async function deleteAddresses(
  trx: Trx,
  tenantId: string,
  addresses: readonly { readonly key: string; readonly userId: string }[],
): Promise<readonly string[]> {
  const gone: string[] = []
  for (const batch of batchesOf(addresses)) {
    const owners = new Map(batch.map(({ key, userId }) => [key, userId]))
    const there = await ownersOf(trx, tenantId, [...owners.keys()])
    const keys = [...there].filter(([key, { userId }]) => owners.get(key) === userId).map(([key]) => key)
    if (keys.length === 0) continue
    await trx
      .deleteFrom('user_address')
      .where('tenant_id', '=', tenantId)
      .where('address_key', 'in', keys)
      .execute()
    for (const key of keys) gone.push(key)
  }
  return gone
}

/**
 * Removes users with all they have, their accounts' way in among it; returns the address keys that went with
 * them.
 */
export async function deleteUsers(
  trx: Trx,
  tenantId: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const keys = (await addressesOfUsers(trx, tenantId, ids)).map(({ address_key }) => address_key)
  await dropAccounts(trx, tenantId, ids)
  const groups = await groupsOfUsers(trx, tenantId, ids)
  for (const batch of batchesOf(ids)) {
    await trx.deleteFrom('user').where('tenant_id', '=', tenantId).where('id', 'in', batch).execute()
  }
  await recountGroups(trx, tenantId, groups)
  return keys
}

/** What was seen in mail is settled once a person, a list or a directory names the user. */
export async function settleSeen(
  trx: Trx,
  user: { readonly tenantId: string; readonly id: string },
  by: Source,
): Promise<void> {
  await trx
    .deleteFrom('user_source')
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.id)
    .where('source', '=', 'seen-in-mail')
    .execute()
  await trx
    .updateTable('user_address')
    .set({ source: by, named_by: by })
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.id)
    .where('named_by', '=', 'seen-in-mail')
    .execute()
}

/** A person whose user is gone does not sign in as that user any more. Other roles of the person stay. */
async function dropAccounts(trx: Trx, tenantId: string, ids: readonly string[]): Promise<void> {
  for (const batch of batchesOf(ids)) {
    const persons = await trx.selectFrom('person').select('id').where('user_id', 'in', batch).execute()
    const personIds = persons.map(({ id }) => id)
    if (personIds.length === 0) continue
    await trx
      .deleteFrom('role_binding')
      .where('tenant_id', '=', tenantId)
      .where('person_id', 'in', personIds)
      .where('role', '=', 'end-user')
      .execute()
    await trx.updateTable('person').set({ user_id: null }).where('id', 'in', personIds).execute()
    const bare = await personsWithoutRole(trx, personIds)
    if (bare.length === 0) continue
    await trx.deleteFrom('session').where('person_id', 'in', bare).execute()
    await trx.updateTable('person').set({ password: '' }).where('id', 'in', bare).execute()
  }
}

/** Those of these persons who hold no role in any organisation. */
async function personsWithoutRole(trx: Trx, personIds: readonly string[]): Promise<readonly string[]> {
  const rows = await acrossTenants(trx)
    .selectFrom('person')
    .select('person.id')
    .where('person.id', 'in', personIds)
    .where('person.operator', '=', 0)
    .where('person.id', 'not in', (held) => held.selectFrom('role_binding').select('role_binding.person_id'))
    .execute()
  return rows.map(({ id }) => id)
}

/** Names that a source gives a user; once more is no change. */
export async function addSource(
  trx: Trx,
  user: { readonly tenantId: string; readonly id: string },
  source: { readonly name: Source; readonly reference: string | null; readonly now: number },
): Promise<void> {
  await trx
    .insertInto('user_source')
    .values({
      tenant_id: user.tenantId,
      user_id: user.id,
      source: source.name,
      reference: source.reference,
      since: source.now,
      seen_at: source.now,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'source', 'connector_id']).doNothing())
    .execute()
}

/** Whether the organisation has a list of users at all. */
export async function hasUsers(db: Db, tenantId: string): Promise<boolean> {
  const row = await db
    .selectFrom('user')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
