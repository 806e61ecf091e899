// Carries an import out in batches, keeps what undoes it, and takes it back.
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import { nameKeyOf } from './address.ts'
import { batchesOf } from './batches.ts'
import { groupsInUse, recountGroups, removeMembers } from './group-store.ts'
import { type AccountsUndo, giveAccounts, type Hashes, takeAccountsBack } from './import-accounts.ts'
import { fillGroups, type GroupsFilled, nameAddresses } from './import-people-store.ts'
import { attributesOf, type ImportChange, type ImportPlan } from './import-plan.ts'
import { settleUsers } from './own-word.ts'
import { feedRecipients } from './recipient-feed.ts'
import { putBackUsers, type RemovedUsers, takeUsers } from './removed.ts'
import type { Candidate } from './rows.ts'
import {
  type AddressRow,
  addressesOfUsers,
  deleteAddresses,
  deleteUsers,
  insertAddresses,
  insertSources,
  insertUsers,
  type NewUser,
  type UserRow,
  usersById,
} from './store.ts'

/** What an import did, as far as it must be known to take it back. */
export type ImportUndo = {
  readonly added: readonly string[]
  readonly changed: readonly {
    readonly id: string
    /** Name before and after; null where it stayed. */
    readonly name: readonly [string, string] | null
    readonly aliasKeys: readonly string[]
    readonly namedKeys: readonly string[]
    readonly dropped: readonly AddressRow[]
    readonly enabled: readonly [0 | 1, 0 | 1] | null
    readonly attributes: readonly [string, string] | null
    readonly isNewSource: boolean
  }[]
  /** Users that it removed, and those that lost the list as a source. */
  readonly removed: RemovedUsers | null
  readonly unlisted: readonly string[]
  readonly groups: GroupsFilled
  readonly accounts: AccountsUndo
}

type Context = {
  readonly tenantId: string
  readonly importId: string
  readonly now: number
  readonly dialect: Store['dialect']
}

/** Stores everything of a plan that is right, with the feed items of its addresses. */
export async function writeImport(
  trx: Trx,
  plan: ImportPlan,
  context: Context & { readonly hashes: Hashes; readonly from: string },
): Promise<ImportUndo> {
  const { tenantId, importId, now, hashes, from } = context
  const made = { tenantId, source: 'spreadsheet', reference: importId, now } as const
  const removed =
    plan.removes.length > 0 ? await takeUsers(trx, { ...context, ids: idsOf(plan.removes) }) : null
  await unlist(trx, tenantId, idsOf(plan.keeps))
  const users = plan.adds.map((candidate) => ({ candidate, user: newUserOf(candidate, now) }))
  await insertUsers(
    trx,
    users.map(({ user }) => user),
    made,
  )
  const named = [...plan.changes, ...plan.unchanged]
  const dropped = await dropAliases(trx, named, tenantId)
  const aliases = named.flatMap(({ user, aliases }) => {
    return aliases.map((address) => ({ userId: user.id, address, isPrimary: false }))
  })
  await insertAddresses(trx, aliases, made)
  const namedKeys = named.flatMap(({ namedKeys }) => namedKeys)
  await nameAddresses(trx, tenantId, { keys: namedKeys, isNamed: true })
  await listAnew(trx, named, made)
  for (const change of plan.changes) await write(trx, change, now)
  const settled = plan.changes.filter(({ enabled, attributes }) => enabled !== null || attributes !== null)
  await settleUsers(
    trx,
    tenantId,
    settled.map(({ user }) => user.id),
  )
  await feedImport(trx, { users, named, dropped }, context)
  const everyone = [
    ...users.map(({ candidate, user }) => ({ userId: user.id, candidate, name: user.name })),
    ...named.map(({ candidate, user, name }) => ({ userId: user.id, candidate, name: name ?? user.name })),
  ]
  return {
    added: users.map(({ user }) => user.id),
    changed: named.filter(isUndoable).map((change) => undoOf(change, dropped)),
    removed,
    unlisted: idsOf(plan.keeps),
    groups: await fillGroups(trx, tenantId, { wanted: membersByGroup(everyone), now }),
    accounts: await giveAccounts(trx, everyone, { tenantId, hashes, from, now }),
  }
}

/**
 * Puts back what stood before. What people changed by hand in the meantime stays, except on users that go.
 */
