// One run of a connector at work: read, judge, apply; every end gives the connector back (D8).
import { createHash } from 'node:crypto'
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import { addActivity } from '../connect/activity.ts'
import { ownDomains } from '../user/store.ts'
import { applyPlanned } from './apply.ts'
import { judge, stoppedBy, type Verdict } from './brakes.ts'
import { healthOf, isPreview, type Job, placeOf, runPlace, wordsOf } from './job.ts'
import type { DirectoryDeps } from './kind.ts'
import { kindOf } from './kinds.ts'
import { withProviderApp } from './provider-app.ts'
import { dropStage, findRun, holdRemovals, isCancelAsked, prune, type RunRow, setRun } from './run-store.ts'
import { openSecret } from './secret.ts'
import { type Staged, stage } from './stage.ts'
import {
  type ConnectorRow,
  connectorsOf,
  listOf,
  setConnector,
  settingsOf,
  takeConnector,
  troubleOf,
} from './store.ts'

/** What a run is given by whoever started it. */
export type RunContext = {
  readonly deps: DirectoryDeps
  /** Whose lease it is. */
  readonly holder: string
  /** Gives the connector back. */
  release(row: ConnectorRow): Promise<void>
}

/** Another process takes over this long after one died. */
export const LEASE_MS = 60_000
/** How often progress is written and the wish to stop is read. */
const NOTE_MS = 500
const DAY_MS = 24 * 3_600_000
/** A directory that hangs altogether is given up; a large one behind a slow line needs some minutes. */
const READ_MS_MAX = 30 * 60_000

export class RunWork {
  readonly #deps: DirectoryDeps
  readonly #context: RunContext
  readonly #stop: AbortController

  constructor(context: RunContext, stop: AbortController) {
    this.#context = context
    this.#deps = context.deps
    this.#stop = stop
  }

  /** From reading to the end. Never rejects but by our own fault in the store. */
  async run(job: Job): Promise<void> {
    try {
      const staged = await this.#stage(job)
      const verdict = await this.#judged(job, staged)
      await this.#noteStaged(job, staged, verdict)
      if (verdict.kind === 'refuse' && (verdict.isFinal || !isPreview(job)))
        return await this.#refuse(job, verdict)
      if (isPreview(job)) {
        // Nothing to say yes to; only the first yes is asked for in any case.
        const isIdle = staged.planned === 0 && job.row.accepted_at !== null
        return await this.#end(job, { state: isIdle ? 'done' : 'previewed' })
      }
      await this.apply(job)
    } catch (error) {
      await this.#fail(job, error)
    }
  }

  /** Carries out what is staged. */
  async apply(job: Job): Promise<void> {
    const { store, link } = this.#deps
    try {
      const run = (await findRun(store.db, runPlace(job))) ?? job.run
      const held = await this.#heldBack(job, run)
      const tick = this.#ticker(job)
      const tally = await applyPlanned(
        {
          place: placeOf(job.row),
          runId: run.id,
          source: { kind: job.row.kind === 'ldap' ? 'directory' : job.row.kind, connectorId: job.row.id },
          leaversStay: job.row.delete_users === 0,
          circumstances: await this.#circumstances(job.row),
          now: () => this.#deps.clock.now(),
        },
        { store },
        async () => {
          link.settingsChanged()
          await tick(null)
        },
      )
      const { cursor } = run
      const why = held === null ? {} : { why: held.why, remedy: held.remedy, held: run.removals }
      await this.#end(job, { state: 'done', ...why })
      const now = this.#deps.clock.now()
      await setConnector(store.db, placeOf(job.row), { cursor, trouble: null, last_good_at: now })
      if (tally.applied > 0 || troubleOf(job.row) !== null)
        await this.#tell(job, `${job.row.name} is synchronised: ${wordsOf(run)}`)
      if (held !== null) await this.#tell(job, `${job.row.name}: ${held.why}`)
    } catch (error) {
      await this.#fail(job, error)
    }
  }

