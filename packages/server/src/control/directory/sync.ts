// Runs of directory connectors: read, compare, judge, apply; one at a time each, told as they go, stopped on
// request (D8). Whatever stands in the way stops a run with its reason, and leaves people as they are.

import type { SyncRun } from '@gatepost/contract/directory.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { newRun, placeOf } from './job.ts'
import type { DirectoryDeps } from './kind.ts'
import { kindOf } from './kinds.ts'
import { usesProviderApp } from './provider-app.ts'
import { LEASE_MS, RunWork } from './run.ts'
import { dropStage, findRun, insertRun, type RunRow, replacePreviews, runOf, setRun } from './run-store.ts'
import { nextRunAt } from './schedule.ts'
import { type ConnectorRow, findConnector, scheduleOf, setConnector, takeConnector } from './store.ts'

export type RunWish = {
  readonly trigger: RunRow['trigger_kind']
  readonly isPreview: boolean
}

/** The runs of this process. */
export class SyncRunner {
  readonly #deps: DirectoryDeps
  readonly #holder: string
  readonly #stops = new Map<string, AbortController>()
  readonly #running = new Set<Promise<void>>()
  /** Connectors at work here. */
  readonly #busy = new Set<string>()

  constructor(deps: DirectoryDeps) {
    this.#deps = deps
    this.#holder = newId('opr', deps.clock.now())
  }

  /** How many runs are on their way here. */
  get size(): number {
    return this.#running.size
  }

  /** Begins a run. Throws `sync-running`, `connector-not-ready`, `not-found`. */
  async start(scope: Scope, connectorId: string, wish: RunWish): Promise<SyncRun> {
    const row = await this.#ready(scope, connectorId, wish)
    const run = await this.#begin(scope, row, wish)
    this.#spawn(run.id, (work) => work.run({ row, run, agreed: null }))
    return runOf(run)
  }

