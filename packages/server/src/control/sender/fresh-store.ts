// Writes a whole list for users who have no entries yet: the database reads the packed list where the
// preview left it, and only what edges need is made here, while it writes.
import { sql } from 'kysely'
import { managedSenderKey, managedSenderValue } from '#link/managed-sender.ts'
import { appendBatches, ENTRIES_PER_BATCH_MAX } from '#store/feed.ts'
import type { Trx } from '#store/open.ts'
import { countOf, LETTERS, type Letter, type PackedList } from './packed-list.ts'
import { columnsOf, eachOf, int } from './store.ts'
import { mayTrail } from './trailing-store.ts'
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
  const trails = (await mayTrail(trx, tenantId, list.entries)) ? 1 : 0
  const rows = insertRows(trx, { ...made, trails })
  const values = batchesOf(list, made)
  await rows
  await insertCounts(trx, list, { ...made, trails })
  await appendBatches(trx, { tenantId, list: 'managed-sender', values }, { dialect, now })
}

type Fresh = Made & {
  readonly reference: string
  /** 1 when the indexes for searches are left for later. */
  readonly trails: 0 | 1
}

async function insertRows(trx: Trx, made: Fresh): Promise<void> {
  const { dialect, tenantId, source, comment, createdBy, reference, trails } = made
  const now = int(made.now, dialect)
  const isSqlite = dialect === 'sqlite'
  const at = sql.raw(isSqlite ? "instr(e.value, '@')" : "strpos(e.value, '@')")
  const isPermit = sql.raw(`k.key in ('${LETTERS.permit}', '${LETTERS['permit-if-authenticated']}')`)
  const isOnly = sql.raw(
    `k.key in ('${LETTERS['permit-if-authenticated']}', '${LETTERS['block-if-authenticated']}')`,
  )
  // Each user and what is said is read out once: of 50,000 entries every expression counts.
  const users = sql`select l.value ->> 0 as user_key, l.value -> 1 as senders
    from user_import i cross join ${USERS[dialect]} l where i.tenant_id = ${tenantId} and i.id = ${reference}`
  await sql`with u as materialized (${users})
    insert into managed_sender (tenant_id, user_key, sender, sender_domain, action,
      only_if_authenticated, reference, source, comment, expires_at, created_at, created_by, updated_at,
      in_search)
    select ${tenantId}, u.user_key, e.value, substr(e.value, ${at} + 1),
      case when ${isPermit} then 'permit' else 'block' end, case when ${isOnly} then 1 else 0 end,
      ${reference}, ${source}, ${comment}, ${int(made.expiresAt, dialect)}, ${now}, ${createdBy}, ${now},
      ${int(1 - trails, dialect)}
    from u cross join ${SENDERS[dialect]}`.execute(trx)
}

async function insertCounts(
  trx: Trx,
  { users }: PackedList,
  { tenantId, now, dialect, trails }: Fresh,
): Promise<void> {
  const [key, count] = columnsOf(dialect, ['text', 'number'])
  const counts = users.map(([userKey, senders]) => [userKey, countOf(senders)])
  await sql`insert into sender_list (tenant_id, user_key, entries, changed_at, search_trails)
    select ${tenantId}, ${key}, ${count}, ${int(now, dialect)}, ${int(trails, dialect)}
    from ${eachOf(dialect, counts)} e`.execute(trx)
}

/** The users of the import's packed list. */
const USERS = {
  sqlite: sql`json_each(cast(i.raw as text), '$.users')`,
  postgres: sql`jsonb_array_elements(convert_from(i.raw, 'UTF8')::jsonb -> 'users')`,
}
/** The senders of a user: what is said as `k.key`, the sender as `e.value`. */
const SENDERS = {
  sqlite: sql`json_each(u.senders) k cross join json_each(k.value) e`,
  postgres: sql`jsonb_each(u.senders) k cross join jsonb_array_elements_text(k.value) e`,
}

/** Rows of the feed as texts: what `appendFeed` makes of the same entries, without an object for each. */
function batchesOf({ users }: PackedList, { source, expiresAt }: Made): readonly string[] {
  const valueFor = (action: 'permit' | 'block', onlyIfAuthenticated: boolean): string => {
    return JSON.stringify(managedSenderValue({ action, source, onlyIfAuthenticated, expiresAt }))
  }
  const values: readonly (readonly [Letter, string])[] = [
    [LETTERS.permit, valueFor('permit', false)],
    [LETTERS['permit-if-authenticated'], valueFor('permit', true)],
    [LETTERS.block, valueFor('block', false)],
    [LETTERS['block-if-authenticated'], valueFor('block', true)],
  ]
  const batches: string[] = []
  let batch: string[] = []
  for (const [userKey, senders] of users) {
    for (const [letter, value] of values) {
      for (const sender of senders[letter] ?? []) {
        batch.push(`[${JSON.stringify(managedSenderKey(userKey, sender))},${value}]`)
        if (batch.length < ENTRIES_PER_BATCH_MAX) continue
        batches.push(`[${batch.join(',')}]`)
        batch = []
      }
    }
  }
  if (batch.length > 0) batches.push(`[${batch.join(',')}]`)
  return batches
}
