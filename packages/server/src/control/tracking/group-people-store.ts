// Who is in a group, for the message centre: its users by all their addresses, and the addresses and domains
// that stand in it.
import { addressKey } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { problem } from '../problem.ts'
import { nameKeyOf } from '../user/address.ts'
import { fold } from './words.ts'

/** Addresses that are looked up one by one in the index of each day. */
export const GROUP_WORDS_MAX = 1_000
/** They cross to the database with each query: a few megabytes. */
export const GROUP_ADDRESSES_MAX = 100_000

export type GroupPeople = {
  /** Folded, as words of the index are. */
  readonly addresses: readonly string[]
  readonly domains: readonly string[]
}

/** Throws `not-found` for what is no group here, `invalid-input` for one that is too large. */
export async function peopleOfGroup(db: Db, tenantId: string, group: string): Promise<GroupPeople> {
  const row = await db
    .selectFrom('address_group')
    .select(['id', 'name', 'entries'])
    .where('tenant_id', '=', tenantId)
    .where(({ or, eb }) => or([eb('id', '=', group), eb('name_key', '=', nameKeyOf(group))]))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!row) throw problem('not-found', `There is no group “${group}” here.`)
  const entries = JSON.parse(row.entries) as { readonly addresses: string[]; readonly domains: string[] }
  const users = await db
    .selectFrom('group_member as member')
    .innerJoin('user_address as address', (join) =>
      join
        .onRef('address.user_id', '=', 'member.user_id')
        .onRef('address.tenant_id', '=', 'member.tenant_id'),
    )
    .select('address.address')
    .where('member.tenant_id', '=', tenantId)
    .where('address.tenant_id', '=', tenantId)
    .where('member.group_id', '=', row.id)
    .limit(GROUP_ADDRESSES_MAX + 1)
    .execute()
  const all = [...entries.addresses, ...users.map(({ address }) => address)]
  const addresses = [...new Set(all.flatMap((address) => [fold(address), addressKey(address)]))]
  if (addresses.length > GROUP_ADDRESSES_MAX) {
    const limit = GROUP_ADDRESSES_MAX.toLocaleString('en-GB')
    throw problem('not-found', `“${row.name}” has more than ${limit} addresses. Ask for its domain instead.`)
  }
  return { addresses, domains: entries.domains.map(fold) }
}
