// Users (C3, D2): add, read, change, remove; each change of an address reaches the edges' recipient list with
// it.
import type { User } from '@gatepost/contract/user.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { Page } from '../page.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { isEmptyChange, requireRevision } from '../settings/settings.ts'
import {
  addressRemedy,
  cleanName,
  nameKeyOf,
  type OwnDomains,
  readUserAddress,
  type UserAddress,
} from './address.ts'
import { accountsAmong, pageOfUsers, type UserQuery, userOf } from './list-store.ts'
import {
  attributesText,
  requireNoAdministrator,
  requireOurs,
  requireRemovable,
  settleUsers,
} from './own-word.ts'
import { feedPeople } from './people-feed.ts'
import { feedRecipients } from './recipient-feed.ts'
import {
  addressesOfUsers,
  addSource,
  deleteAddresses,
  deleteUsers,
  findUser,
  insertAddresses,
  insertUsers,
  ownDomains,
  ownersOf,
  settleSeen,
  sourcesOfUsers,
  type UserRow,
  usersById,
} from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

export function listUsers(
  scope: Scope,
  query: UserQuery,
  { store }: Pick<Deps, 'store'>,
): Promise<Page<User>> {
  return pageOfUsers(store.db, scope.tenantId, query)
}

export type UserInput = { readonly email: string; readonly name: string; readonly aliases: readonly string[] }

/** Adds a user by hand. One that was only seen in mail so far is taken over. */
export async function addUser(scope: Scope, input: UserInput, deps: Deps): Promise<User> {
  const { store, clock, link } = deps
  const user = await store.transaction(async (trx) => {
    const domains = await ownDomains(trx, scope.tenantId)
    const email = requireAddress(input.email, '/email', domains)
    const aliases = requireAliases(input.aliases, email, domains)
    const name = cleanName(input.name)
    const now = clock.now()
    const seen = await seenInMailOnly(trx, scope.tenantId, email)
    const has = await requireFree(trx, scope.tenantId, {
      addresses: [email, ...aliases],
      except: seen?.id ?? null,
    })
    const id = seen?.id ?? newId('usr', now)
    if (seen) await adopt(trx, seen, { name, now })
    else {
      const made = { tenantId: scope.tenantId, source: 'manual', reference: null, now } as const
      await insertUsers(trx, [{ id, email, name, aliases: [] }], made)
    }
    const fresh = aliases.filter(({ key }) => !has.has(key))
    await addAliases(trx, { tenantId: scope.tenantId, id }, { aliases: fresh, now })
    const after = { email: email.address, name, aliases: aliases.map(({ address }) => address) }
    const event = { action: 'user.added', subject: `user ${email.address}`, before: null, after, at: now }
    await appendAudit(trx, scope, event)
    await feed(trx, { scope, primaryKey: email.key, added: [email, ...aliases], removed: [], now, store })
    return readUser(trx, scope.tenantId, (await findUser(trx, scope.tenantId, id))!)
  })
  link.settingsChanged()
  return user
}

export type UserChange = {
  readonly name?: string | undefined
  readonly aliases?: readonly string[] | undefined
  readonly enabled?: boolean | undefined
  readonly attributes?: readonly { readonly name: string; readonly value: string }[] | undefined
}

/**
 * Changes name, aliases, attributes or sign-in; `expected` is the revision of If-Match, or null. Throws
 * `user-from-directory` for what a directory says, `user-has-role` for shutting out an administrator.
 */
export async function updateUser(
  scope: Scope,
  input: { readonly user: string; readonly change: UserChange; readonly expected: number | null },
  deps: Deps,
): Promise<User> {
  const { store, clock, link } = deps
  const { change } = input
  const user = await store.transaction(async (trx) => {
    const row = await requireUser(trx, scope, input.user)
    requireRevision(row, input.expected)
    const before = await readUser(trx, scope.tenantId, row)
    if (isEmptyChange(change)) return before
    await requireOurs(trx, row, change)
    if (change.enabled === false && row.enabled_locally === 1) await requireNoAdministrator(trx, row)
    const now = clock.now()
    const name = change.name === undefined ? row.name : cleanName(change.name)
    const enabledLocally = change.enabled === undefined ? row.enabled_locally : change.enabled ? 1 : 0
    await trx
      .updateTable('user')
      .set({
        name,
        name_key: nameKeyOf(name),
        enabled_locally: enabledLocally,
        ...(change.attributes ? { local_attributes: attributesText(change.attributes) } : {}),
        updated_at: now,
        revision: row.revision + 1,
      })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', row.id)
      .execute()
    const moved = change.aliases
      ? await replaceAliases(trx, row, { texts: change.aliases, now })
      : { added: [], removed: [] }
    await settleUsers(trx, scope.tenantId, [row.id])
    const after = await readUser(trx, scope.tenantId, (await findUser(trx, scope.tenantId, row.id))!)
    const event = { action: 'user.changed', subject: `user ${row.email}`, before, after, at: now }
    await appendAudit(trx, scope, event)
    await feed(trx, { scope, primaryKey: row.email_key, ...moved, now, store })
    const keys = name === row.name ? [] : [row.email_key]
    await feedPeople(trx, { tenantId: scope.tenantId, keys }, { dialect: store.dialect, now })
    return after
  })
  link.settingsChanged()
  return user
}

/**
 * Removes a user; known-recipient domains then refuse mail for the addresses. Throws `user-from-directory`,
 * `user-has-role`.
 */
export async function removeUser(
  scope: Scope,
  reference: string,
  { store, clock, link }: Deps,
): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await requireUser(trx, scope, reference)
    await requireRemovable(trx, row)
    const before = await readUser(trx, scope.tenantId, row)
    const now = clock.now()
    const removed = await deleteUsers(trx, scope.tenantId, [row.id])
    const event = { action: 'user.removed', subject: `user ${row.email}`, before, after: null, at: now }
    await appendAudit(trx, scope, event)
    await feed(trx, { scope, primaryKey: row.email_key, added: [], removed, now, store })
  })
  link.settingsChanged()
}

