// What edges learn of users' addresses: that they exist, whose each alias is, and that lists of senders which
// waited for an address now belong to its user.
import { appendFeed, type FeedChange } from '#store/feed.ts'
import type { Store, Trx } from '#store/open.ts'
import { moveSenders } from '../sender/move-store.ts'
import { markDirty } from '../settings/settings.ts'
import { groupsInPolicies } from './group-store.ts'
import { feedPeople } from './people-feed.ts'

/** An address that is new to the list; `primaryKey` is the address key of its user's primary address. */
export type FedAddress = { readonly key: string; readonly primaryKey: string }

/** Tells edges of addresses that came and went. Call inside the transaction that changes users. */
export async function feedRecipients(
  trx: Trx,
  change: {
    readonly tenantId: string
    readonly source: string
    readonly added: readonly FedAddress[]
    readonly removed: readonly string[]
  },
  made: { readonly dialect: Store['dialect']; readonly now: number },
): Promise<void> {
  const { tenantId, source, added, removed } = change
  const item = { tenantId, list: 'recipient' } as const
  const changes: FeedChange[] = [
    ...removed.map((key) => ({ ...item, key, value: null })),
    ...added.map(({ key, primaryKey }) => {
      return { ...item, key, value: key === primaryKey ? { source } : { source, user: primaryKey } }
    }),
  ]
  const aliases = added.filter(({ key, primaryKey }) => key !== primaryKey)
  await moveSenders(trx, new Map(aliases.map(({ key, primaryKey }) => [key, primaryKey])), {
    tenantId,
    ...made,
  })
  await appendFeed(trx, changes, made)
  // Edges know the members of groups by their addresses.
  if (changes.length > 0 && (await groupsInPolicies(trx, tenantId)).size > 0)
    await markDirty(trx, tenantId, made.now)
  await feedPeople(trx, { tenantId, keys: [...new Set(added.map(({ primaryKey }) => primaryKey))] }, made)
}