export async function undoImport(trx: Trx, undo: ImportUndo, context: Context): Promise<void> {
  const { tenantId, now, dialect } = context
  await takeAccountsBack(trx, undo.accounts, context)
  for (const [id, users] of undo.groups.added) await removeMembers(trx, tenantId, { id, users })
  await recountGroups(
    trx,
    tenantId,
    undo.groups.added.map(([id]) => id),
  )
  await dropMadeGroups(trx, tenantId, undo.groups.made)
  const gone = await deleteUsers(trx, tenantId, undo.added)
  const users = await usersById(
    trx,
    tenantId,
    undo.changed.map(({ id }) => id),
  )
  const there = undo.changed.filter(({ id }) => users.has(id))
  const aliasKeys = there.flatMap(({ id, aliasKeys }) => aliasKeys.map((key) => ({ key, userId: id })))
  const removed = await deleteAddresses(trx, tenantId, aliasKeys)
  const keys = there.flatMap(({ namedKeys }) => namedKeys)
  await nameAddresses(trx, tenantId, { keys, isNamed: false })
  for (const each of there) await putBack(trx, each, { row: users.get(each.id)!, now })
  await settleUsers(
    trx,
    tenantId,
    there.map(({ id }) => id),
  )
  const sources = there.filter(({ isNewSource }) => isNewSource).map(({ id }) => id)
  await deleteSources(trx, sources, context)
  const fed = { tenantId, source: 'spreadsheet', added: [], removed: [...gone, ...removed] }
  await feedRecipients(trx, fed, { dialect, now })
  await putBackAliases(trx, there, { ...context, users })
  if (undo.removed) await putBackUsers(trx, undo.removed, context)
  const back = [...(await usersById(trx, tenantId, undo.unlisted)).keys()]
  await insertSources(trx, back, { tenantId, source: 'spreadsheet', reference: null, now })
}

function newUserOf(candidate: Candidate, now: number): NewUser {
  const { email, name, aliases, enabled } = candidate
  const attributes = attributesOf(null, candidate)
  return { id: newId('usr', now), email, name, aliases, enabled: enabled ?? true, attributes }
}

function membersByGroup(
  everyone: readonly { readonly userId: string; readonly candidate: Candidate }[],
): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map<string, { readonly name: string; readonly users: string[] }>()
  for (const { userId, candidate } of everyone) {
    for (const name of candidate.groups) {
      const key = nameKeyOf(name)
      const group = byKey.get(key) ?? { name, users: [] }
      group.users.push(userId)
      byKey.set(key, group)
    }
  }
  return new Map([...byKey.values()].map(({ name, users }) => [name, users]))
}

/** Aliases that a replacing list takes away; returns their rows. */
async function dropAliases(
  trx: Trx,
  named: readonly ImportChange[],
  tenantId: string,
): Promise<readonly AddressRow[]> {
  const wanted = named.flatMap(({ user, droppedKeys }) =>
    droppedKeys.map((key) => ({ key, userId: user.id })),
  )
  if (wanted.length === 0) return []
  const keys = new Set(wanted.map(({ key }) => key))
  const rows = await addressesOfUsers(trx, tenantId, [...new Set(wanted.map(({ userId }) => userId))])
  await deleteAddresses(trx, tenantId, wanted)
  return rows.filter(({ address_key }) => keys.has(address_key))
}

async function listAnew(
  trx: Trx,
  named: readonly ImportChange[],
  made: Parameters<typeof insertSources>[2],
): Promise<void> {
  const ids = named.filter(({ isNewSource }) => isNewSource).map(({ user }) => user.id)
  await insertSources(trx, ids, made)
}

async function unlist(trx: Trx, tenantId: string, ids: readonly string[]): Promise<void> {
  for (const batch of batchesOf(ids)) {
    await trx
      .deleteFrom('user_source')
      .where('tenant_id', '=', tenantId)
      .where('user_id', 'in', batch)
      .where('source', '=', 'spreadsheet')
      .execute()
  }
}

async function write(trx: Trx, change: ImportChange, now: number): Promise<void> {
  const { user, name, enabled, attributes, aliases, droppedKeys } = change
  if (name === null && enabled === null && attributes === null && aliases.length + droppedKeys.length === 0)
    return
  await trx
    .updateTable('user')
    .set({
      ...(name === null ? {} : { name, name_key: nameKeyOf(name) }),
      ...(enabled === null ? {} : { enabled_locally: enabled ? (1 as const) : (0 as const) }),
      ...(attributes === null ? {} : { local_attributes: attributes }),
      updated_at: now,
      revision: user.revision + 1,
    })
    .where('tenant_id', '=', user.tenant_id)
    .where('id', '=', user.id)
    .execute()
}

type Fed = {
  readonly users: readonly { readonly user: NewUser }[]
  readonly named: readonly ImportChange[]
  readonly dropped: readonly AddressRow[]
}

