// What imports ask and write of people beside the rows of users: who stands in lists alone, administrators,
// local groups by name, who names which address.
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { groupColumnsOf } from '../policy/rows.ts'
import { nameKeyOf } from './address.ts'
import { batchesOf } from './batches.ts'
import { sourceOfTokens } from './claim.ts'
import { addMembers, recountGroups } from './group-store.ts'
import { putAddresses } from './people-store.ts'
import type { AddressRow, UserRow } from './store.ts'

/** Users that lists name: alone, or with another source. */
export async function listedOnly(
  db: Db,
  tenantId: string,
): Promise<{ readonly alone: readonly UserRow[]; readonly shared: readonly UserRow[] }> {
  const rows = await db
    .selectFrom('user')
    .innerJoin('user_source', (join) =>
      join.onRef('user_source.user_id', '=', 'user.id').onRef('user_source.tenant_id', '=', 'user.tenant_id'),
    )
    .selectAll('user')
    .select((select) => [
      select
        .selectFrom('user_source as other')
        .select((count) => count.fn.countAll<number>().as('others'))
        .where('other.tenant_id', '=', tenantId)
        .whereRef('other.user_id', '=', 'user.id')
        .where('other.source', '!=', 'spreadsheet')
        .as('others'),
    ])
    .where('user.tenant_id', '=', tenantId)
    .where('user_source.tenant_id', '=', tenantId)
    .where('user_source.source', '=', 'spreadsheet')
    .orderBy('user.email_key')
    .execute()
  const alone: UserRow[] = []
  const shared: UserRow[] = []
  for (const { others, ...row } of rows) (Number(others) === 0 ? alone : shared).push(row)
  return { alone, shared }
}

/**
 * Address keys of everybody who is more than an end user somewhere, with that of the user such a person is,
 * which may be another by now: no list sets their passwords, whichever organisation it belongs to.
 */
export async function administratorKeys(db: Db): Promise<ReadonlySet<string>> {
  const people = acrossTenants(db)
    .selectFrom('person')
    .leftJoin('user', 'user.id', 'person.user_id')
    .select(['person.email_key', 'user.email_key as user_key'])
  const [held, operators] = await Promise.all([
    people
      .innerJoin('role_binding', 'role_binding.person_id', 'person.id')
      .where('role_binding.role', '!=', 'end-user')
      .execute(),
    people.where('person.operator', '=', 1).execute(),
  ])
  const keys = [...held, ...operators].flatMap(({ email_key, user_key }) => [email_key, user_key])
  return new Set(keys.filter((key) => key !== null))
}

/** Local groups by folded name. */
export async function localGroups(
  db: Db,
  tenantId: string,
): Promise<ReadonlyMap<string, { readonly id: string; readonly name: string }>> {
  const rows = await db
    .selectFrom('address_group')
    .select(['id', 'name', 'name_key'])
    .where('tenant_id', '=', tenantId)
    .where('origin', '!=', 'directory')
    .execute()
  return new Map(rows.map(({ id, name, name_key }) => [name_key, { id, name }]))
}

export type GroupsFilled = {
  /** Groups that were made. */
  readonly made: readonly string[]
  /** Users that came into groups, by group. */
  readonly added: readonly (readonly [group: string, users: readonly string[]])[]
}

/** Puts users into groups by name; makes those that are not there. */
export async function fillGroups(
  trx: Trx,
  tenantId: string,
  { wanted, now }: { readonly wanted: ReadonlyMap<string, readonly string[]>; readonly now: number },
): Promise<GroupsFilled> {
  const there = await localGroups(trx, tenantId)
  const made: string[] = []
  const added: (readonly [string, readonly string[]])[] = []
  for (const [name, users] of wanted) {
    const known = there.get(nameKeyOf(name))
    const id = known?.id ?? newId('grp', now)
    if (!known) {
      const fields = { name, description: 'Made by an import of users.', addresses: [], domains: [] }
      const row = { id, tenant_id: tenantId, ...groupColumnsOf(fields), origin: 'person' as const }
      await trx
        .insertInto('address_group')
        .values({ ...row, created_at: now, updated_at: now, revision: 1 })
        .execute()
      made.push(id)
    }
    const inside = await membersAmong(trx, tenantId, { id, users })
    const fresh = users.filter((user) => !inside.has(user))
    await addMembers(trx, tenantId, { id, users: fresh })
    added.push([id, fresh])
  }
  await recountGroups(
    trx,
    tenantId,
    added.map(([id]) => id),
  )
  return { made, added }
}

async function membersAmong(
  db: Db,
  tenantId: string,
  { id, users }: { readonly id: string; readonly users: readonly string[] },
): Promise<ReadonlySet<string>> {
  const inside = new Set<string>()
  for (const batch of batchesOf(users)) {
    const rows = await db
      .selectFrom('group_member')
      .select('user_id')
      .where('tenant_id', '=', tenantId)
      .where('group_id', '=', id)
      .where('user_id', 'in', batch)
      .execute()
    for (const { user_id } of rows) inside.add(user_id)
  }
  return inside
}

/** Says of addresses that the spreadsheet names them, or that it no longer does. */
export async function nameAddresses(
  trx: Trx,
  tenantId: string,
  { keys, isNamed }: { readonly keys: readonly string[]; readonly isNamed: boolean },
): Promise<void> {
  for (const batch of batchesOf(keys)) {
    const rows = await trx
      .selectFrom('user_address')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('address_key', 'in', batch)
      .execute()
    await putAddresses(
      trx,
      rows.map((row) => withToken(row, isNamed)),
    )
  }
}

function withToken(row: AddressRow, isNamed: boolean): AddressRow {
  const others = row.named_by.split(' ').filter((token) => token !== 'spreadsheet')
  const tokens = isNamed ? [...others, 'spreadsheet'].toSorted() : others
  // An address is named by something as long as its user is.
  if (tokens.length === 0) return row
  return { ...row, named_by: tokens.join(' '), source: sourceOfTokens(tokens, row.source) }
}