  /** The listing against what is known, staged. */
  async #stage(job: Job): Promise<Staged> {
    const { store, clock, secrets } = this.#deps
    const { row } = job
    const plugin = kindOf(row.kind)
    const lent = { settings: settingsOf(row), secret: openSecret(row, secrets) }
    const { settings, secret } = await withProviderApp(row.tenant_id, lent, this.#deps)
    const reader = plugin.createReader(
      {
        tenantId: row.tenant_id,
        connectorId: row.id,
        settings,
        secret,
        contacts: row.contacts === 1,
        attributes: listOf(row.attributes),
      },
      this.#deps,
    )
    const whole = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(READ_MS_MAX)])
    return stage(
      {
        place: placeOf(row),
        runId: job.run.id,
        events: reader.read({ cursor: row.cursor, signal: whole }),
        wish: {
          domains: new Set(listOf(row.domains)),
          acknowledgeDisabled: row.acknowledge_disabled === 1,
          contacts: row.contacts === 1,
        },
        graceMs: row.grace_days * DAY_MS,
        circumstances: await this.#circumstances(row),
        now: clock.now(),
      },
      store.db,
      this.#ticker(job),
    )
  }

  async #judged({ row, agreed }: Job, staged: Staged): Promise<Verdict> {
    return judge(staged, { maxRemovals: row.max_removals, stopped: await this.#stopped(row), agreed })
  }

  /** What holds the removals of an agreed or automatic run back; they are marked so. */
  async #heldBack(job: Job, run: RunRow): Promise<{ readonly why: string; readonly remedy: string } | null> {
    const { store } = this.#deps
    if (run.removals === 0) return null
    // Shrunken listings never come here without a yes, so only what is due is judged.
    const listing = {
      mode: 'delta',
      known: Number.MAX_SAFE_INTEGER,
      listed: 1,
      missing: 0,
      due: run.removals,
      gone: run.removals,
    } as const
    const verdict: Verdict =
      run.needs_yes === 1 && job.agreed === null
        ? { kind: 'hold', why: run.why ?? '', remedy: run.remedy ?? '' }
        : judge(listing, {
            maxRemovals: job.row.max_removals,
            stopped: await this.#stopped(job.row),
            agreed: job.agreed === null ? null : run.removals,
          })
    if (verdict.kind !== 'hold') return null
    const because = { connectorId: job.row.id, why: verdict.why, now: this.#deps.clock.now() }
    await store.transaction((trx) => holdRemovals(trx, runPlace(job), because))
    return verdict
  }

  async #stopped(row: ConnectorRow): Promise<string | null> {
    const rows = await connectorsOf(this.#deps.store.db, row.tenant_id)
    return stoppedBy(rows.map(healthOf), row.id)
  }

  async #noteStaged(job: Job, staged: Staged, verdict: Verdict): Promise<void> {
    const { adds, changes, leaving, due, planned, listed, notListed, cursor } = staged
    await setRun(this.#deps.store.db, runPlace(job), {
      entries_read: listed,
      entries_total: listed,
      adds,
      changes,
      leaving,
      removals: due,
      planned,
      cursor,
      not_listed: JSON.stringify(notListed),
      needs_yes: verdict.kind === 'go' ? 0 : 1,
      ...(verdict.kind === 'go' ? {} : { why: verdict.why, remedy: verdict.remedy }),
      ...(isPreview(job) || verdict.kind === 'refuse' ? {} : { state: 'applying' as const }),
    })
  }

  async #refuse(job: Job, { why, remedy }: { readonly why: string; readonly remedy: string }): Promise<void> {
    await dropStage(this.#deps.store.db, runPlace(job))
    await this.#end(job, { state: 'refused', planned: 0 })
    await this.#trouble(job, why, remedy)
  }

  async #fail(job: Job, error: unknown): Promise<void> {
    const { store, emit } = this.#deps
    const run = await findRun(store.db, runPlace(job))
    // What a reading found is of no use when it broke off; what was applied is history.
    if (run?.state === 'reading') await dropStage(store.db, runPlace(job))
    if (this.#stop.signal.aborted)
      return this.#end(job, { state: 'cancelled', why: 'It was cancelled.', remedy: null })
    if (!(error instanceof DirectoryFault))
      emit('control.check.failed', { check: 'directory', subject: job.row.id, error })
    const { saw, remedy } = error instanceof DirectoryFault ? error : OUR_FAULT
    await this.#end(job, { state: 'failed', why: saw, remedy })
    await this.#trouble(job, saw, remedy)
  }

  async #trouble(job: Job, saw: string, remedy: string): Promise<void> {
    const before = troubleOf(job.row)
    const since = before?.since ?? this.#deps.clock.now()
    // A preview of a connector that never ran troubles nobody: its page shows what it said.
    if (isPreview(job) && job.row.accepted_at === null) return
    await setConnector(this.#deps.store.db, placeOf(job.row), {
      trouble: JSON.stringify({ saw, remedy, since }),
    })
    if (before === null) await this.#tell(job, `${job.row.name} could not be synchronised: ${saw}`)
  }

  async #tell({ row }: Job, sentence: string): Promise<void> {
    const { store, clock } = this.#deps
    const text = sentence.replace(/\.$/, '')
    const activity = {
      tenantId: row.tenant_id,
      at: clock.now(),
      kind: 'change',
      text,
      step: 'synchronize-directory',
    } as const
    await addActivity(store.db, activity)
  }

  /** Ends a run and gives the connector back. */
  async #end(job: Job, fields: Parameters<typeof setRun>[2]): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now()
    await setRun(store.db, runPlace(job), { finished_at: now, ...fields })
    await this.#context.release(job.row)
    await prune(store.db, runPlace(job), job.row.id)
  }

  /** Writes progress down, keeps the lease, and stops when asked; at most twice a second. */
  #ticker(job: Job): (read: number | null, total?: number | null) => Promise<void> {
    const { store, clock } = this.#deps
    let notedAt = 0
    return async (read, total = null) => {
      this.#stop.signal.throwIfAborted()
      const now = clock.now()
      if (now - notedAt < NOTE_MS) return
      notedAt = now
      if (read !== null) await setRun(store.db, runPlace(job), { entries_read: read, entries_total: total })
      const lease = { holder: this.#context.holder, now, until: now + LEASE_MS }
      if (!(await takeConnector(store.db, placeOf(job.row), lease))) throw OUR_FAULT
      if (await isCancelAsked(store.db, runPlace(job))) {
        this.#stop.abort()
        this.#stop.signal.throwIfAborted()
      }
    }
  }

  /** What decides whether an entry can be taken over besides itself: our domains; tried daily in any case. */
  async #circumstances(row: ConnectorRow): Promise<string> {
    const { store, clock } = this.#deps
    const domains = await ownDomains(store.db, row.tenant_id)
    const text = [...domains]
      .filter(([, isValidated]) => isValidated)
      .map(([name]) => name)
      .toSorted()
      .join(' ')
    const day = Math.floor(clock.now() / DAY_MS)
    return `${createHash('sha256').update(text).digest('base64url').slice(0, 8)}.${day}`
  }
}

const OUR_FAULT = new DirectoryFault({
  step: 'list',
  code: 'internal',
  saw: 'We failed; the log says why.',
  remedy: 'The next run tries again.',
})
