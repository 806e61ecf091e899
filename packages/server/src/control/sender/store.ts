// Queries of single entries, of users who have entries, and of whose address is whose.
import { sql } from 'kysely'
import type { Db, Store, Trx } from '#store/open.ts'
import type { SenderRow } from './entry.ts'

export async function findSender(
  db: Db,
  tenantId: string,
  { userKey, sender }: { readonly userKey: string; readonly sender: string },
): Promise<SenderRow | null> {
  const row = await db
    .selectFrom('managed_sender')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_key', '=', userKey)
    .where('sender', '=', sender)
    .executeTakeFirst()
  return row ?? null
}

/** Which of these address keys no user has. */
export async function waitingAmong(
  db: Db,
  tenantId: string,
  userKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const keys = [...new Set(userKeys)]
  if (keys.length === 0) return new Set()
  const rows = await db
    .selectFrom('user_address')
    .select('address_key')
    .where('tenant_id', '=', tenantId)
    .where('address_key', 'in', keys)
    .execute()
  const there = new Set(rows.map(({ address_key }) => address_key))
  return new Set(keys.filter((key) => !there.has(key)))
}

/** Of many address keys, those that are known: key → key of the user's primary address. */
export async function primariesOf(
  db: Db,
  tenantId: string,
  keys: readonly string[],
  dialect: Store['dialect'],
): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map()
  const each = eachOf(dialect, keys)
  const { rows } = await sql<{ readonly address_key: string; readonly email_key: string }>`
    select a.address_key, u.email_key from ${each} e
    join user_address a on a.tenant_id = ${tenantId} and a.address_key = e.value
    join "user" u on u.id = a.user_id`.execute(db)
  return new Map(rows.map(({ address_key, email_key }) => [address_key, email_key]))
}

/** Users with entries, entries, and addresses with entries that no user has. */
export async function countSenders(
  db: Db,
  tenantId: string,
): Promise<{ readonly users: number; readonly entries: number; readonly waitingUsers: number }> {
  const all = await db
    .selectFrom('sender_list')
    .select(({ fn }) => [
      fn.countAll<number>().as('users'),
      fn.coalesce(fn.sum<number>('entries'), sql<number>`0`).as('entries'),
    ])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const waiting = await db
    .selectFrom('sender_list as list')
    .select(({ fn }) => fn.countAll<number>().as('users'))
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
    )
    .executeTakeFirstOrThrow()
  return {
    users: Number(all.users),
    entries: Number(all.entries),
    waitingUsers: Number(waiting.users),
  }
}

/** Adds to the counts of users; a user without entries goes. */
export async function countUp(
  trx: Trx,
  changes: ReadonlyMap<string, number>,
  {
    tenantId,
    now,
    dialect,
  }: { readonly tenantId: string; readonly now: number; readonly dialect: Store['dialect'] },
): Promise<void> {
  const pairs = [...changes].filter(([, change]) => change !== 0)
  if (pairs.length === 0) return
  const [key, count] = columnsOf(dialect, ['text', 'number'])
  await sql`insert into sender_list (tenant_id, user_key, entries, changed_at)
    select ${tenantId}, ${key}, ${count}, ${int(now, dialect)} from ${eachOf(dialect, pairs)} e where true
    on conflict (tenant_id, user_key) do update
    set entries = sender_list.entries + excluded.entries, changed_at = excluded.changed_at`.execute(trx)
  if (pairs.some(([, change]) => change < 0)) {
    await trx.deleteFrom('sender_list').where('tenant_id', '=', tenantId).where('entries', '<=', 0).execute()
  }
}

/** The elements of a JSON array as rows: one parameter, however many there are. */
export function eachOf(dialect: Store['dialect'], values: readonly unknown[]) {
  const json = JSON.stringify(values)
  return dialect === 'sqlite'
    ? sql`json_each(${json})`
    : values.length > 0 && typeof values[0] === 'string'
      ? sql`jsonb_array_elements_text(${json}::jsonb)`
      : sql`jsonb_array_elements(${json}::jsonb)`
}

/** The columns of such rows, which are arrays. */
export function columnsOf(dialect: Store['dialect'], types: readonly ('text' | 'number')[]) {
  return types.map((type, index) => {
    if (dialect === 'sqlite') return sql.raw(`json_extract(e.value, '$[${index}]')`)
    return sql.raw(type === 'text' ? `(e.value ->> ${index})` : `(e.value ->> ${index})::bigint`)
  })
}

/** A number as PostgreSQL wants it where it cannot tell the type. */
export function int(value: number | null, dialect: Store['dialect']) {
  return dialect === 'sqlite' ? sql`${value}` : sql`${value}::bigint`
}
