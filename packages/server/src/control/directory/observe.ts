// What Connect derives C2 from: the connectors of an organisation, with their tests and last good run.

import type { ObservedDirectory } from '../connect/observed.ts'
import type { ControlDeps } from '../scope.ts'
import { shownConnectorTest } from './checks-state.ts'
import { runsById } from './run-store.ts'
import { connectorsOf, entryCounts, troubleOf } from './store.ts'

export async function observeDirectories(
  tenantId: string,
  { store, clock }: Pick<ControlDeps, 'store' | 'clock'>,
): Promise<readonly ObservedDirectory[]> {
  const rows = await connectorsOf(store.db, tenantId)
  if (rows.length === 0) return []
  const [counts, runs] = await Promise.all([
    entryCounts(store.db, tenantId),
    runsById(
      store.db,
      tenantId,
      rows.flatMap(({ last_run_id }) => last_run_id ?? []),
    ),
  ])
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    isEnabled: row.enabled === 1,
    isAccepted: row.accepted_at !== null,
    isPreviewed: runs.get(row.last_run_id ?? '')?.state === 'previewed',
    test: shownConnectorTest(row, clock.now()),
    trouble: troubleOf(row),
    lastGoodAt: row.last_good_at,
    nextRunAt: row.next_run_at,
    entries: counts.get(row.id) ?? 0,
  }))
}
