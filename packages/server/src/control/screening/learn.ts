// Lessons about spam: what people report and release teaches their organisation's own score. A lesson is kept
// as numbers and can be taken back; no person and no day can teach enough to turn the score alone.
import { createHash } from 'node:crypto'
import type { SpamKind, SpamLearning, SpamLesson } from '@gatepost/contract/spam.ts'
import { newId } from '#platform/random.ts'
import { LESSONS_LEAST, lessonFeatures, packLesson } from '#spam/lesson.ts'
import { measure } from '#spam/score.ts'
import { viewOf } from '#spam/view.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import * as lessons from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>
type Page = { readonly items: SpamLesson[]; readonly next: string | null; readonly total: number | null }

export type Teaching = {
  readonly kind: SpamKind
  readonly origin: SpamLesson['origin']
  readonly content: Uint8Array
  readonly reversePath?: string | null | undefined
  /** Its header is lost: words alone are learned, as if it had scored just at the limit. */
  readonly onlyWords?: true | undefined
}

/** Lessons kept of an organisation; the oldest leave. Adding up this many takes some seconds. */
export const LESSONS_MAX = 5_000
/** Lessons of one person in a day: a stolen account must not teach an organisation another taste. */
export const LESSONS_A_DAY_MAX = 200
const DAY_MS = 86_400_000
const MODERATE = 5
const TEXT_MAX = 300

/** Keeps a lesson; the same message taught before is taught anew. Throws `limit-reached`. */
export async function teachSpam(scope: Scope, teaching: Teaching, deps: Deps): Promise<SpamLesson> {
  const { store, clock } = deps
  const { tenantId } = scope
  const now = clock.now()
  const row = rowOf(scope, teaching, now)
  await store.transaction(async (trx) => {
    const since = now - DAY_MS
    if ((await lessons.countLessonsOf(trx, tenantId, { actor: row.actor, since })) >= LESSONS_A_DAY_MAX) {
      throw problem('limit-reached', `One person can teach ${LESSONS_A_DAY_MAX} messages a day.`)
    }
    const before = await lessons.lessonByDigest(trx, tenantId, row.digest)
    if (before !== null) await lessons.deleteLesson(trx, tenantId, before.id)
    await lessons.insertLesson(trx, row)
    await lessons.dropOldest(trx, 'spam_lesson', { tenantId, keep: LESSONS_MAX })
    await lessons.markDue(trx, tenantId)
    await appendAudit(trx, scope, {
      action: 'spam.taught',
      subject: `lesson ${row.id}`,
      before: before === null ? null : { kind: kindOf(before) },
      after: { kind: teaching.kind, origin: teaching.origin, author: row.author, subject: row.subject },
      at: now,
    })
  })
  return lessonOf(row)
}

/** Takes a lesson back. Throws `not-found`. */
export async function unteachSpam(scope: Scope, id: string, deps: Deps): Promise<void> {
  const { store, clock } = deps
  await store.transaction(async (trx) => {
    const row = await lessons.lessonById(trx, scope.tenantId, id)
    if (row === null) throw problem('not-found', `There is no lesson ${id}.`)
    await lessons.deleteLesson(trx, scope.tenantId, id)
    await lessons.markDue(trx, scope.tenantId)
    await appendAudit(trx, scope, {
      action: 'spam.lesson-taken-back',
      subject: `lesson ${id}`,
      before: { kind: kindOf(row), author: row.author, subject: row.subject },
      after: null,
      at: clock.now(),
    })
  })
}

export async function listSpamLessons(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  { store }: Pick<Deps, 'store'>,
): Promise<Page> {
  const rows = await lessons.lessonHeads(store.db, { tenantId, limit: limit + 1, after: after ?? null })
  const items = rows.slice(0, limit)
  return { items: items.map(lessonOf), next: rows.length > limit ? items.at(-1)!.id : null, total: null }
}

export async function spamLearning(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { store }: Pick<Deps, 'store'>,
): Promise<Omit<SpamLearning, 'reportTo'>> {
  const [counts, taught] = await Promise.all([
    lessons.countLessons(store.db, tenantId),
    lessons.taughtOf(store.db, tenantId),
  ])
  const isUsed = (taught?.packed ?? null) !== null
  return { ...counts, least: LESSONS_LEAST, isUsed, taughtAt: taught?.taught_at ?? null }
}

function rowOf(
  scope: Scope,
  { kind, origin, content, reversePath, onlyWords }: Teaching,
  now: number,
): lessons.LessonRow {
  // What only the session knew, the client and its greeting, is gone by now and is no part of a lesson.
  const input = { content, reversePath: reversePath ?? null, helo: '', clientIp: '', authentication: null }
  const { author, subject } = viewOf(input)
  const measured = measure(input)
  const features = onlyWords ? new Map() : measured.features
  const { buckets, values } = lessonFeatures({ tokens: measured.tokens, features })
  return {
    tenant_id: scope.tenantId,
    id: newId('les', now),
    at: now,
    actor: scope.actor.name,
    origin,
    is_spam: kind === 'spam' ? 1 : 0,
    digest: createHash('sha256').update(content).digest('hex'),
    author: author === null ? null : `${author.local}@${author.domain}`.slice(0, TEXT_MAX),
    subject: subject.slice(0, TEXT_MAX),
    odds: onlyWords ? 0 : measured.odds,
    features: Buffer.from(packLesson(buckets, values)).toString('base64'),
  }
}

function lessonOf(row: lessons.LessonHead): SpamLesson {
  const { id, at, actor, origin, author, subject, odds } = row
  const score = Math.round((MODERATE + odds) * 10) / 10
  return { id, at, kind: kindOf(row), origin, actor, author, subject, score }
}

function kindOf({ is_spam }: Pick<lessons.LessonHead, 'is_spam'>): SpamKind {
  return Number(is_spam) === 1 ? 'spam' : 'ham'
}
