// Writes entries by the ten thousand in one transaction: the rows, the counts of their users, and the feed.
import { sql } from 'kysely'
import { managedSenderKey, managedSenderValue } from '#link/managed-sender.ts'
import { appendFeed, type FeedChange } from '#store/feed.ts'
import type { Db, Store, Trx } from '#store/open.ts'
import type { SenderRow } from './entry.ts'
import { columnsOf, countUp, eachOf, int } from './store.ts'

/** What is new of an entry; the rest is the same for all that are written together. */
export type NewSender = {
  readonly userKey: string
  readonly sender: string
  readonly domain: string
  readonly action: SenderRow['action']
  readonly onlyIfAuthenticated: boolean
  /** Where it comes from, where that is another for each. */
  readonly reference?: string | undefined
}

export type Made = {
  readonly tenantId: string
  readonly source: SenderRow['source']
  readonly comment: string
  readonly expiresAt: number | null
  readonly createdBy: string
  readonly reference: string | null
  readonly now: number
  readonly dialect: Store['dialect']
}

export type Written = {
  readonly added: readonly NewSender[]
  readonly replaced: readonly NewSender[]
  readonly unchanged: readonly NewSender[]
  /** The entries that were replaced, as they stood. */
  readonly before: readonly SenderRow[]
}

/** Entries sent to the database in one statement: bounds its memory and how long a thread is busy. */
const ENTRIES_PER_STATEMENT_MAX = 5_000
/** Whole rows an insert: below the parameter limits of both databases. */
const ROWS_PER_INSERT_MAX = 1_000

/** Compares with what is there; nothing is written. The same action once more is no change. */
export async function compareSenders(
  db: Db,
  entries: readonly NewSender[],
  {
    tenantId,
    now,
    dialect,
    isSame = isSameAction,
  }: Pick<Made, 'tenantId' | 'now' | 'dialect'> & { readonly isSame?: Same },
): Promise<Written> {
  const there = await entriesAmong(db, tenantId, { entries, dialect })
  if (there.size === 0) return { added: entries, replaced: [], unchanged: [], before: [] }
  const added: NewSender[] = []
  const replaced: NewSender[] = []
  const unchanged: NewSender[] = []
  const before: SenderRow[] = []
  for (const entry of entries) {
    const row = there.get(managedSenderKey(entry.userKey, entry.sender))
    if (!row) added.push(entry)
    else if (isSame(row, entry, now)) unchanged.push(entry)
    else {
      replaced.push(entry)
      before.push(row)
    }
  }
  return { added, replaced, unchanged, before }
}

type Same = (row: SenderRow, entry: NewSender, now: number) => boolean

/** The latest action replaces; one that has ended is no entry any more. */
function isSameAction(row: SenderRow, entry: NewSender, now: number): boolean {
  return row.action === entry.action && (row.expires_at === null || row.expires_at > now)
}

/** Stores what is new or different. Each user and sender may stand in `entries` once. */
export async function writeSenders(trx: Trx, compared: Written, made: Made): Promise<void> {
  const { tenantId, now, dialect, source, expiresAt } = made
  // In the order of the table's key: neighbours share pages.
  const changed = [...compared.added, ...compared.replaced].sort(byKey)
  const writing: Promise<void>[] = []
  for (let at = 0; at < changed.length; at += ENTRIES_PER_STATEMENT_MAX) {
    const piece = put(trx, changed.slice(at, at + ENTRIES_PER_STATEMENT_MAX), made)
    // SQLite's thread writes one piece while the next is made ready; a PostgreSQL client takes one at a time.
    if (dialect === 'postgres') await piece
    else writing.push(piece)
  }
  const written = Promise.all(writing)
  const items = changed.map(({ userKey, sender, action, onlyIfAuthenticated }): FeedChange => {
    const value = managedSenderValue({ action, source, onlyIfAuthenticated, expiresAt })
    return { tenantId, list: 'managed-sender', key: managedSenderKey(userKey, sender), value }
  })
  await written
  await countUp(trx, countsByUser(compared.added), made)
  await appendFeed(trx, items, { dialect, now })
}

