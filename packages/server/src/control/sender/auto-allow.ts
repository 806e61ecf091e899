// Auto allow as people see and set it (S4), and the sweep that lets entries go that ran out.

import type { AutoAllow } from '@gatepost/contract/auto-allow.ts'
import { AUTO_ALLOW_DEFAULTS } from '#policy/auto-allow.ts'
import type { Store } from '#store/open.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import {
  autoAllowRow,
  countAutoAllowed,
  countExclusions,
  dropHeldBefore,
  endedEntries,
  putAutoAllowRow,
  tenantsWithEnded,
} from './auto-allow-store.ts'
import { deleteSenders } from './write-store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

const SWEEP_MS = 3_600_000
/** Entries removed in one transaction, and the pause between two: others get their turn to write. */
const ENTRIES_PER_PART_MAX = 2_000
const PART_MS = 50
/** Nobody answers a message that was held longer ago. */
const HELD_KEPT_MS = 90 * 86_400_000

export async function getAutoAllow(
  { tenantId }: Scope,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<AutoAllow> {
  const [row, counts, exclusions] = await Promise.all([
    autoAllowRow(store.db, tenantId),
    countAutoAllowed(store.db, tenantId, clock.now()),
    countExclusions(store.db, tenantId),
  ])
  const setting =
    row === null
      ? AUTO_ALLOW_DEFAULTS
      : { enabled: row.enabled === 1, days: row.days, samplePercent: row.sample_percent }
  return { ...setting, ...counts, exclusions, revision: row?.revision ?? 0 }
}

/** Changes how it works from now on; entries keep the end they have. Throws `changed-meanwhile`. */
export async function setAutoAllow(
  scope: Scope,
  {
    expected,
    ...after
  }: Pick<AutoAllow, 'enabled' | 'days' | 'samplePercent'> & { readonly expected: number | null },
  deps: Deps,
): Promise<AutoAllow> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const row = await autoAllowRow(trx, scope.tenantId)
    requireRevision(row ?? { revision: 0 }, expected)
    const before =
      row === null
        ? AUTO_ALLOW_DEFAULTS
        : { enabled: row.enabled === 1, days: row.days, samplePercent: row.sample_percent }
    const event = { action: 'auto-allow.changed', subject: 'auto allow', at: clock.now() }
    const revision = await changeSettings(trx, scope, { ...event, before, after })
    const { enabled, days, samplePercent } = after
    const changed = { enabled: enabled ? 1 : 0, days, sample_percent: samplePercent, revision } as const
    await putAutoAllowRow(trx, scope.tenantId, changed)
  })
  link.settingsChanged()
  return getAutoAllow(scope, deps)
}

/** Lets entries go that ran out, and message ids that nobody will answer, until the signal aborts. */
export async function watchAutoAllow(
  { store, clock, emit, link }: Deps & Pick<ControlDeps, 'emit'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now()
    const more = await sweepAutoAllow(store, now).catch((error) => {
      if (!signal.aborted) emit('control.request.failed', { what: 'sweep of auto allow', error })
      return false
    })
    if (more) link.settingsChanged()
    await clock.sleep(more ? PART_MS : SWEEP_MS, signal)
  }
}

/** One part of the sweep; true when something was removed, so that there may be more. */
export async function sweepAutoAllow(store: Store, now: number): Promise<boolean> {
  await dropHeldBefore(store, now - HELD_KEPT_MS)
  let removed = 0
  for (const tenantId of await tenantsWithEnded(store, now)) {
    removed += await store.transaction(async (trx) => {
      const rows = await endedEntries(trx, tenantId, { now, limit: ENTRIES_PER_PART_MAX })
      if (rows.length > 0) await deleteSenders(trx, rows, { tenantId, now, dialect: store.dialect })
      return rows.length
    })
  }
  return removed > 0
}
