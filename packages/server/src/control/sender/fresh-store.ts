// Writes a whole list for users who have no entries yet: the database reads the packed list where the
// preview left it, and only what edges need is made here, while it writes.
import { sql } from 'kysely'
import { managedSenderKey, managedSenderValue } from '#link/managed-sender.ts'
import { appendBatches, ENTRIES_PER_BATCH_MAX } from '#store/feed.ts'
import type { Trx } from '#store/open.ts'
import { LETTERS, type PackedList } from './packed-list.ts'
import { int } from './store.ts'
import type { Made } from './write-store.ts'

/**
 * Stores every entry of the list that the import's row holds. Nobody in it may have entries, and the list
 * must be plain.
 */
export async function writeFresh(
  trx: Trx,
  list: PackedList,
  made: Made & { readonly reference: string },
): Promise<void> {
  const { dialect, now, tenantId } = made
  const rows = insertRows(trx, made)
  const values = batchesOf(list, made)
  await rows
  await insertCounts(trx, made)
  await appendBatches(trx, { tenantId, list: 'managed-sender', values }, { dialect, now })
}

async function insertRows(trx: Trx, made: Made & { readonly reference: string }): Promise<void> {
  const { dialect, tenantId, source, comment, createdBy, reference } = made
  const now = int(made.now, dialect)
  const isSqlite = dialect === 'sqlite'
  const at = sql.raw(isSqlite ? "instr(e.value, '@')" : "strpos(e.value, '@')")
  // A sender without an at sign is a domain and begins behind the letter.
  const domain = isSqlite ? sql`max(${at} + 1, 2)` : sql`greatest(${at} + 1, 2)`
  const isPermit = sql.raw(`('${LETTERS.permit}', '${LETTERS['permit-if-authenticated']}')`)
  const isOnly = sql.raw(`('${LETTERS['permit-if-authenticated']}', '${LETTERS['block-if-authenticated']}')`)
  await sql`insert into managed_sender (tenant_id, user_key, sender, sender_domain, action,
      only_if_authenticated, reference, source, comment, expires_at, created_at, created_by, updated_at)
    select ${tenantId}, ${USER[dialect]}, substr(e.value, 2), substr(e.value, ${domain}),
      case when substr(e.value, 1, 1) in ${isPermit} then 'permit' else 'block' end,
      case when substr(e.value, 1, 1) in ${isOnly} then 1 else 0 end,
      ${reference}, ${source}, ${comment}, ${int(made.expiresAt, dialect)}, ${now}, ${createdBy}, ${now}
    from ${usersOfImport(made)} cross join ${ENTRIES[dialect]}`.execute(trx)
}

async function insertCounts(trx: Trx, made: Made & { readonly reference: string }): Promise<void> {
  const { dialect, tenantId } = made
  await sql`insert into sender_list (tenant_id, user_key, entries, changed_at)
    select ${tenantId}, ${USER[dialect]}, ${COUNT[dialect]}, ${int(made.now, dialect)}
    from ${usersOfImport(made)}`.execute(trx)
}

/** The users of the import's packed list, as rows `u`. */
function usersOfImport({ dialect, tenantId, reference }: Made) {
  const users =
    dialect === 'sqlite'
      ? sql`json_each(cast(i.raw as text), '$.users') u`
      : sql`jsonb_array_elements(convert_from(i.raw, 'UTF8')::jsonb -> 'users') u`
  return sql`(select raw from user_import where tenant_id = ${tenantId} and id = ${reference}) i
    cross join ${users}`
}

const USER = { sqlite: sql`json_extract(u.value, '$[0]')`, postgres: sql`(u.value ->> 0)` }
const COUNT = {
  sqlite: sql`json_array_length(u.value, '$[1]')`,
  postgres: sql`jsonb_array_length(u.value -> 1)`,
}
const ENTRIES = {
  sqlite: sql`json_each(u.value, '$[1]') e`,
  postgres: sql`jsonb_array_elements_text(u.value -> 1) e`,
}

/** Rows of the feed as texts: what `appendFeed` makes of the same entries, without an object for each. */
function batchesOf({ users }: PackedList, { source, expiresAt }: Made): readonly string[] {
  const valueFor = (action: 'permit' | 'block', onlyIfAuthenticated: boolean): string => {
    return JSON.stringify(managedSenderValue({ action, source, onlyIfAuthenticated, expiresAt }))
  }
  const values = new Map<string, string>([
    [LETTERS.permit, valueFor('permit', false)],
    [LETTERS['permit-if-authenticated'], valueFor('permit', true)],
    [LETTERS.block, valueFor('block', false)],
    [LETTERS['block-if-authenticated'], valueFor('block', true)],
  ])
  const batches: string[] = []
  let batch: string[] = []
  for (const [userKey, entries] of users) {
    for (const entry of entries) {
      const key = JSON.stringify(managedSenderKey(userKey, entry.slice(1)))
      batch.push(`[${key},${values.get(entry.charAt(0))}]`)
      if (batch.length < ENTRIES_PER_BATCH_MAX) continue
      batches.push(`[${batch.join(',')}]`)
      batch = []
    }
  }
  if (batch.length > 0) batches.push(`[${batch.join(',')}]`)
  return batches
}
