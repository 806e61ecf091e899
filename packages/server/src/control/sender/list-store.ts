// Pages of entries, each by the index that fits its filter: ten million cost no more than ten thousand.
import type { SenderFilter } from '@gatepost/contract/sender.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { sql } from 'kysely'
import type { Db, Store } from '#store/open.ts'
import type { SenderRow } from './entry.ts'
import { hasTrailing } from './trailing-store.ts'

export type SenderQuery = SenderFilter & {
  readonly limit: number
  readonly after?: string | undefined
}

export type SenderPage = { readonly rows: readonly SenderRow[]; readonly next: string | null }

type Tenant = { readonly tenantId: string; readonly now: number; readonly dialect: Store['dialect'] }
/** Where a page ended: the part of the search, and the last entry's place in its order. */
type Cursor = { readonly part: number; readonly at: readonly [string | number, string, string] | null }
type Order = 'user' | 'sender' | 'domain' | 'end'
/** One ordered run over one index. Parts of a search follow each other. */
type Part = { readonly order: Order; readonly begins?: Begins }
type Begins = { readonly column: 'user_key' | 'sender' | 'sender_domain'; readonly prefix: string }

/** One page in a steady order: by user and sender; a search gives users first, then senders, then domains. */
export async function pageOfEntries(db: Db, tenant: Tenant, query: SenderQuery): Promise<SenderPage> {
  const parts = partsOf(query)
  const { part: first, at } = cursorOf(query.after)
  const rows: SenderRow[] = []
  for (let part = first; part < parts.length; part += 1) {
    const wanted = query.limit + 1 - rows.length
    const found = await run(db, tenant, {
      query,
      part: parts[part]!,
      earlier: parts.slice(0, part),
      at: part === first ? at : null,
      limit: wanted,
    })
    for (const row of found) rows.push(row)
    if (rows.length > query.limit) {
      const isOfPart = rows.length - found.length < query.limit
      const at = isOfPart ? placeOf(rows[query.limit - 1]!, parts[part]!.order) : null
      const cursor: Cursor = { part, at }
      return { rows: rows.slice(0, query.limit), next: encoded(cursor) }
    }
  }
  return { rows, next: null }
}

function partsOf({ search = '', state, user }: SenderQuery): readonly Part[] {
  if (search === '' || user) return [{ order: state === 'expired' && !user ? 'end' : 'user' }]
  const prefix = addressKey(search.replace(/^\*?[@.]/, ''))
  return [
    { order: 'user', begins: { column: 'user_key', prefix } },
    { order: 'sender', begins: { column: 'sender', prefix } },
    // Whoever types an at sign looks for an address.
    ...(prefix.includes('@')
      ? []
      : [{ order: 'domain', begins: { column: 'sender_domain', prefix } } as const]),
  ]
}

type Run = {
  readonly query: SenderQuery
  readonly part: Part
  /** What these found is not found again. */
  readonly earlier: readonly Part[]
  readonly at: Cursor['at']
  readonly limit: number
}

const OTHERS = ['manual', 'auto-allow', 'trusted-service'] as const

/**
 * Rows of one part. Blocks, and entries of a source that is not an import, lie together in indexes of their
 * own, where a walk over all entries would take seconds to find a few.
 */
async function run(db: Db, tenant: Tenant, asked: Run): Promise<readonly SenderRow[]> {
  const { query, part } = asked
  if (part.order === 'sender' || part.order === 'domain') return searched(db, tenant, asked)
  if (part.order !== 'user' || query.user) return select(db, tenant, asked, null)
  if (query.action === 'block') return select(db, tenant, asked, 'blocked')
  if (query.state === 'suspended') return select(db, tenant, asked, 'suspended')
  const isOther = OTHERS.some((source) => source === query.source)
  return select(db, tenant, asked, isOther ? 'by-source' : null)
}

/**
 * Rows by sender or domain: from the index, and those of large imports that are not in it yet. These are read
 * first, since what comes in between then shows up twice instead of never.
 */
async function searched(db: Db, tenant: Tenant, asked: Run): Promise<readonly SenderRow[]> {
  const trailing = (await hasTrailing(db, tenant.tenantId)) ? await select(db, tenant, asked, 'trailing') : []
  const kind = asked.part.order === 'sender' ? 'by-sender' : 'by-domain'
  const indexed = await select(db, tenant, asked, kind)
  if (trailing.length === 0) return indexed
  const columns = orders[asked.part.order]
  const known = new Set(indexed.map(placeKeyOf))
  const added = trailing.filter((row) => !known.has(placeKeyOf(row)))
  return [...indexed, ...added].sort(byColumns(columns)).slice(0, asked.limit)
}

function placeKeyOf({ user_key, sender }: SenderRow): string {
  return `${user_key}\n${sender}`
}

