// Queries of auto allow: its setting, what was held, which entries have run out, and which were suspended.
import { type RawBuilder, sql } from 'kysely'
import type { Db, Store, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { SenderRow } from './entry.ts'

export type AutoAllowRow = {
  readonly enabled: 0 | 1
  readonly days: number
  readonly sample_percent: number
  readonly revision: number
}

/** Null while nobody changed it. */
export async function autoAllowRow(db: Db, tenantId: string): Promise<AutoAllowRow | null> {
  const row = await db
    .selectFrom('auto_allow_setting')
    .select(['enabled', 'days', 'sample_percent', 'revision'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ?? null
}

export async function putAutoAllowRow(trx: Trx, tenantId: string, row: AutoAllowRow): Promise<void> {
  await trx
    .insertInto('auto_allow_setting')
    .values({ tenant_id: tenantId, ...row })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ ...row }))
    .execute()
}

/** Parameters of one statement: below the limits of both databases. */
const PER_STATEMENT_MAX = 500

export async function noteHeld(
  trx: Trx,
  tenantId: string,
  held: readonly { readonly digest: string; readonly at: number }[],
): Promise<void> {
  for (let at = 0; at < held.length; at += PER_STATEMENT_MAX) {
    const rows = held.slice(at, at + PER_STATEMENT_MAX)
    await trx
      .insertInto('held_reference')
      .values(rows.map((row) => ({ tenant_id: tenantId, digest: row.digest, held_at: row.at })))
      .onConflict((conflict) => conflict.columns(['tenant_id', 'digest']).doNothing())
      .execute()
  }
}

/** Which of these message ids were held. */
export async function heldAmong(
  db: Db,
  tenantId: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let at = 0; at < digests.length; at += PER_STATEMENT_MAX) {
    const rows = await db
      .selectFrom('held_reference')
      .select('digest')
      .where('tenant_id', '=', tenantId)
      .where('digest', 'in', digests.slice(at, at + PER_STATEMENT_MAX))
      .execute()
    for (const { digest } of rows) found.add(digest)
  }
  return found
}

/** Message ids are forgotten after so long: nobody answers later than that. */
export async function dropHeldBefore(store: Pick<Store, 'db'>, before: number): Promise<void> {
  await acrossTenants(store.db).deleteFrom('held_reference').where('held_at', '<', before).execute()
}

/** Organisations with entries by auto allow that have run out. */
export async function tenantsWithEnded(store: Pick<Store, 'db'>, now: number): Promise<readonly string[]> {
  const rows = await acrossTenants(store.db)
    .selectFrom('tenant')
    .select('id')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('managed_sender')
          .select('managed_sender.sender')
          .whereRef('managed_sender.tenant_id', '=', 'tenant.id')
          .where('managed_sender.expires_at', '<=', now)
          .where('managed_sender.expires_at', 'is not', null)
          .where('managed_sender.source', '=', 'auto-allow'),
      ),
    )
    .execute()
  return rows.map(({ id }) => id)
}

export async function endedEntries(
  db: Db,
  tenantId: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly SenderRow[]> {
  return db
    .selectFrom('managed_sender')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('expires_at', '<=', now)
    .where('expires_at', 'is not', null)
    .where('source', '=', 'auto-allow')
    .limit(limit)
    .execute()
}

/** Counted up to here: of ten million nobody needs to know how many exactly, and the page must not wait. */
const COUNTED_MAX = 10_000
const WEEK_MS = 7 * 86_400_000

/** Entries by auto allow: all, those suspended, and those that end within a week; each up to 10,000. */
export async function countAutoAllowed(
  db: Db,
  tenantId: string,
  now: number,
): Promise<{ readonly entries: number; readonly suspended: number; readonly ending: number }> {
  const ofTenant = sql`from managed_sender where tenant_id = ${tenantId}`
  // Conditions of partial indexes stand word by word, so that both databases use them.
  const [entries, suspended, ending] = await Promise.all([
    upTo(db, sql`${ofTenant} and source <> 'imported' and source = 'auto-allow'`),
    upTo(db, sql`${ofTenant} and suspended_at is not null`),
    upTo(
      db,
      sql`${ofTenant} and expires_at is not null and expires_at > ${now} and expires_at < ${now + WEEK_MS}
        and source = 'auto-allow'`,
    ),
  ])
  return { entries, suspended, ending }
}

async function upTo(db: Db, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`select count(*) as count
    from (select 1 ${from} limit ${COUNTED_MAX}) as found`.execute(db)
  return Number(rows[0]?.count ?? 0)
}

/** Policies that leave mail out of auto allow. */
export async function countExclusions(db: Db, tenantId: string): Promise<number> {
  const row = await db
    .selectFrom('policy')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('type', '=', 'auto-allow')
    .where('enabled', '=', 1)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
