// Lists follow their users: what stood under an address that is an alias now goes to the primary address.
import type { Trx } from '#store/open.ts'
import type { SenderRow } from './entry.ts'
import { countUp } from './store.ts'
import { deleteSenders, entriesAmong, type Made, putRows } from './write-store.ts'

/** Keys in one `in (…)`: below the parameter limits of both databases. */
const KEYS_PER_QUERY_MAX = 2_000

/**
 * Moves the entries of each old key to its new one. Where the user has an entry for the same sender already,
 * the later word stands.
 */
export async function moveSenders(
  trx: Trx,
  moves: ReadonlyMap<string, string>,
  made: Pick<Made, 'tenantId' | 'now' | 'dialect'>,
): Promise<void> {
  const rows = await rowsOf(trx, [...moves.keys()], made.tenantId)
  if (rows.length === 0) return
  const moved = latestOf(rows.map((row): SenderRow => ({ ...row, user_key: moves.get(row.user_key)! })))
  const there = await entriesAmong(trx, made.tenantId, {
    entries: moved.map(({ user_key: userKey, sender }) => ({ userKey, sender })),
    dialect: made.dialect,
  })
  await deleteSenders(trx, rows, made)
  const fresh = moved.filter((row) => !there.has(`${row.user_key}\n${row.sender}`))
  const later = moved.filter((row) => {
    const other = there.get(`${row.user_key}\n${row.sender}`)
    return other !== undefined && other.updated_at < row.updated_at
  })
  const counts = new Map<string, number>()
  for (const { user_key } of fresh) counts.set(user_key, (counts.get(user_key) ?? 0) + 1)
  await countUp(trx, counts, made)
  await putRows(trx, [...fresh, ...later], made)
}

/** Several addresses of one user may have named the same sender: of these the later word stands, too. */
function latestOf(rows: readonly SenderRow[]): readonly SenderRow[] {
  const found = new Map<string, SenderRow>()
  for (const row of rows) {
    const key = `${row.user_key}\n${row.sender}`
    const other = found.get(key)
    if (other === undefined || other.updated_at < row.updated_at) found.set(key, row)
  }
  return [...found.values()]
}

async function rowsOf(trx: Trx, keys: readonly string[], tenantId: string): Promise<readonly SenderRow[]> {
  const rows: SenderRow[] = []
  for (let at = 0; at < keys.length; at += KEYS_PER_QUERY_MAX) {
    const found = await trx
      .selectFrom('managed_sender')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('user_key', 'in', keys.slice(at, at + KEYS_PER_QUERY_MAX))
      .execute()
    for (const row of found) rows.push(row)
  }
  return rows
}
