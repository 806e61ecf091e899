// What edges report of greylisting becomes figures, lists and the feed of passes; and old rows leave.
import type { Emit } from '#events/emit.ts'
import type { GreylistReport } from '#link/reports.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/open.ts'
import { keepReport, sweepGreylist } from './store.ts'

const SWEEP_MS = 3_600_000
/** Between parts of a long sweep, so that others get their turn to write. */
const PART_MS = 50

/** Stores the reports of a batch. One that came before changes nothing. */
export async function keepGreylistReports(
  store: Store,
  reports: readonly GreylistReport[],
  now: number,
): Promise<void> {
  if (reports.length === 0) return
  await store.transaction(async (trx) => {
    for (const report of reports) await keepReport(trx, report, { dialect: store.dialect, now })
  })
}

/** Lets old rows go, until the signal aborts. */
export async function watchGreylist(
  { store, clock, emit }: { readonly store: Store; readonly clock: Clock; readonly emit: Emit },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const more = await store
      .transaction((trx) => sweepGreylist(trx, { dialect: store.dialect, now: clock.now() }))
      .catch((error) => {
        if (!signal.aborted) emit('control.request.failed', { what: 'sweep of greylisting', error })
        return false
      })
    await clock.sleep(more ? PART_MS : SWEEP_MS, signal)
  }
}
