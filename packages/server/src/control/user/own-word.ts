// What people may change of a user here: everything that no directory says. What follows from a change is
// worked out from all sources together.
import type { Attribute } from '@gatepost/contract/user.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { Trx } from '#store/open.ts'
import { attributesChanged } from '../policy/attribute-store.ts'
import { problem } from '../problem.ts'
import { cleanName } from './address.ts'
import { isDirectory, type Known, localWordOf, mergeClaims } from './claim.ts'
import { knownUsers } from './people-state.ts'
import type { UserRow } from './store.ts'
import { connectorNames } from './user-detail.ts'

type Change = {
  readonly name?: string | undefined
  readonly aliases?: readonly string[] | undefined
}

/** Refuses to change what a directory says: the next synchronisation would bring it back. */
export async function requireOurs(trx: Trx, row: UserRow, change: Change): Promise<void> {
  const known = (await knownUsers(trx, row.tenant_id, [row.id])).get(row.id)
  const directories = known?.claims.filter(({ source }) => isDirectory(source)) ?? []
  if (!known || directories.length === 0) return
  const names = await connectorNames(trx, row.tenant_id)
  const nameOf = (connectorId: string) => names.get(connectorId) ?? 'a directory'
  const named = directories.find(({ name }) => name !== '')
  if (named && change.name !== undefined && cleanName(change.name) !== row.name) {
    throw problem('user-from-directory', `The name comes from ${nameOf(named.connectorId)}. Change it there.`)
  }
  if (change.aliases === undefined) return
  const wanted = new Set(change.aliases.map((text) => addressKey(text)))
  for (const claim of directories) {
    const gone = claim.aliases.find(({ key }) => !wanted.has(key) && key !== row.email_key)
    if (gone === undefined) continue
    const detail = `${gone.address} comes from ${nameOf(claim.connectorId)}. Remove it there.`
    throw problem('user-from-directory', detail)
  }
}

/** Refuses to remove a user that a directory names, or that is an administrator. */
export async function requireRemovable(trx: Trx, row: UserRow): Promise<void> {
  const why = (await whyNotRemovable(trx, row.tenant_id, [row])).get(row.id)
  if (why) throw problem(why.problem, why.text)
}

export type Obstacle = { readonly problem: 'user-from-directory' | 'user-has-role'; readonly text: string }

/** Which of these users stay, and why. */
export async function whyNotRemovable(
  trx: Trx,
  tenantId: string,
  rows: readonly UserRow[],
): Promise<ReadonlyMap<string, Obstacle>> {
  const ids = rows.map(({ id }) => id)
  const found = new Map<string, Obstacle>()
  const names = await connectorNames(trx, tenantId)
  for (const { row, claims } of (await knownUsers(trx, tenantId, ids)).values()) {
    const claim = claims.find(({ source }) => isDirectory(source))
    if (!claim) continue
    const text = `${row.email} comes from ${names.get(claim.connectorId) ?? 'a directory'}. Remove it there.`
    found.set(row.id, { problem: 'user-from-directory', text })
  }
  for (const [id, obstacle] of await administratorsAmong(trx, tenantId, rows))
    if (!found.has(id)) found.set(id, obstacle)
  return found
}

/**
 * Which of these users administer the organisation, or operate the installation: whoever changes users may be
 * less than they are, and does not shut them out.
 */
export async function administratorsAmong(
  trx: Trx,
  tenantId: string,
  rows: readonly UserRow[],
): Promise<ReadonlyMap<string, Obstacle>> {
  const [administrators, operators] = await Promise.all([
    trx
      .selectFrom('role_binding')
      .innerJoin('person', 'person.id', 'role_binding.person_id')
      .select(['person.user_id', 'person.email_key'])
      .where('role_binding.tenant_id', '=', tenantId)
      .where('role_binding.role', '!=', 'end-user')
      .execute(),
    trx.selectFrom('person').select(['user_id', 'email_key']).where('operator', '=', 1).execute(),
  ])
  const people = [...administrators, ...operators]
  const byUser = new Set(people.map(({ user_id }) => user_id))
  const byKey = new Set(people.map(({ email_key }) => email_key))
  const found = rows.filter(({ id, email_key }) => byUser.has(id) || byKey.has(email_key))
  return new Map(
    found.map(({ id, email }) => {
      const text = `${email} is an administrator. Take the role away first.`
      return [id, { problem: 'user-has-role', text }]
    }),
  )
}

/** Refuses to switch off the sign-in of an administrator. */
export async function requireNoAdministrator(trx: Trx, row: UserRow): Promise<void> {
  const why = (await administratorsAmong(trx, row.tenant_id, [row])).get(row.id)
  if (why) throw problem(why.problem, why.text)
}

/** Attributes as the column holds them: each name once, by name. */
export function attributesText(attributes: readonly Attribute[]): string {
  const byName = new Map(attributes.map(({ name, value }) => [cleanName(name), cleanName(value)]))
  return JSON.stringify([...byName].filter(([name]) => name !== '').toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Stores what follows from all sources and the own word: attributes, sign-in, and who names each address. */
export async function settleUsers(trx: Trx, tenantId: string, ids: readonly string[]): Promise<void> {
  for (const known of (await knownUsers(trx, tenantId, ids)).values()) await settle(trx, known)
}

async function settle(trx: Trx, known: Known): Promise<void> {
  const { row } = known
  const merged = mergeClaims(known.claims, localWordOf(known))
  if (!merged) return
  const attributes = JSON.stringify(merged.attributes)
  const enabled = merged.enabled ? 1 : 0
  if (attributes === row.attributes && enabled === row.enabled) return
  if (attributes !== row.attributes) await attributesChanged(trx, row.tenant_id, row.updated_at)
  await trx
    .updateTable('user')
    .set({ attributes, enabled })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}
