// Entries that large imports left out of the indexes for searches, and how they come in: the import answers
// sooner, and a search reads the few that are missing by the table's key.
import { sql } from 'kysely'
import type { Db, Store, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

/** Smaller lists go into the indexes at once: nobody would notice. */
const TRAILING_ENTRIES_MIN = 2_000
/** Entries of one organisation outside of the indexes: a search reads them all, in about 0.1 s. */
const TRAILING_ENTRIES_MAX = 100_000
/** Brought in with one transaction: some 50 ms in which nobody else writes. */
const ENTRIES_PER_PART = 2_000
/** Users looked at for a part. */
const USERS_PER_PART_MAX = 500

/** Whether a list of so many new entries is left out of the indexes for now. */
export async function mayTrail(trx: Trx, tenantId: string, entries: number): Promise<boolean> {
  if (entries < TRAILING_ENTRIES_MIN) return false
  const { trailing } = await trx
    .selectFrom('sender_list')
    .select(({ fn }) => fn.coalesce(fn.sum<number>('entries'), sql<number>`0`).as('trailing'))
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`search_trails = 1`)
    .executeTakeFirstOrThrow()
  return Number(trailing) + entries <= TRAILING_ENTRIES_MAX
}

/** Whether an organisation has entries outside of the indexes. */
export async function hasTrailing(db: Db, tenantId: string): Promise<boolean> {
  const row = await db
    .selectFrom('sender_list')
    .select('user_key')
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`search_trails = 1`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Brings one part of what trails into the indexes, whoever's it is; false when nothing trails. */
export async function indexPart(store: Pick<Store, 'db' | 'transaction'>): Promise<boolean> {
  const waiting = await acrossTenants(store.db)
    .selectFrom('sender_list')
    .select(['tenant_id', 'user_key', 'entries'])
    .where(sql<boolean>`search_trails = 1`)
    .orderBy('tenant_id')
    .orderBy('user_key')
    .limit(USERS_PER_PART_MAX)
    .execute()
  const [first] = waiting
  if (first === undefined) return false
  const tenantId = first.tenant_id
  const users: string[] = []
  let entries = 0
  for (const row of waiting) {
    entries += Number(row.entries)
    if (row.tenant_id !== tenantId || (users.length > 0 && entries > ENTRIES_PER_PART)) break
    users.push(row.user_key)
  }
  await store.transaction(async (trx) => {
    await trx
      .updateTable('managed_sender')
      .set({ in_search: 1 })
      .where('tenant_id', '=', tenantId)
      .where('user_key', 'in', users)
      .where('in_search', '=', 0)
      .execute()
    await trx
      .updateTable('sender_list')
      .set({ search_trails: 0 })
      .where('tenant_id', '=', tenantId)
      .where('user_key', 'in', users)
      .execute()
  })
  return true
}