async function feedImport(
  trx: Trx,
  { users, named, dropped }: Fed,
  { tenantId, dialect, now }: Context,
): Promise<void> {
  const added = [
    ...users.flatMap(({ user: { email, aliases } }) =>
      [email, ...aliases].map(({ key }) => ({ key, primaryKey: email.key })),
    ),
    ...named.flatMap(({ user, aliases }) => aliases.map(({ key }) => ({ key, primaryKey: user.email_key }))),
  ]
  const removed = dropped.map(({ address_key }) => address_key)
  await feedRecipients(trx, { tenantId, source: 'spreadsheet', added, removed }, { dialect, now })
}

type Changed = ImportUndo['changed'][number]

async function putBack(
  trx: Trx,
  { name, enabled, attributes, aliasKeys, dropped }: Changed,
  { row, now }: { readonly row: UserRow; readonly now: number },
): Promise<void> {
  const isTouched = name !== null || enabled !== null || attributes !== null
  if (!isTouched && aliasKeys.length + dropped.length === 0) return
  const back = name !== null && row.name === name[1] ? name[0] : row.name
  await trx
    .updateTable('user')
    .set({
      name: back,
      name_key: nameKeyOf(back),
      ...(enabled !== null && row.enabled_locally === enabled[1] ? { enabled_locally: enabled[0] } : {}),
      ...(attributes !== null && row.local_attributes === attributes[1]
        ? { local_attributes: attributes[0] }
        : {}),
      updated_at: now,
      revision: row.revision + 1,
    })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

/** Aliases that the list had taken away come back, unless somebody has them by now. */
async function putBackAliases(
  trx: Trx,
  changed: readonly Changed[],
  { tenantId, now, dialect, users }: Context & { readonly users: ReadonlyMap<string, UserRow> },
): Promise<void> {
  for (const { id, dropped } of changed) {
    const primaryKey = users.get(id)!.email_key
    for (const row of dropped) {
      const address = { address: row.address, key: row.address_key, domain: row.domain }
      const taken = await addressTaken(trx, tenantId, row.address_key)
      if (taken) continue
      const made = { tenantId, source: 'spreadsheet' as const, now }
      await insertAddresses(trx, [{ userId: id, address, isPrimary: false }], made)
      const added = [{ key: row.address_key, primaryKey }]
      await feedRecipients(trx, { tenantId, source: 'spreadsheet', added, removed: [] }, { dialect, now })
    }
  }
}

async function addressTaken(trx: Trx, tenantId: string, key: string): Promise<boolean> {
  const row = await trx
    .selectFrom('user_address')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('address_key', '=', key)
    .executeTakeFirst()
  return row !== undefined
}

/** Groups that the import had made go again, unless they are used by now. */
async function dropMadeGroups(trx: Trx, tenantId: string, ids: readonly string[]): Promise<void> {
  const inUse = await groupsInUse(trx, tenantId)
  for (const id of ids) {
    if (inUse.has(id)) continue
    await trx
      .deleteFrom('address_group')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('member_count', '=', 0)
      .where('address_count', '=', 0)
      .where('domain_count', '=', 0)
      .execute()
  }
}

async function deleteSources(trx: Trx, userIds: readonly string[], context: Context): Promise<void> {
  for (const ids of batchesOf(userIds)) {
    await trx
      .deleteFrom('user_source')
      .where('tenant_id', '=', context.tenantId)
      .where('user_id', 'in', ids)
      .where('source', '=', 'spreadsheet')
      .where('reference', '=', context.importId)
      .execute()
  }
}

function isUndoable(change: ImportChange): boolean {
  const { name, aliases, namedKeys, droppedKeys, enabled, attributes, isNewSource } = change
  if (name !== null || enabled !== null || attributes !== null || isNewSource) return true
  return aliases.length + namedKeys.length + droppedKeys.length > 0
}

function undoOf(change: ImportChange, dropped: readonly AddressRow[]): Changed {
  const { user, name, aliases, namedKeys, droppedKeys, enabled, attributes, isNewSource } = change
  const flag = (isOn: boolean): 0 | 1 => (isOn ? 1 : 0)
  return {
    id: user.id,
    name: name === null ? null : [user.name, name],
    aliasKeys: aliases.map(({ key }) => key),
    namedKeys,
    dropped: droppedKeys.length === 0 ? [] : dropped.filter(({ user_id }) => user_id === user.id),
    enabled: enabled === null ? null : [user.enabled_locally, flag(enabled)],
    attributes: attributes === null ? null : [user.local_attributes, attributes],
    isNewSource,
  }
}

function idsOf(rows: readonly UserRow[]): readonly string[] {
  return rows.map(({ id }) => id)
}