/** The databases' own order, which is by bytes: UTF-16 would put the rarest characters elsewhere. */
function byColumns(columns: readonly (keyof SenderRow)[]): (a: SenderRow, b: SenderRow) => number {
  return (a, b) => {
    for (const column of columns) {
      const order = Buffer.compare(Buffer.from(String(a[column])), Buffer.from(String(b[column])))
      if (order !== 0) return order
    }
    return 0
  }
}

/**
 * The partial index to use: both databases take it only where its condition stands in the query word by word,
 * and SQLite only when it is told to, since it takes the primary key to be as good.
 */
type Kind = keyof typeof INDEXES | 'trailing' | null

async function select(
  db: Db,
  { tenantId, now, dialect }: Tenant,
  asked: Run,
  kind: Kind,
): Promise<readonly SenderRow[]> {
  const { query, part, earlier, at, limit } = asked
  const columns = orders[part.order]
  let rows = db.selectFrom('managed_sender').selectAll().where('tenant_id', '=', tenantId)
  if (query.user) rows = rows.where('user_key', '=', addressKey(query.user))
  if (query.source) rows = rows.where('source', '=', query.source)
  if (kind === 'blocked') rows = rows.where(sql<boolean>`action = 'block'`)
  else if (query.action) rows = rows.where('action', '=', query.action)
  if (kind === 'by-source') rows = rows.where(sql<boolean>`source <> 'imported'`)
  if (kind === 'by-sender' || kind === 'by-domain') rows = rows.where(sql<boolean>`in_search = 1`)
  if (kind === 'trailing') {
    rows = rows
      .where('in_search', '=', 0)
      .where('user_key', 'in', (from) =>
        from
          .selectFrom('sender_list as list')
          .select('list.user_key')
          .where('list.tenant_id', '=', tenantId)
          .where(sql<boolean>`list.search_trails = 1`),
      )
  }
  if (query.state === 'suspended') rows = rows.where(sql<boolean>`suspended_at is not null`)
  if (query.state === 'expired') rows = rows.where('expires_at', '<=', now)
  if (query.state === 'waiting') {
    rows = rows.where('user_key', 'in', (from) =>
      from
        .selectFrom('sender_list as list')
        .select('list.user_key')
        .where('list.tenant_id', '=', tenantId)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('user_address as address')
                .select('address.user_id')
                .where('address.tenant_id', '=', tenantId)
                .whereRef('address.address_key', '=', 'list.user_key'),
            ),
          ),
        ),
    )
  }
  const { begins } = part
  if (begins) {
    rows = rows.where(begins.column, '>=', begins.prefix).where(begins.column, '<', endOf(begins.prefix))
  }
  for (const { begins: other } of earlier) {
    if (!other) continue
    rows = rows.where(({ or, eb }) =>
      or([eb(other.column, '<', other.prefix), eb(other.column, '>=', endOf(other.prefix))]),
    )
  }
  if (at) {
    const place = sql`(${sql.join(columns.map((column) => sql.ref(column)))})`
    rows = rows.where(sql<boolean>`${place} > (${sql.join(at)})`)
  }
  for (const column of columns) rows = rows.orderBy(column)
  const compiled = rows.limit(limit).compile()
  if (kind === null || kind === 'trailing' || dialect !== 'sqlite')
    return (await db.executeQuery(compiled)).rows
  const hinted = compiled.sql.replace(TABLE, `${TABLE} indexed by ${INDEXES[kind]}`)
  return (await db.executeQuery<SenderRow>({ ...compiled, sql: hinted })).rows
}

const TABLE = 'from "managed_sender"'
const INDEXES = {
  blocked: 'managed_sender_blocked',
  'by-source': 'managed_sender_by_source',
  suspended: 'managed_sender_suspended',
  'by-sender': 'managed_sender_by_sender',
  'by-domain': 'managed_sender_by_domain',
} as const

const orders = {
  user: ['user_key', 'sender'],
  sender: ['sender', 'user_key'],
  domain: ['sender_domain', 'user_key', 'sender'],
  end: ['expires_at', 'user_key', 'sender'],
} as const satisfies { readonly [Name in Order]: readonly (keyof SenderRow)[] }

function placeOf(row: SenderRow, order: Order): NonNullable<Cursor['at']> {
  return orders[order].map((column) => row[column]) as unknown as NonNullable<Cursor['at']>
}

function encoded(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.part, cursor.at])).toString('base64url')
}

/** A cursor of ours; anything else begins at the beginning. */
function cursorOf(text: string | undefined): Cursor {
  const start: Cursor = { part: 0, at: null }
  if (text === undefined) return start
  try {
    const [part, at] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [unknown, unknown]
    const isPlace =
      at === null ||
      (Array.isArray(at) && at.every((one) => typeof one === 'string' || typeof one === 'number'))
    return Number.isInteger(part) && isPlace ? { part: Number(part), at: at as Cursor['at'] } : start
  } catch {
    return start
  }
}

/** Everything that begins with `prefix` sorts before this. */
function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
