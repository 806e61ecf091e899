// The rows of greylisting: figures by the hour, deferrals that ended, identities that pass.
import { sql } from 'kysely'
import type { GreylistReport } from '#link/reports.ts'
import { appendFeed } from '#store/feed.ts'
import type { Dialect } from '#store/migrations/migration.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { addDelays } from './delays.ts'

const HOUR_MS = 3_600_000
/** Ended deferrals kept (behaviour §6). */
export const ENDED_KEPT_MS = 7 * 24 * HOUR_MS
/** Of one report: it tells of a second. */
const ENDED_KEPT_MAX = 5_000
/** Hours kept: as long as figures may be asked for. */
const HOURS_KEPT_MS = 90 * 24 * HOUR_MS
/** A report comes again within minutes, or not at all. */
const REPORTS_KEPT_MS = 2 * 24 * HOUR_MS
/** How long a pass is remembered after its last use (G1); edges say the same. */
export const PASS_MEMORY_MS = 36 * 24 * HOUR_MS
const ROWS_MAX = 500
const EXPIRED_MAX = 2_000

/** Stores one report, once. */
export async function keepReport(
  trx: Trx,
  report: GreylistReport,
  { dialect, now }: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  const taken = await trx
    .insertInto('greylist_report')
    .values({ id: report.id, taken_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  if (taken.length === 0) return
  await addHour(trx, report, dialect)
  await addEnded(trx, report)
  await addPasses(trx, report, { dialect, now })
}

async function addHour(trx: Trx, report: GreylistReport, dialect: Dialect): Promise<void> {
  const { tenantId, deferred, observed, lost, accepted } = report
  const hour = Math.floor(report.at / HOUR_MS) * HOUR_MS
  const delays = accepted.map(({ firstAt, endedAt }) => Math.max(0, endedAt - firstAt))
  const nothing = { deferred: 0, observed: 0, lost: 0, accepted: 0, delay_ms: 0, delays: '[]' }
  await trx
    .insertInto('greylist_hour')
    .values({ tenant_id: tenantId, hour, ...nothing })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const before = await trx
    .selectFrom('greylist_hour')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('hour', '=', hour)
    // Two control processes may add to one hour.
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('greylist_hour')
    .set({
      deferred: before.deferred + deferred,
      observed: before.observed + observed,
      lost: before.lost + lost,
      accepted: before.accepted + accepted.length,
      delay_ms: before.delay_ms + delays.reduce((sum, delay) => sum + delay, 0),
      delays: JSON.stringify(addDelays(JSON.parse(before.delays) as number[], delays)),
    })
    .where('tenant_id', '=', tenantId)
    .where('hour', '=', hour)
    .execute()
}

async function addEnded(trx: Trx, { tenantId, id, accepted, lostListed }: GreylistReport): Promise<void> {
  const ended = [
    ...accepted.map((one) => ({ ...one, outcome: 'accepted' as const })),
    ...lostListed.map((one) => ({ ...one, outcome: 'never-retried' as const })),
  ].slice(-ENDED_KEPT_MAX)
  const rows = ended.map((one, at) => ({
    tenant_id: tenantId,
    id: `${id}-${String(at).padStart(6, '0')}`,
    outcome: one.outcome,
    reverse_path: one.reversePath,
    forward_path: one.forwardPath,
    client_ip: one.clientIp,
    identity: one.identity,
    first_at: one.firstAt,
    ended_at: one.endedAt,
    attempts: one.attempts,
  }))
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await trx
      .insertInto('greylist_ended')
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Passes reach other nodes by the feed (decisions 32). */
async function addPasses(
  trx: Trx,
  { tenantId, passes }: GreylistReport,
  options: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  for (let at = 0; at < passes.length; at += ROWS_MAX) {
    const part = passes.slice(at, at + ROWS_MAX)
    await trx
      .insertInto('greylist_pass')
      .values(part.map((pass) => ({ tenant_id: tenantId, identity: pass.identity, passed_at: pass.at })))
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'identity'])
          .doUpdateSet((set) => ({ passed_at: set.ref('excluded.passed_at') })),
      )
      .execute()
  }
  const changes = passes.map(({ identity, at }) => passChange(tenantId, identity, { at }))
  await appendFeed(trx, changes, options)
}

