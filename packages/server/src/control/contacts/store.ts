// Queries of contact collections: runs, their parts, and who wrote to whom.
import type { Pair } from '@gatepost/contacts/collect.ts'
import { isRobot } from '@gatepost/contacts/robots.ts'
import type { Part } from '@gatepost/contacts/source.ts'
import { sql } from 'kysely'
import type { Db, Trx } from '#store/open.ts'
import type { NewRow, Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type ContactRunRow = Row<'contact_run'>
export type ContactPairRow = Row<'contact_pair'>
/** A part, why it was given up if it was, and whether before any of it counted. */
export type SkippablePart = Part & { readonly skipped: string | null; readonly isUntouched: boolean }
export type RunPlace = { readonly tenantId: string; readonly runId: string }

/** Rows of one insert: below every database's limit of parameters. */
const BATCH = 400
/** Parts named on the page. */
const SKIPPED_SHOWN = 20

export function runsOf(db: Db | Trx, tenantId: string, limit: number): Promise<ContactRunRow[]> {
  return db
    .selectFrom('contact_run')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function findRun(db: Db | Trx, { tenantId, runId }: RunPlace): Promise<ContactRunRow | null> {
  const row = await db
    .selectFrom('contact_run')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', runId)
    .executeTakeFirst()
  return row ?? null
}

/** Runs of all organisations that were at work when this process began. */
export function runningRuns(db: Db): Promise<ContactRunRow[]> {
  return acrossTenants(db).selectFrom('contact_run').selectAll().where('state', '=', 'running').execute()
}

export async function insertRun(trx: Trx, row: NewRow<'contact_run'>): Promise<void> {
  await trx.insertInto('contact_run').values(row).execute()
}

export async function setRun(
  db: Db | Trx,
  { tenantId, runId }: RunPlace,
  fields: Partial<Omit<NewRow<'contact_run'>, 'id' | 'tenant_id'>>,
): Promise<void> {
  await db
    .updateTable('contact_run')
    .set(fields)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', runId)
    .execute()
}

export async function deleteRun(trx: Trx, { tenantId, runId }: RunPlace): Promise<void> {
  await trx.deleteFrom('contact_run').where('tenant_id', '=', tenantId).where('id', '=', runId).execute()
  for (const table of ['contact_part', 'contact_pair'] as const)
    await trx.deleteFrom(table).where('tenant_id', '=', tenantId).where('run_id', '=', runId).execute()
}

export async function insertParts(
  trx: Trx,
  { tenantId, runId }: RunPlace,
  parts: readonly (Part & Partial<SkippablePart>)[],
): Promise<void> {
  for (let start = 0; start < parts.length; start += BATCH) {
    const rows = parts.slice(start, start + BATCH).map(({ id, title, skipped, isUntouched }, index) => ({
      tenant_id: tenantId,
      run_id: runId,
      position: start + index,
      part_id: id,
      title,
      skipped: skipped ?? null,
      untouched: isUntouched ? (1 as const) : (0 as const),
    }))
    await trx.insertInto('contact_part').values(rows).execute()
  }
}

export async function partsOf(db: Db, { tenantId, runId }: RunPlace): Promise<readonly Part[]> {
  const rows = await db
    .selectFrom('contact_part')
    .select(['part_id', 'title'])
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .orderBy('position')
    .execute()
  return rows.map(({ part_id, title }) => ({ id: part_id, title }))
}

export async function skipPart(
  trx: Trx,
  { tenantId, runId }: RunPlace,
  {
    position,
    why,
    isUntouched,
  }: { readonly position: number; readonly why: string; readonly isUntouched: boolean },
): Promise<void> {
  await trx
    .updateTable('contact_part')
    .set({ skipped: why, untouched: isUntouched ? 1 : 0 })
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .where('position', '=', position)
    .execute()
}

/** What stands of each part, in order. */
export async function allParts(db: Db, { tenantId, runId }: RunPlace): Promise<readonly SkippablePart[]> {
  const rows = await db
    .selectFrom('contact_part')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .orderBy('position')
    .execute()
  return rows.map(({ part_id: id, title, skipped, untouched }) => {
    return { id, title, skipped, isUntouched: untouched === 1 }
  })
}

/** Puts the parts into another order. */
export async function replaceParts(
  trx: Trx,
  place: RunPlace,
  parts: readonly SkippablePart[],
): Promise<void> {
  const { tenantId, runId } = place
  await trx.deleteFrom('contact_part').where('tenant_id', '=', tenantId).where('run_id', '=', runId).execute()
  await insertParts(trx, place, parts)
}

export async function skippedParts(
  db: Db,
  { tenantId, runId }: RunPlace,
): Promise<readonly { readonly title: string; readonly why: string }[]> {
  const rows = await db
    .selectFrom('contact_part')
    .select(['title', 'skipped'])
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .where('skipped', 'is not', null)
    .orderBy('position')
    .limit(SKIPPED_SHOWN)
    .execute()
  return rows.map(({ title, skipped }) => ({ title, why: skipped ?? '' }))
}

/** Adds counts to what is there already. */
export async function addPairs(
  trx: Trx,
  { tenantId, runId }: RunPlace,
  pairs: readonly Pair[],
): Promise<void> {
  for (let start = 0; start < pairs.length; start += BATCH) {
    const rows = pairs.slice(start, start + BATCH).map(({ user, external, count, first, last }) => ({
      tenant_id: tenantId,
      run_id: runId,
      user_key: user,
      external,
      count,
      first_at: first,
      last_at: last,
      is_robot: isRobot(external) ? (1 as const) : (0 as const),
      unticked: 0 as const,
    }))
    await trx
      .insertInto('contact_pair')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'run_id', 'user_key', 'external']).doUpdateSet({
          count: sql`contact_pair.count + excluded.count`,
          first_at: sql`case when contact_pair.first_at is null or excluded.first_at < contact_pair.first_at
            then excluded.first_at else contact_pair.first_at end`,
          last_at: sql`case when contact_pair.last_at is null or excluded.last_at > contact_pair.last_at
            then excluded.last_at else contact_pair.last_at end`,
        }),
      )
      .execute()
  }
}