function byKey(a: NewSender, b: NewSender): number {
  if (a.userKey !== b.userKey) return a.userKey < b.userKey ? -1 : 1
  return a.sender < b.sender ? -1 : 1
}

type Place = Pick<SenderRow, 'user_key' | 'sender'>

/** Removes entries that are there. */
export async function deleteSenders(
  trx: Trx,
  places: readonly Place[],
  { tenantId, now, dialect }: Pick<Made, 'tenantId' | 'now' | 'dialect'>,
): Promise<void> {
  const [user, sender] = columnsOf(dialect, ['text', 'text'])
  for (let at = 0; at < places.length; at += ENTRIES_PER_STATEMENT_MAX) {
    const part = places.slice(at, at + ENTRIES_PER_STATEMENT_MAX)
    const pairs = part.map((place) => [place.user_key, place.sender])
    await sql`delete from managed_sender where tenant_id = ${tenantId} and (user_key, sender) in
      (select ${user}, ${sender} from ${eachOf(dialect, pairs)} e)`.execute(trx)
  }
  const gone = countsByUser(places.map(({ user_key: userKey }) => ({ userKey })))
  const changes = new Map([...gone].map(([userKey, count]) => [userKey, -count]))
  await countUp(trx, changes, { tenantId, now, dialect })
  const items = places.map((place): FeedChange => {
    const key = managedSenderKey(place.user_key, place.sender)
    return { tenantId, list: 'managed-sender', key, value: null }
  })
  await appendFeed(trx, items, { dialect, now })
}

/** Puts whole rows in place of whatever stands there; their users' counts are the caller's. */
export async function putRows(
  trx: Trx,
  rows: readonly SenderRow[],
  { tenantId, now, dialect }: Pick<Made, 'tenantId' | 'now' | 'dialect'>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT_MAX) {
    await trx
      .insertInto('managed_sender')
      .values(rows.slice(at, at + ROWS_PER_INSERT_MAX).map((row) => ({ ...row, in_search: 1 as const })))
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_key', 'sender']).doUpdateSet((set) => ({
          action: set.ref('excluded.action'),
          source: set.ref('excluded.source'),
          only_if_authenticated: set.ref('excluded.only_if_authenticated'),
          comment: set.ref('excluded.comment'),
          expires_at: set.ref('excluded.expires_at'),
          created_at: set.ref('excluded.created_at'),
          created_by: set.ref('excluded.created_by'),
          updated_at: set.ref('excluded.updated_at'),
          last_used_at: set.ref('excluded.last_used_at'),
          reference: set.ref('excluded.reference'),
          suspended_at: set.ref('excluded.suspended_at'),
          suspended_by: set.ref('excluded.suspended_by'),
          in_search: set.ref('excluded.in_search'),
        })),
      )
      .execute()
  }
  await feedRows(trx, rows, { tenantId, now, dialect })
}

/** Tells edges of rows as they stand; one that is suspended is none to them. */
export async function feedRows(
  trx: Trx,
  rows: readonly SenderRow[],
  { tenantId, now, dialect }: Pick<Made, 'tenantId' | 'now' | 'dialect'>,
): Promise<void> {
  const items = rows.map((row): FeedChange => {
    const value = managedSenderValue({
      action: row.action,
      source: row.source,
      onlyIfAuthenticated: row.only_if_authenticated === 1,
      expiresAt: row.expires_at,
    })
    const key = managedSenderKey(row.user_key, row.sender)
    return { tenantId, list: 'managed-sender', key, value: row.suspended_at === null ? value : null }
  })
  await appendFeed(trx, items, { dialect, now })
}

