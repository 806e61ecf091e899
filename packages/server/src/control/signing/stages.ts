// The life of a signing key: pending, seen, active, retiring, gone. Pure: what a look at DNS and the time
// make of it (O6).
import type { DkimKeyState } from '#store/signing-tables.ts'
import { nextOnceRight, nextWhilePending } from '../domain/schedule.ts'

export type KeyStage = {
  readonly state: DkimKeyState
  readonly seenAt: number | null
  readonly retireUntil: number | null
  readonly misses: number
}

/** What the name servers say of the record; `unknown` is never a "no" (law 4). */
export type Seen = 'found' | 'missing' | 'unknown'

export type NextStage = KeyStage & {
  /** Null: not looked at again. */
  readonly nextCheckAt: number | null
}

/**
 * Where another key signs already, a new one waits so long after it was seen: a name server that is late, or
 * an answer that was kept, must not meet its first signature.
 */
export const SETTLE_MS = 5 * 60_000

/** The stage after a look. `isFirst`: no key of this kind signs for the domain, so nothing can be worse. */
export function afterLook(
  stage: KeyStage,
  { seen, now, isFirst }: { readonly seen: Seen; readonly now: number; readonly isFirst: boolean },
): NextStage {
  const misses = seen === 'missing' ? stage.misses + 1 : seen === 'found' ? 0 : stage.misses
  switch (stage.state) {
    case 'pending':
      if (seen !== 'found') return { ...stage, misses, nextCheckAt: nextWhilePending(now, misses) }
      return settled({ ...stage, state: 'seen', seenAt: now, misses }, { now, isFirst })
    case 'seen':
      // Somebody took the record away again before it was used.
      if (seen === 'missing') {
        return {
          ...stage,
          state: 'pending',
          seenAt: null,
          misses,
          nextCheckAt: nextWhilePending(now, misses),
        }
      }
      if (seen === 'unknown') return { ...stage, nextCheckAt: now + SETTLE_MS }
      return settled({ ...stage, misses }, { now, isFirst })
    case 'active':
      return { ...stage, misses, nextCheckAt: nextOnceRight(now, { misses, known: seen !== 'unknown' }) }
    case 'retiring': {
      const until = stage.retireUntil ?? now
      if (until <= now) return { ...stage, state: 'gone', misses: 0, nextCheckAt: null }
      const next = nextOnceRight(now, { misses: 0, known: seen !== 'unknown' })
      return { ...stage, misses, nextCheckAt: Math.min(next, until) }
    }
    case 'gone':
      return { ...stage, nextCheckAt: null }
  }
}

function settled(stage: KeyStage, at: { readonly now: number; readonly isFirst: boolean }): NextStage {
  const readyAt = (stage.seenAt ?? at.now) + SETTLE_MS
  if (at.isFirst || readyAt <= at.now) {
    return { ...stage, state: 'active', nextCheckAt: nextOnceRight(at.now, { misses: 0, known: true }) }
  }
  return { ...stage, nextCheckAt: readyAt }
}