  /**
   * Carries a preview out. Throws `preview-gone`, `removals-need-yes`, `sync-running`, `not-found`.
   */
  async accept(
    scope: Scope,
    {
      connectorId,
      runId,
      removals,
    }: { readonly connectorId: string; readonly runId: string; readonly removals: number | null },
  ): Promise<SyncRun> {
    const { store, clock } = this.#deps
    const place = { tenantId: scope.tenantId, id: runId }
    const run = await findRun(store.db, place)
    if (run === null || run.connector_id !== connectorId)
      throw problem('not-found', 'There is no such run here.')
    if (run.state !== 'previewed')
      throw problem('preview-gone', 'This preview was carried out, cancelled or replaced.')
    const gone = run.leaving + run.removals
    if (run.needs_yes === 1 && removals !== gone)
      throw problem('removals-need-yes', `${gone} entries would go. Repeat the number to agree.`)
    const row = await this.#ready(scope, connectorId, { trigger: 'person', isPreview: false })
    await this.#take(row)
    const now = clock.now()
    await this.#guarded(row, async (trx) => {
      await setRun(trx, place, {
        state: 'applying',
        is_preview: 0,
        agreed_removals: removals,
        finished_at: null,
        why: null,
        remedy: null,
      })
      await setConnector(
        trx,
        { tenantId: scope.tenantId, id: row.id },
        {
          accepted_at: row.accepted_at ?? now,
          next_run_at: nextRunAt(scheduleOf(row), now),
          last_run_id: runId,
        },
      )
      const after = { adds: run.adds, changes: run.changes, removals: run.removals, leaving: run.leaving }
      await appendAudit(trx, scope, {
        action: 'directory.preview-accepted',
        subject: `directory ${row.name}`,
        before: null,
        after,
        at: now,
      })
    })
    const accepted = { ...run, state: 'applying' as const, is_preview: 0 as const }
    this.#spawn(runId, (work) => work.apply({ row, run: accepted, agreed: gone }))
    return runOf(accepted)
  }

  /** Asks a run to stop; what it has applied stays. A preview is forgotten. */
  async cancel(scope: Scope, connectorId: string, runId: string): Promise<SyncRun> {
    const { store, clock } = this.#deps
    const place = { tenantId: scope.tenantId, id: runId }
    const run = await findRun(store.db, place)
    if (run === null || run.connector_id !== connectorId)
      throw problem('not-found', 'There is no such run here.')
    if (run.state === 'previewed') {
      await setRun(store.db, place, { state: 'cancelled', finished_at: clock.now() })
      await dropStage(store.db, place)
    } else if (run.state === 'reading' || run.state === 'applying') {
      await setRun(store.db, place, { cancel_asked: 1 })
      this.#stops.get(runId)?.abort()
    }
    return runOf((await findRun(store.db, place)) ?? run)
  }

  /** Stops everything and waits for it. */
  async close(): Promise<void> {
    for (const stop of this.#stops.values()) stop.abort()
    await Promise.allSettled(this.#running)
  }

  #spawn(runId: string, begin: (work: RunWork) => Promise<void>): void {
    const stop = new AbortController()
    this.#stops.set(runId, stop)
    const context = {
      deps: this.#deps,
      holder: this.#holder,
      release: (row: ConnectorRow) => this.#release(row),
    }
    const task = begin(new RunWork(context, stop))
      .catch((error: unknown) =>
        this.#deps.emit('control.check.failed', { check: 'directory', subject: runId, error }),
      )
      .finally(() => {
        this.#stops.delete(runId)
        this.#running.delete(task)
      })
    this.#running.add(task)
  }

  async #ready(scope: Scope, id: string, wish: RunWish): Promise<ConnectorRow> {
    const row = await findConnector(this.#deps.store.db, scope.tenantId, id)
    if (row === null) throw problem('not-found', `There is no directory connector “${id}” here.`)
    const plugin = kindOf(row.kind)
    if (plugin.needsSecret && row.secret === null && !usesProviderApp(row))
      throw problem('connector-not-ready', `${row.name} has no password or key yet. Enter it first.`)
    if (wish.isPreview) return row
    if (row.enabled === 0)
      throw problem('connector-not-ready', `${row.name} is switched off. Switch it on first.`)
    if (row.accepted_at === null && wish.trigger !== 'person')
      throw problem('connector-not-ready', `${row.name} waits for its first preview to be accepted.`)
    return row
  }

  async #take(row: ConnectorRow): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now()
    const lease = { holder: this.#holder, now, until: now + LEASE_MS }
    const busy = `${row.name} is being synchronised. Wait for it, or cancel it.`
    // A lease is its holder's to prolong, so our own runs are told apart here.
    if (this.#busy.has(row.id)) throw problem('sync-running', busy)
    this.#busy.add(row.id)
    if (await takeConnector(store.db, placeOf(row), lease)) return
    this.#busy.delete(row.id)
    throw problem('sync-running', busy)
  }

  async #begin(scope: Scope, row: ConnectorRow, { trigger, isPreview }: RunWish): Promise<RunRow> {
    const { clock } = this.#deps
    if (!isPreview && row.accepted_at === null)
      throw problem(
        'connector-not-ready',
        `Preview ${row.name} first; its changes are shown before the first synchronisation.`,
      )
    await this.#take(row)
    const now = clock.now()
    const run = newRun({ scope, row, trigger, isPreview, now })
    await this.#guarded(row, async (trx) => {
      await replacePreviews(trx, { tenantId: row.tenant_id, id: row.id }, now)
      await insertRun(trx, run)
      const next = nextRunAt(scheduleOf(row), now)
      await setConnector(trx, placeOf(row), {
        last_run_id: run.id,
        next_run_at: row.accepted_at === null ? null : next,
      })
      if (trigger !== 'person') return
      const action = isPreview ? 'directory.previewed' : 'directory.synchronised'
      await appendAudit(trx, scope, {
        action,
        subject: `directory ${row.name}`,
        before: null,
        after: null,
        at: now,
      })
    })
    return run
  }

  /** A transaction of a connector that was taken: given back when it fails. */
  async #guarded(row: ConnectorRow, work: (trx: Trx) => Promise<void>): Promise<void> {
    try {
      await this.#deps.store.transaction(work)
    } catch (error) {
      await this.#release(row)
      throw error
    }
  }

  async #release(row: ConnectorRow): Promise<void> {
    await setConnector(this.#deps.store.db, placeOf(row), { lease_holder: null, lease_until: 0 })
    this.#busy.delete(row.id)
  }
}