async function replaceAliases(
  trx: Trx,
  row: UserRow,
  { texts, now }: { readonly texts: readonly string[]; readonly now: number },
): Promise<{ readonly added: readonly UserAddress[]; readonly removed: readonly string[] }> {
  const domains = await ownDomains(trx, row.tenant_id)
  const has = (await addressesOfUsers(trx, row.tenant_id, [row.id])).filter(
    ({ is_primary }) => is_primary === 0,
  )
  const kept = new Set(has.map(({ address_key }) => address_key))
  // An alias that is there already may stay, also when its domain has gone since.
  const fresh = texts.filter((text) => !kept.has(addressKey(text)))
  const primary = { address: row.email, key: row.email_key, domain: '' }
  const wanted = requireAliases(fresh, primary, domains)
  const named = new Set([...wanted.map(({ key }) => key), ...texts.map((text) => addressKey(text))])
  const added = wanted.filter(({ key }) => !kept.has(key))
  await requireFree(trx, row.tenant_id, { addresses: added, except: row.id })
  const dropped = has.filter(({ address_key }) => !named.has(address_key))
  const removed = await deleteAddresses(
    trx,
    row.tenant_id,
    dropped.map(({ address_key }) => ({ key: address_key, userId: row.id })),
  )
  await addAliases(trx, { tenantId: row.tenant_id, id: row.id }, { aliases: added, now })
  return { added, removed }
}

async function addAliases(
  trx: Trx,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  { aliases, now }: { readonly aliases: readonly UserAddress[]; readonly now: number },
): Promise<void> {
  const rows = aliases.map((address) => ({ userId: id, address, isPrimary: false }))
  await insertAddresses(trx, rows, { tenantId, source: 'manual', now })
}

/** A user that nobody entered: its address was seen in accepted outbound mail (R2). */
async function seenInMailOnly(trx: Trx, tenantId: string, email: UserAddress): Promise<UserRow | null> {
  const row = await findUser(trx, tenantId, email.key)
  if (!row) return null
  const sources = await sourcesOfUsers(trx, tenantId, [row.id])
  return sources.every(({ source }) => source === 'seen-in-mail') ? row : null
}

async function adopt(
  trx: Trx,
  row: UserRow,
  { name, now }: { readonly name: string; readonly now: number },
): Promise<void> {
  const user = { tenantId: row.tenant_id, id: row.id }
  await addSource(trx, user, { name: 'manual', reference: null, now })
  await settleSeen(trx, user, 'manual')
  const shown = name === '' ? row.name : name
  await trx
    .updateTable('user')
    .set({ name: shown, name_key: nameKeyOf(shown), updated_at: now, revision: row.revision + 1 })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

/** Refuses addresses that another user has; returns the keys that the user `except` has already. */
async function requireFree(
  trx: Trx,
  tenantId: string,
  { addresses, except }: { readonly addresses: readonly UserAddress[]; readonly except: string | null },
): Promise<ReadonlySet<string>> {
  const keys = addresses.map(({ key }) => key)
  const owners = await ownersOf(trx, tenantId, keys)
  const taken = addresses.find(({ key }) => owners.has(key) && owners.get(key)!.userId !== except)
  if (!taken) return new Set(owners.keys())
  const owner = (await usersById(trx, tenantId, [owners.get(taken.key)!.userId])).values().next().value
  throw problem('address-exists', `${taken.address} belongs to ${owner?.email ?? 'a user'} already.`)
}

function requireAddress(text: string, path: string, domains: OwnDomains): UserAddress {
  const parsed = readUserAddress(text, domains)
  if (parsed.ok) return parsed.value
  const errors = [{ path, message: addressRemedy(parsed.fault, text, domains) }]
  if (parsed.fault === 'address-syntax') throw invalidInput(errors)
  throw problem('address-not-in-domain', errors[0]!.message, { errors })
}

function requireAliases(texts: readonly string[], email: UserAddress, domains: OwnDomains): UserAddress[] {
  const aliases = texts.map((text, index) => requireAddress(text, `/aliases/${index}`, domains))
  const byKey = new Map(aliases.map((alias) => [alias.key, alias]))
  byKey.delete(email.key)
  return [...byKey.values()]
}

async function requireUser(trx: Db, scope: Scope, reference: string): Promise<UserRow> {
  const row = await findUser(trx, scope.tenantId, reference)
  if (!row) throw problem('not-found', `There is no user “${reference}” here.`)
  return row
}

async function readUser(trx: Db, tenantId: string, row: UserRow): Promise<User> {
  const [addresses, sources, accounts] = await Promise.all([
    addressesOfUsers(trx, tenantId, [row.id]),
    sourcesOfUsers(trx, tenantId, [row.id]),
    accountsAmong(trx, tenantId, [row.id]),
  ])
  const hasAccount = accounts.has(row.id)
  return userOf(row, { addresses, sources: sources.map(({ source }) => source), hasAccount })
}

async function feed(
  trx: Trx,
  change: {
    readonly scope: Scope
    readonly primaryKey: string
    readonly added: readonly UserAddress[]
    readonly removed: readonly string[]
    readonly now: number
    readonly store: Deps['store']
  },
): Promise<void> {
  const { primaryKey, removed, now } = change
  const added = change.added.map(({ key }) => ({ key, primaryKey }))
  const fed = { tenantId: change.scope.tenantId, source: 'manual', added, removed }
  await feedRecipients(trx, fed, { dialect: change.store.dialect, now })
}
