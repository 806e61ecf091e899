// The background of digests: what is due by its schedule, what is told at once, and old links that go.
import type { Emit } from '#events/emit.ts'
import { newId } from '#platform/random.ts'
import { takeLease } from '../connect/store.ts'
import { dropOldHeld } from '../hold/store.ts'
import { type DigestDeps, sendDigests } from './send.ts'
import { DIGEST_DEFAULTS, nextDigestAt } from './settings.ts'
import {
  digestOf,
  dropOldDigests,
  dueDigests,
  tenantsToldAtOnce,
  tenantsWithoutDigest,
  writeDigest,
} from './store.ts'

export type WatchDigestDeps = DigestDeps & { readonly emit: Emit }

const ROUND_MS = 20_000
const LEASE_MS = 120_000
const KEPT_MS = 30 * 86_400_000
/** Held mail ends after two weeks; what was decided about it is listed for as long as most keep tracking. */
const HELD_KEPT_MS = 60 * 86_400_000

/** Runs until the signal aborts. */
export async function watchDigests(deps: WatchDigestDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  const holder = store.dialect === 'sqlite' ? 'embedded' : newId('opr', clock.now())
  while (!signal.aborted) {
    try {
      const now = clock.now()
      const lease = { holder, now, until: now + LEASE_MS, subject: 'digests' } as const
      if (await takeLease(store.db, lease)) await digestRound(deps)
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'digests', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
}

/** One round; resolves with how many digests went out. */
export async function digestRound(deps: WatchDigestDeps): Promise<number> {
  const { store, clock, emit } = deps
  const now = clock.now()
  await startSchedules(deps)
  let sent = 0
  const failed = (tenantId: string) => (error: unknown) => {
    emit('control.check.failed', { check: 'digest', subject: tenantId, error })
    return 0
  }
  for (const tenantId of await dueDigests(store.db, now)) {
    // Planned anew first: a digest that fails comes with the next one, and never twice.
    await store.transaction(async (trx) => {
      const digest = (await digestOf(trx, tenantId)) ?? DIGEST_DEFAULTS
      const nextAt = nextDigestAt(digest.schedule, now)
      await writeDigest(trx, tenantId, { ...digest, nextAt, lastAt: now })
    })
    sent += await sendDigests(tenantId, 'schedule', deps).catch(failed(tenantId))
  }
  for (const tenantId of await tenantsToldAtOnce(store.db)) {
    sent += await sendDigests(tenantId, 'at-once', deps).catch(failed(tenantId))
  }
  await dropOldDigests(store.db, now - KEPT_MS)
  await store.transaction((trx) => dropOldHeld(trx, now - HELD_KEPT_MS))
  return sent
}

/** Organisations that never chose have the usual schedule. */
async function startSchedules({ store, clock }: DigestDeps): Promise<void> {
  for (const tenantId of await tenantsWithoutDigest(store.db)) {
    const nextAt = nextDigestAt(DIGEST_DEFAULTS.schedule, clock.now())
    await store.transaction((trx) => writeDigest(trx, tenantId, { ...DIGEST_DEFAULTS, nextAt }))
  }
}
