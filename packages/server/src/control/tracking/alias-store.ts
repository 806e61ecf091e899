// Addresses that belong to one person: who looks for one of them means all of them.
import type { MessageFilter } from '@gatepost/contract/message.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { addressesOfUsers, ownersOf } from '../user/store.ts'
import { asciiDomain, fold } from './words.ts'

/** Aliases looked for; each costs a look-up a day. */
const ALIASES_MAX = 20

/** For each whole address in the search and the recipient filter: all addresses of its owner, folded. */
export async function aliasesFor(
  db: Db,
  tenantId: string,
  { search, recipient }: MessageFilter,
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const asked = [...(search ?? '').split(/\s+/), recipient ?? ''].filter((text) =>
    /^[^@\s]+@[^@\s*]+$/.test(text),
  )
  if (asked.length === 0) return undefined
  const keys = new Map(asked.map((text) => [addressKey(asciiDomain(text)), fold(asciiDomain(text))]))
  const owners = await ownersOf(db, tenantId, [...keys.keys()])
  if (owners.size === 0) return undefined
  const userIds = [...new Set([...owners.values()].map(({ userId }) => userId))]
  const addresses = await addressesOfUsers(db, tenantId, userIds)
  const found = new Map<string, readonly string[]>()
  for (const [key, folded] of keys) {
    const owner = owners.get(key)?.userId
    const all = addresses.filter(({ user_id }) => user_id === owner).map(({ address }) => fold(address))
    if (all.length > 1) found.set(folded, [...new Set([folded, ...all])].slice(0, ALIASES_MAX))
  }
  return found.size === 0 ? undefined : found
}
