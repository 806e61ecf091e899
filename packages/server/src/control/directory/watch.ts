// The background of directories: connectors whose time has come are run (D8).

import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { placeOf } from './job.ts'
import type { DirectoryDeps } from './kind.ts'
import { kindOf } from './kinds.ts'
import { endAbandoned, freeLeases } from './run-store.ts'
import { nextRunAt } from './schedule.ts'
import { type ConnectorRow, dueConnectors, scheduleOf, setConnector } from './store.ts'
import type { SyncRunner } from './sync.ts'

/** Times are set by the minute. */
const ROUND_MS = 5_000
/** At once: each holds fingerprints of a directory in memory. */
const RUNS_MAX = 2

/** Runs until the signal aborts; resolves when its runs have stopped. */
export async function watchDirectories(
  deps: DirectoryDeps & { readonly directories: SyncRunner },
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, emit, directories } = deps
  if (store.dialect === 'sqlite') await freeLeases(store.db).catch(() => {})
  while (!signal.aborted) {
    try {
      await endAbandoned(store.db, clock.now())
      const room = RUNS_MAX - directories.size
      if (room > 0) for (const row of await dueConnectors(store.db, clock.now(), room)) await begin(row, deps)
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'directories', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
  await directories.close()
}

async function begin(
  row: ConnectorRow,
  deps: DirectoryDeps & { readonly directories: SyncRunner },
): Promise<void> {
  const scope: Scope = {
    tenantId: row.tenant_id,
    actor: { kind: 'system', name: 'Schedule' },
    from: 'internal',
  }
  try {
    if (kindOf(row.kind).isScheduled) {
      await deps.directories.start(scope, row.id, { trigger: 'schedule', isPreview: false })
      return
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
  // Whatever kept it from running: not again every few seconds.
  await setConnector(deps.store.db, placeOf(row), {
    next_run_at: nextRunAt(scheduleOf(row), deps.clock.now()),
  })
}
