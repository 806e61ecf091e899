// Queries of spam lessons and of what they add up to.

import type { Db, Store, Trx } from '#store/open.ts'
import type { SpamLessonTable } from '#store/spam-tables.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type LessonRow = SpamLessonTable
/** A lesson as lists show it: without its numbers. */
export type LessonHead = Omit<LessonRow, 'features' | 'tenant_id' | 'digest'>

const HEAD = ['id', 'at', 'actor', 'origin', 'is_spam', 'author', 'subject', 'odds'] as const

export async function lessonHeads(
  db: Db,
  {
    tenantId,
    limit,
    after,
  }: { readonly tenantId: string; readonly limit: number; readonly after: string | null },
): Promise<LessonHead[]> {
  let query = db.selectFrom('spam_lesson').select(HEAD).where('tenant_id', '=', tenantId)
  if (after !== null) query = query.where('id', '<', after)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

export async function lessonById(db: Db, tenantId: string, id: string): Promise<LessonHead | null> {
  const row = await db
    .selectFrom('spam_lesson')
    .select(HEAD)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function lessonByDigest(db: Db, tenantId: string, digest: string): Promise<LessonHead | null> {
  const row = await db
    .selectFrom('spam_lesson')
    .select(HEAD)
    .where('tenant_id', '=', tenantId)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row ?? null
}

export async function countLessons(db: Db, tenantId: string): Promise<{ spam: number; ham: number }> {
  const rows = await db
    .selectFrom('spam_lesson')
    .select(({ fn }) => ['is_spam', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .groupBy('is_spam')
    .execute()
  const of = (kind: 0 | 1) => Number(rows.find(({ is_spam }) => Number(is_spam) === kind)?.count ?? 0)
  return { spam: of(1), ham: of(0) }
}

export async function countLessonsOf(
  db: Db,
  tenantId: string,
  { actor, since }: { readonly actor: string; readonly since: number },
): Promise<number> {
  const row = await db
    .selectFrom('spam_lesson')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('actor', '=', actor)
    .where('at', '>=', since)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

export async function insertLesson(trx: Trx, row: LessonRow): Promise<void> {
  await trx.insertInto('spam_lesson').values(row).execute()
}

export async function deleteLesson(trx: Trx, tenantId: string, id: string): Promise<void> {
  await trx.deleteFrom('spam_lesson').where('tenant_id', '=', tenantId).where('id', '=', id).execute()
}

/** Lets the oldest rows go beyond `keep`; their ids are in the order of time. */
export async function dropOldest(
  trx: Trx,
  table: 'spam_lesson' | 'mail_report',
  { tenantId, keep }: { readonly tenantId: string; readonly keep: number },
): Promise<void> {
  const edge = await trx
    .selectFrom(table)
    .select('id')
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .offset(keep)
    .limit(1)
    .executeTakeFirst()
  if (edge === undefined) return
  await trx.deleteFrom(table).where('tenant_id', '=', tenantId).where('id', '<=', edge.id).execute()
}

export async function allLessons(db: Db, tenantId: string, limit: number): Promise<LessonRow[]> {
  return db
    .selectFrom('spam_lesson')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function markDue(trx: Trx, tenantId: string): Promise<void> {
  await trx
    .insertInto('spam_taught')
    .values({ tenant_id: tenantId, packed: null, is_due: 1, taught_at: null })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ is_due: 1 }))
    .execute()
}

/** What edges are told; null for nothing. */
export async function taughtOf(
  db: Db,
  tenantId: string,
): Promise<{ readonly packed: string | null; readonly taught_at: number | null } | null> {
  const row = await db
    .selectFrom('spam_taught')
    .select(['packed', 'taught_at'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ?? null
}

/** Organisations whose lessons changed, and those last added up before `before`. */
export async function dueTenants(store: Store, before: number): Promise<string[]> {
  const rows = await acrossTenants(store.db)
    .selectFrom('spam_taught')
    .select('tenant_id')
    .where((where) => where.or([where('is_due', '=', 1), where('taught_at', '<', before)]))
    .limit(100)
    .execute()
  return rows.map(({ tenant_id }) => tenant_id)
}

/** All lessons are added up. */
export async function clearDue(trx: Trx, tenantId: string, now: number): Promise<void> {
  await trx
    .updateTable('spam_taught')
    .set({ is_due: 0, taught_at: now })
    .where('tenant_id', '=', tenantId)
    .execute()
}

export async function putPacked(trx: Trx, tenantId: string, packed: string | null): Promise<void> {
  await trx.updateTable('spam_taught').set({ packed }).where('tenant_id', '=', tenantId).execute()
}
