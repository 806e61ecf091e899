// The background of signing: looks for records, lets keys sign, retire and go, and makes new ones when a
// domain rotates by itself.
import { findDomain } from '../domain/store.ts'
import type { Scope } from '../scope.ts'
import { checkKey } from './check.ts'
import { makeKeyPair } from './keys.ts'
import { type SigningDeps, storeKeys } from './life.ts'
import { rotatesAt } from './present.ts'
import { dueKeys, keysOfDomain, rotatingDomains, updateKey } from './store.ts'

const ROUND_MS = 2_000
const ROTATION_LOOK_MS = 3_600_000
const LOOKS_PER_ROUND_MAX = 40
/** A look that broke by our own fault is not tried again at once. */
const BROKEN_MS = 60_000

/** Runs until the signal aborts. */
export async function watchSigning(deps: SigningDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  let rotatedAt = 0
  while (!signal.aborted) {
    try {
      const now = clock.now()
      for (const row of await dueKeys(store, now, LOOKS_PER_ROUND_MAX)) {
        if (signal.aborted) return
        await checkKey(row, scopeOf(row.tenant_id), deps).catch(async (error) => {
          emit('control.check.failed', { check: 'signing', subject: row.id, error })
          await updateKey(store.db, row, { next_check_at: now + BROKEN_MS })
        })
      }
      if (now - rotatedAt > ROTATION_LOOK_MS) {
        rotatedAt = now
        await rotateDue(deps)
      }
    } catch (error) {
      if (signal.aborted) return
      emit('control.check.failed', { check: 'signing round', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
}

/**
 * Makes the successors of keys that are old enough; people publish their records, the rest goes by itself.
 */
export async function rotateDue(deps: SigningDeps): Promise<number> {
  const { store, clock } = deps
  let made = 0
  for (const setting of await rotatingDomains(store)) {
    const keys = await keysOfDomain(store.db, setting.tenant_id, setting.domain_id)
    const due = rotatesAt(keys, setting.rotate_days)
    if (due === null || due > clock.now()) continue
    const domain = await findDomain(store.db, setting.tenant_id, setting.domain_id)
    if (!domain || domain.validated_at === null) continue
    const algorithms = new Set(keys.flatMap(({ state, algorithm }) => (state === 'active' ? algorithm : [])))
    const pairs = []
    for (const algorithm of algorithms) pairs.push(await makeKeyPair(algorithm))
    const keysMade = { domain, pairs, selector: null, origin: 'generated' } as const
    await storeKeys(scopeOf(setting.tenant_id), keysMade, deps)
    made += pairs.length
  }
  return made
}

function scopeOf(tenantId: string): Scope {
  return { tenantId, actor: { kind: 'system', name: 'Gatepost' }, from: 'internal' }
}
