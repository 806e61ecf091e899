// Rows of authors who wrote before: digests with the day they were last noted.
import { sql } from 'kysely'
import { knownAuthorValue } from '#link/known-author.ts'
import type { FilledPage } from '#link/publisher.ts'
import { appendFeed } from '#store/feed.ts'
import type { Dialect } from '#store/migrations/migration.ts'
import type { Db, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

const DAY_MS = 86_400_000
/** Whoever has not written for so long is a stranger again. */
export const KNOWN_AUTHOR_DAYS = 400
/** Pairs an organisation keeps, some 200 MB; the ones noted longest ago leave. */
export const KNOWN_AUTHORS_MAX = 2_000_000
const ROWS_MAX = 500
const EXPIRED_MAX = 2_000

type Made = { readonly dialect: Dialect; readonly now: number }

/** Remembers keys, each with when it was seen. */
export async function noteAuthors(
  trx: Trx,
  { tenantId, keys }: { readonly tenantId: string; readonly keys: ReadonlyMap<string, number> },
  made: Made,
): Promise<void> {
  const rows = [...keys].map(([key, at]) => ({ tenant_id: tenantId, key, seen_at: at }))
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await trx
      .insertInto('known_author')
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'key']).doUpdateSet({
          // What is learned late, from tracking, makes nobody older.
          seen_at: sql<number>`case when excluded.seen_at > known_author.seen_at
              then excluded.seen_at else known_author.seen_at end`,
        }),
      )
      .execute()
  }
  const changes = rows.map(({ key, seen_at }) => ({
    tenantId,
    list: 'known-author' as const,
    key,
    value: knownAuthorValue(seen_at),
  }))
  await appendFeed(trx, changes, made)
}

/** Organisations with a policy of first contact whose tracking was never read for it. */
export async function unseededTenants(db: Db): Promise<readonly string[]> {
  const rows = await acrossTenants(db)
    .selectFrom('policy')
    .select('policy.tenant_id')
    .distinct()
    .where('policy.type', '=', 'first-contact')
    .where('policy.enabled', '=', 1)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('first_contact_seed')
            .select('first_contact_seed.tenant_id')
            .whereRef('first_contact_seed.tenant_id', '=', 'policy.tenant_id'),
        ),
      ),
    )
    .execute()
  return rows.map(({ tenant_id }) => tenant_id)
}

/** Notes that an organisation was seeded, so that it is done once. */
export async function keepSeed(
  db: Db,
  {
    tenantId,
    messages,
    pairs,
  }: { readonly tenantId: string; readonly messages: number; readonly pairs: number },
  now: number,
): Promise<void> {
  await db
    .insertInto('first_contact_seed')
    .values({ tenant_id: tenantId, seeded_at: now, messages, pairs })
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .execute()
}

/** Forgets who has not written for long, and of too many the oldest. True while there is more. */
export async function sweepAuthors(trx: Trx, made: Made): Promise<boolean> {
  const all = acrossTenants(trx)
  const expired = await all
    .selectFrom('known_author')
    .select(['tenant_id', 'key'])
    .where('seen_at', '<', made.now - KNOWN_AUTHOR_DAYS * DAY_MS)
    .limit(EXPIRED_MAX)
    .execute()
  await forget(trx, expired, made)
  const crowded = await all
    .selectFrom('known_author')
    .select('tenant_id')
    .groupBy('tenant_id')
    .having(({ fn }) => fn.countAll(), '>', KNOWN_AUTHORS_MAX)
    .execute()
  for (const { tenant_id: tenantId } of crowded) {
    const oldest = await trx
      .selectFrom('known_author')
      .select(['tenant_id', 'key'])
      .where('tenant_id', '=', tenantId)
      .orderBy('seen_at')
      .limit(EXPIRED_MAX)
      .execute()
    await forget(trx, oldest, made)
  }
  return expired.length === EXPIRED_MAX || crowded.length > 0
}

/** Takes all that an organisation remembers away. Returns how many of at most a part were left. */
export async function eraseKnownAuthors(trx: Trx, tenantId: string, made: Made): Promise<number> {
  const rows = await trx
    .selectFrom('known_author')
    .select(['tenant_id', 'key'])
    .where('tenant_id', '=', tenantId)
    .limit(EXPIRED_MAX)
    .execute()
  await forget(trx, rows, made)
  return rows.length
}

async function forget(
  trx: Trx,
  rows: readonly { readonly tenant_id: string; readonly key: string }[],
  made: Made,
): Promise<void> {
  for (const [tenantId, some] of Map.groupBy(rows, (row) => row.tenant_id)) {
    const keys = some.map(({ key }) => key)
    for (let at = 0; at < keys.length; at += ROWS_MAX) {
      const part = keys.slice(at, at + ROWS_MAX)
      await trx
        .deleteFrom('known_author')
        .where('tenant_id', '=', tenantId)
        .where('key', 'in', part)
        .execute()
    }
    const changes = keys.map((key) => ({ tenantId, list: 'known-author' as const, key, value: null }))
    await appendFeed(trx, changes, made)
  }
}

/** All entries of all organisations, page by page, for an edge that starts over. `db` reaches all tenants. */
export async function fillKnownAuthors(
  db: Db,
  {
    after,
    limit,
  }: { readonly after: readonly [tenantId: string, key: string] | null; readonly limit: number },
): Promise<{ readonly items: FilledPage['items']; readonly last: readonly [string, string] | null }> {
  const rows = await db
    .selectFrom('known_author')
    .selectAll()
    .$if(after !== null, (select) =>
      select.where(sql<boolean>`(tenant_id, key) > (${sql.join([...(after ?? [])])})`),
    )
    .orderBy('tenant_id')
    .orderBy('key')
    .limit(limit)
    .execute()
  const last = rows.length < limit ? undefined : rows.at(-1)
  return {
    items: rows.map(({ tenant_id: tenantId, key, seen_at }) => ({
      tenantId,
      list: 'known-author',
      key,
      value: knownAuthorValue(seen_at),
    })),
    last: last ? [last.tenant_id, last.key] : null,
  }
}