/** A pass as the feed carries it; null takes it away. */
function passChange(tenantId: string, key: string, value: { readonly at: number } | null) {
  return { tenantId, list: 'greylist-pass' as const, key, value }
}

/** Takes a pass away everywhere. */
export async function dropPass(
  trx: Trx,
  { tenantId, identity }: { readonly tenantId: string; readonly identity: string },
  options: { readonly dialect: Dialect; readonly now: number },
): Promise<void> {
  await trx
    .deleteFrom('greylist_pass')
    .where('tenant_id', '=', tenantId)
    .where('identity', '=', identity)
    .execute()
  await appendFeed(trx, [passChange(tenantId, identity, null)], options)
}

export function readHours(db: Db, tenantId: string, since: number): Promise<Row<'greylist_hour'>[]> {
  return db
    .selectFrom('greylist_hour')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('hour', '>=', since)
    .orderBy('hour')
    .execute()
}

export async function countSenders(db: Db, tenantId: string, since: number): Promise<number> {
  const { senders } = await db
    .selectFrom('greylist_ended')
    .select(({ fn }) => fn.count<number>('identity').distinct().as('senders'))
    .where('tenant_id', '=', tenantId)
    .where('outcome', '=', 'accepted')
    .where('ended_at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(senders)
}

export async function countPasses(db: Db, tenantId: string): Promise<number> {
  const { passes } = await db
    .selectFrom('greylist_pass')
    .select(({ fn }) => fn.countAll<number>().as('passes'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return Number(passes)
}

export type EndedQuery = {
  readonly tenantId: string
  readonly outcome: 'accepted' | 'never-retried' | null
  readonly search: string | null
  /** Older than this id. */
  readonly before: string | null
  readonly limit: number
}

const SEARCHED = ['reverse_path', 'forward_path', 'client_ip', 'identity'] as const

export function readEnded(db: Db, query: EndedQuery): Promise<Row<'greylist_ended'>[]> {
  const { tenantId, outcome, search, before, limit } = query
  const like = search === null ? null : `%${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  return db
    .selectFrom('greylist_ended')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$if(outcome !== null, (rows) => rows.where('outcome', '=', outcome!))
    .$if(before !== null, (rows) => rows.where('id', '<', before!))
    .$if(like !== null, (rows) =>
      rows.where(({ or, ref }) =>
        or(SEARCHED.map((column) => sql<boolean>`lower(${ref(column)}) like ${like} escape '\\'`)),
      ),
    )
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Lets go of what is old, for every tenant. True while there is more. */
export async function sweepGreylist(
  trx: Trx,
  { dialect, now }: { readonly dialect: Dialect; readonly now: number },
) {
  const all = acrossTenants(trx)
  await all
    .deleteFrom('greylist_ended')
    .where('ended_at', '<', now - ENDED_KEPT_MS)
    .execute()
  await all
    .deleteFrom('greylist_hour')
    .where('hour', '<', now - HOURS_KEPT_MS)
    .execute()
  await all
    .deleteFrom('greylist_report')
    .where('taken_at', '<', now - REPORTS_KEPT_MS)
    .execute()
  const expired = await all
    .selectFrom('greylist_pass')
    .select(['tenant_id', 'identity'])
    .where('passed_at', '<', now - PASS_MEMORY_MS)
    .limit(EXPIRED_MAX)
    .execute()
  for (const { tenant_id: tenantId, identity } of expired) {
    await dropPass(trx, { tenantId, identity }, { dialect, now })
  }
  return expired.length === EXPIRED_MAX
}
