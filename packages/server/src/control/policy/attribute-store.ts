// Users by an attribute, for policies about them: who they are for edges, and when edges have to hear of a
// change.
import type { AddressGroup, PolicyRule } from '#policy/rule.ts'
import { attributeId } from '#policy/rules/scope.ts'
import type { Db, Trx } from '#store/open.ts'
import { markDirty } from '../settings/settings.ts'
import { batchesOf } from '../user/batches.ts'
import { ITEMS_PER_TURN, letOthersIn } from '../user/turn.ts'

/** What the column holds: each name once. */
type Stored = readonly (readonly [name: string, value: string])[]

/**
 * The users with each attribute that a rule names, as groups of all their addresses; `limit` addresses in
 * all.
 */
export async function attributeGroups(
  db: Db,
  about: { readonly tenantId: string; readonly rules: readonly PolicyRule[]; readonly limit: number },
): Promise<readonly AddressGroup[]> {
  const { tenantId, rules, limit } = about
  const wanted = new Map<string, string>()
  for (const scope of rules.flatMap(({ from, to }) => [from, to])) {
    if (scope.kind === 'attribute') {
      wanted.set(attributeId(scope.name, scope.value), `${scope.name}: ${scope.value}`)
    }
  }
  if (wanted.size === 0) return []
  const byUser = await attributesOfUsers(db, tenantId, new Set(wanted.keys()))
  const addresses = new Map([...wanted.keys()].map((id) => [id, [] as string[]]))
  let left = limit
  for (const batch of batchesOf([...byUser.keys()])) {
    const rows = await db
      .selectFrom('user_address')
      .select(['user_id', 'address_key'])
      .where('tenant_id', '=', tenantId)
      .where('user_id', 'in', batch)
      .orderBy('address_key')
      .execute()
    for (const { user_id, address_key } of rows) {
      for (const id of byUser.get(user_id) ?? []) if (left-- > 0) addresses.get(id)?.push(address_key)
    }
  }
  return [...addresses].map(([id, found]) => {
    return { id, name: wanted.get(id) ?? id, addresses: found.toSorted(), domains: [] }
  })
}

/** Ids of those asked for, by user. Requests get their turn between parts of a long list of users. */
async function attributesOfUsers(
  db: Db,
  tenantId: string,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom('user')
    .select(['id', 'attributes'])
    .where('tenant_id', '=', tenantId)
    .where('attributes', '!=', '[]')
    .orderBy('id')
    .execute()
  const found = new Map<string, readonly string[]>()
  for (const [index, { id, attributes }] of rows.entries()) {
    if (index % ITEMS_PER_TURN === 0) await letOthersIn()
    const ids = (JSON.parse(attributes) as Stored).map(([name, value]) => attributeId(name, value))
    const named = ids.filter((one) => wanted.has(one))
    if (named.length > 0) found.set(id, named)
  }
  return found
}

/** Call inside the transaction that changed attributes: edges hear of it where a policy is about one. */
export async function attributesChanged(trx: Trx, tenantId: string, now: number): Promise<void> {
  const row = await trx
    .selectFrom('policy')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where((where) =>
      where.or([where('from_group', 'like', 'attribute:%'), where('to_group', 'like', 'attribute:%')]),
    )
    .limit(1)
    .executeTakeFirst()
  if (row) await markDirty(trx, tenantId, now)
}