export type PairCounts = { readonly contacts: number; readonly robots: number; readonly people: number }

export async function countPairs(db: Db, { tenantId, runId }: RunPlace): Promise<PairCounts> {
  const row = await db
    .selectFrom('contact_pair')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.coalesce(fn.sum<number>('is_robot'), sql<number>`0`).as('robots'),
      fn.count<number>('user_key').distinct().as('people'),
    ])
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
  const robots = Number(row.robots)
  return { contacts: Number(row.all) - robots, robots, people: Number(row.people) }
}

export type PairFilter = { readonly countMin: number; readonly search?: string | undefined }

function pairsFound(db: Db, { tenantId, runId }: RunPlace, { countMin, search }: PairFilter) {
  const wanted = search?.toLowerCase() ?? ''
  return db
    .selectFrom('contact_pair')
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .where('is_robot', '=', 0)
    .where('count', '>=', countMin)
    .$if(wanted !== '', (query) =>
      query.where(({ or, and, eb }) =>
        or(
          (['user_key', 'external'] as const).map((column) =>
            and([eb(column, '>=', wanted), eb(column, '<', `${wanted}\u{10ffff}`)]),
          ),
        ),
      ),
    )
}

/** A page, the most frequent first. Offsets serve: the list is looked at, not walked by programs. */
export function pagePairs(
  db: Db,
  place: RunPlace,
  options: PairFilter & { readonly limit: number; readonly offset: number },
): Promise<ContactPairRow[]> {
  return pairsFound(db, place, options)
    .selectAll()
    .orderBy('count', 'desc')
    .orderBy('user_key')
    .orderBy('external')
    .limit(options.limit)
    .offset(options.offset)
    .execute()
}

export async function countFound(
  db: Db,
  place: RunPlace,
  filter: PairFilter,
): Promise<{ readonly all: number; readonly ticked: number }> {
  const row = await pairsFound(db, place, filter)
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.coalesce(fn.sum<number>('unticked'), sql<number>`0`).as('unticked'),
    ])
    .executeTakeFirstOrThrow()
  const all = Number(row.all)
  return { all, ticked: all - Number(row.unticked) }
}

/** Ticked pairs in the order of the CSV, some at a time. */
export function tickedPairs(
  db: Db,
  place: RunPlace,
  options: {
    readonly countMin: number
    readonly limit: number
    readonly after: { readonly user: string; readonly external: string } | null
  },
): Promise<ContactPairRow[]> {
  const { after } = options
  return pairsFound(db, place, options)
    .selectAll()
    .where('unticked', '=', 0)
    .$if(after !== null, (query) =>
      query.where(({ or, and, eb }) =>
        or([
          eb('user_key', '>', after!.user),
          and([eb('user_key', '=', after!.user), eb('external', '>', after!.external)]),
        ]),
      ),
    )
    .orderBy('user_key')
    .orderBy('external')
    .limit(options.limit)
    .execute()
}

/** Ticks or unticks one pair, or every pair with an external address or domain. */
export async function setTick(
  trx: Trx,
  { tenantId, runId }: RunPlace,
  what: {
    readonly isTicked: boolean
    readonly user: string | null
    readonly external: string
  },
): Promise<number> {
  const { isTicked, user, external } = what
  // A domain with one of these would mean something else in a pattern.
  if (!external.includes('@') && /[\\%_]/.test(external)) return 0
  const result = await trx
    .updateTable('contact_pair')
    .set({ unticked: isTicked ? 0 : 1 })
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .$if(user !== null, (query) => query.where('user_key', '=', user!))
    .$if(external.includes('@'), (query) => query.where('external', '=', external))
    .$if(!external.includes('@'), (query) =>
      query.where(({ or, eb }) =>
        or([eb('external', 'like', `%@${external}`), eb('external', 'like', `%.${external}`)]),
      ),
    )
    .where('unticked', '=', isTicked ? 1 : 0)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Users' primary addresses, for the mailboxes to read. */
export async function primaryAddresses(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('user')
    .select('email_key')
    .where('tenant_id', '=', tenantId)
    .where('kind', 'in', ['user', 'shared-mailbox'])
    .orderBy('email_key')
    .execute()
  return rows.map(({ email_key }) => email_key)
}