/** The entries that stand for these users and senders already: key → row. */
export async function entriesAmong(
  db: Db,
  tenantId: string,
  {
    entries,
    dialect,
  }: {
    readonly entries: readonly Pick<NewSender, 'userKey' | 'sender'>[]
    readonly dialect: Store['dialect']
  },
): Promise<ReadonlyMap<string, SenderRow>> {
  const found = new Map<string, SenderRow>()
  // Who has no list yet has no entry: a first import looks for users, not for each of its rows.
  const listed = await listedAmong(db, tenantId, { userKeys: usersOf(entries), dialect })
  const wanted = listed.size === 0 ? [] : entries.filter(({ userKey }) => listed.has(userKey))
  const [user, sender] = columnsOf(dialect, ['text', 'text'])
  for (let at = 0; at < wanted.length; at += ENTRIES_PER_STATEMENT_MAX) {
    const pairs = wanted
      .slice(at, at + ENTRIES_PER_STATEMENT_MAX)
      .map((entry) => [entry.userKey, entry.sender])
    const { rows } = await sql<SenderRow>`select m.* from ${eachOf(dialect, pairs)} e
      cross join managed_sender m where m.tenant_id = ${tenantId} and m.user_key = ${user}
      and m.sender = ${sender}`.execute(db)
    for (const row of rows) found.set(managedSenderKey(row.user_key, row.sender), row)
  }
  return found
}

/** Of these users, those who have entries. */
export async function listedAmong(
  db: Db,
  tenantId: string,
  { userKeys, dialect }: { readonly userKeys: readonly string[]; readonly dialect: Store['dialect'] },
): Promise<ReadonlySet<string>> {
  if (userKeys.length === 0) return new Set()
  const { rows } = await sql<{ readonly user_key: string }>`
    select l.user_key from ${eachOf(dialect, userKeys)} e
    join sender_list l on l.tenant_id = ${tenantId} and l.user_key = e.value`.execute(db)
  return new Set(rows.map(({ user_key }) => user_key))
}

/** How many entries each user has among these. */
export function countsByUser(entries: readonly Pick<NewSender, 'userKey'>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (let at = 0; at < entries.length; ) {
    const { userKey } = entries[at]!
    const from = at
    // Entries of one user mostly stand together.
    while (at < entries.length && entries[at]!.userKey === userKey) at += 1
    counts.set(userKey, (counts.get(userKey) ?? 0) + at - from)
  }
  return counts
}

/** Each user of these entries once. */
export function usersOf(entries: readonly Pick<NewSender, 'userKey'>[]): readonly string[] {
  return [...countsByUser(entries).keys()]
}

async function put(trx: Trx, entries: readonly NewSender[], made: Made): Promise<void> {
  const { tenantId, source, comment, createdBy, reference, dialect } = made
  const rows = entries.map(({ userKey, sender, domain, action, onlyIfAuthenticated, ...entry }) => [
    userKey,
    sender,
    domain,
    action,
    onlyIfAuthenticated ? 1 : 0,
    entry.reference ?? reference,
  ])
  const types = ['text', 'text', 'text', 'text', 'number', 'text'] as const
  const columns = sql.join(columnsOf(dialect, types))
  const expiresAt = int(made.expiresAt, dialect)
  const now = int(made.now, dialect)
  await sql`insert into managed_sender (tenant_id, user_key, sender, sender_domain, action,
      only_if_authenticated, reference, source, comment, expires_at, created_at, created_by, updated_at)
    select ${tenantId}, ${columns}, ${source}, ${comment}, ${expiresAt}, ${now}, ${createdBy}, ${now}
      from ${eachOf(dialect, rows)} e where true
    on conflict (tenant_id, user_key, sender) do update set action = excluded.action,
      source = excluded.source, only_if_authenticated = excluded.only_if_authenticated,
      comment = excluded.comment, expires_at = excluded.expires_at, created_at = excluded.created_at,
      created_by = excluded.created_by, updated_at = excluded.updated_at, reference = excluded.reference,
      last_used_at = null, suspended_at = null, suspended_by = null`.execute(trx)
}
