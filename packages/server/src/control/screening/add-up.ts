// Adds lessons up to what edges score with, soon after they change and once a week, as old ones count for
// less.
import { setImmediate } from 'node:timers/promises'
import { packLearned } from '#spam/learned.ts'
import { learning, unpackLesson } from '#spam/lesson.ts'
import type { Store } from '#store/open.ts'
import type { ControlDeps } from '../scope.ts'
import { markDirty } from '../settings/settings.ts'
import { LESSONS_MAX } from './learn.ts'
import * as lessons from './store.ts'

const LOOK_MS = 10_000
/** A lesson counts half after this time: what people want changes, and so does spam. */
const HALF_LIFE_MS = 180 * 86_400_000
const AGAIN_MS = 7 * 86_400_000

/** Keeps what was taught up to date until the signal aborts. */
export async function watchSpamLessons(
  { store, clock, emit, link }: Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'link'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const failed = (error: unknown): number => {
      if (!signal.aborted) emit('control.request.failed', { what: 'adding up spam lessons', error })
      return 0
    }
    const changed = await addUpDue(store, clock.now(), failed).catch(failed)
    if (changed > 0) link.settingsChanged()
    await clock.sleep(LOOK_MS, signal)
  }
}

/**
 * Adds up what is due; the number of organisations whose score changed. Who fails stays due, and keeps no
 * other from it.
 */
export async function addUpDue(
  store: Store,
  now: number,
  failed: (error: unknown) => void = rethrow,
): Promise<number> {
  let changed = 0
  for (const tenantId of await lessons.dueTenants(store, now - AGAIN_MS)) {
    try {
      if (await addUp(store, tenantId, now)) changed++
    } catch (error) {
      failed(error)
    }
  }
  return changed
}

function rethrow(error: unknown): never {
  throw error
}

async function addUp(store: Store, tenantId: string, now: number): Promise<boolean> {
  const rows = await lessons.allLessons(store.db, tenantId, LESSONS_MAX)
  const course = learning(
    rows.map(({ is_spam, odds, at, features }) => ({
      isSpam: Number(is_spam) === 1,
      odds,
      weight: 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MS),
      ...unpackLesson(Buffer.from(features, 'base64')),
    })),
  )
  let step = course.next()
  while (!step.done) {
    await setImmediate()
    step = course.next()
  }
  const packed = step.value === null ? null : packLearned(step.value)
  return store.transaction(async (trx) => {
    // What was taught or taken back meanwhile is due: it counts in the next round.
    const { spam, ham } = await lessons.countLessons(trx, tenantId)
    const [newest] = await lessons.lessonHeads(trx, { tenantId, limit: 1, after: null })
    if (spam + ham === rows.length && newest?.id === rows[0]?.id) await lessons.clearDue(trx, tenantId, now)
    const before = await lessons.taughtOf(trx, tenantId)
    if (before === null || before.packed === packed) return false
    await lessons.putPacked(trx, tenantId, packed)
    await markDirty(trx, tenantId, now)
    return true
  })
}
