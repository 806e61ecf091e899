// The change feed of lists that grow: positions appear in the order of their commits (decisions 31).
import { sql } from 'kysely'
import type { Dialect } from './migrations/migration.ts'
import type { Trx } from './open.ts'
import type { Schema } from './schema.ts'

/** A change of one key; `value` null removes it. */
export type FeedChange = {
  readonly tenantId: string
  readonly list: Schema['feed']['list']
  readonly key: string
  readonly value: { readonly source: string } | null
}

/** Any number that only Gatepost uses. */
const FEED_LOCK = 7_305_202_602
/** Rows an insert: below the parameter limits of both databases. */
const ROWS_PER_INSERT_MAX = 500

/** Appends changes. Call inside the transaction that changes the list itself, as late in it as possible. */
export async function appendFeed(
  trx: Trx,
  changes: readonly FeedChange[],
  options: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  if (changes.length === 0) return
  // Without the lock a later position could become visible first, and readers would step over the earlier
  // one.
  if (options.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${FEED_LOCK})`.execute(trx)
  for (let at = 0; at < changes.length; at += ROWS_PER_INSERT_MAX) {
    const rows = changes.slice(at, at + ROWS_PER_INSERT_MAX).map(({ tenantId, list, key, value }) => ({
      tenant_id: tenantId,
      list,
      key,
      value: value === null ? null : JSON.stringify(value),
      at: options.now,
    }))
    await trx.insertInto('feed').values(rows).execute()
  }
}
