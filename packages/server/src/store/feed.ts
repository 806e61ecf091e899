// The change feed of lists that grow: positions appear in the order of their commits (decisions 31).
import { sql } from 'kysely'
import type { Dialect } from './migrations/migration.ts'
import type { Trx } from './open.ts'
import type { FeedList } from './publishing-tables.ts'

/** A small JSON value that only the list's own reader on the edge understands. */
export type FeedValue = { readonly [field: string]: unknown } | readonly unknown[]

/** A change of one key; `value` null removes it. */
export type FeedChange = {
  readonly tenantId: string
  readonly list: FeedList
  readonly key: string
  readonly value: FeedValue | null
}

/**
 * Lists whose changes come by the ten thousand: many entries share a row, and what is old is dropped whole,
 * since a reader that starts over gets these lists from their own tables.
 */
export const batchedLists: ReadonlySet<FeedList> = new Set(['managed-sender', 'known-author'])

/** Any number that only Gatepost uses. */
const FEED_LOCK = 7_305_202_602
/** Rows an insert: below the parameter limits of both databases. */
const ROWS_PER_INSERT_MAX = 500
/** Entries of one batched row: some 60 kB, and never cut by a page. */
export const ENTRIES_PER_BATCH_MAX = 1_000

/** Appends changes. Call inside the transaction that changes the list itself, as late in it as possible. */
export async function appendFeed(
  trx: Trx,
  changes: readonly FeedChange[],
  options: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  await appendRows(trx, rowsOf(changes), options)
}

/** Appends rows of a batched list that were written out already: at most `ENTRIES_PER_BATCH_MAX` in each. */
export async function appendBatches(
  trx: Trx,
  batches: { readonly tenantId: string; readonly list: FeedList; readonly values: readonly string[] },
  options: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  const { tenantId, list, values } = batches
  const rows = values.map((value): FeedRow => ({ tenant_id: tenantId, list, key: '', value }))
  await appendRows(trx, rows, options)
}

async function appendRows(
  trx: Trx,
  rows: readonly FeedRow[],
  options: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  if (rows.length === 0) return
  // Without the lock a later position could become visible first, and readers would step over the earlier
  // one.
  if (options.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${FEED_LOCK})`.execute(trx)
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT_MAX) {
    const values = rows.slice(at, at + ROWS_PER_INSERT_MAX).map((row) => ({ ...row, at: options.now }))
    await trx.insertInto('feed').values(values).execute()
  }
}

/** The changes that a stored row stands for, in order. */
export function changesIn(row: {
  readonly tenant_id: string
  readonly list: FeedList
  readonly key: string
  readonly value: string | null
}): readonly FeedChange[] {
  const { tenant_id: tenantId, list } = row
  const value = row.value === null ? null : JSON.parse(row.value)
  if (!batchedLists.has(list)) return [{ tenantId, list, key: row.key, value }]
  return (value as readonly Entry[]).map(([key, entry]) => ({ tenantId, list, key, value: entry }))
}

type Entry = readonly [key: string, value: FeedValue | null]
type FeedRow = {
  readonly tenant_id: string
  readonly list: FeedList
  readonly key: string
  readonly value: string | null
}

function rowsOf(changes: readonly FeedChange[]): readonly FeedRow[] {
  const rows: FeedRow[] = []
  let batch: { readonly tenantId: string; readonly list: FeedList; readonly entries: Entry[] } | null = null
  const endBatch = (): void => {
    if (batch === null) return
    const { tenantId, list, entries } = batch
    rows.push({ tenant_id: tenantId, list, key: '', value: JSON.stringify(entries) })
    batch = null
  }
  for (const { tenantId, list, key, value } of changes) {
    if (!batchedLists.has(list)) {
      endBatch()
      rows.push({ tenant_id: tenantId, list, key, value: value === null ? null : JSON.stringify(value) })
      continue
    }
    const isOther = batch !== null && (batch.tenantId !== tenantId || batch.list !== list)
    if (isOther || batch?.entries.length === ENTRIES_PER_BATCH_MAX) endBatch()
    batch ??= { tenantId, list, entries: [] }
    batch.entries.push([key, value])
  }
  endBatch()
  return rows
}
