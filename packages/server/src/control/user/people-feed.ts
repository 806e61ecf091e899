// Tells edges the names of people, in the form they are recognised by in display names (F4). Names of people
// who are gone stay: an edge asks whether their address is still listed.
import { isTellingName, nameSkeleton } from '#policy/skeleton.ts'
import { appendFeed } from '#store/feed.ts'
import type { Store, Trx } from '#store/open.ts'
import { namesOf } from './store.ts'

/** Call inside the transaction that adds users or changes their names; `keys` are their primary addresses. */
export async function feedPeople(
  trx: Trx,
  change: { readonly tenantId: string; readonly keys: readonly string[] },
  made: { readonly dialect: Store['dialect']; readonly now: number },
): Promise<void> {
  const { tenantId, keys } = change
  if (keys.length === 0) return
  const people = new Map<string, string>()
  for (const { name, emailKey } of await namesOf(trx, tenantId, keys)) {
    const skeleton = nameSkeleton(name)
    if (isTellingName(skeleton)) people.set(skeleton, emailKey)
  }
  const item = { tenantId, list: 'person' } as const
  await appendFeed(
    trx,
    [...people].map(([key, address]) => ({ ...item, key, value: { address } })),
    made,
  )
}
