// Runs collections of contacts in this process: one an organisation, a few at once, resumed after a restart.
import type { Rules } from '@gatepost/contacts/collect.ts'
import { runCollection } from '@gatepost/contacts/run.ts'
import { SourceFault } from '@gatepost/contacts/source.ts'
import { webOf } from '../directory/kinds/web.ts'
import { problem } from '../problem.ts'
import type { ContactDeps } from './deps.ts'
import { createLedger } from './ledger.ts'
import { PairCounter } from './present.ts'
import { sourceOf } from './sources.ts'
import { type ContactRunRow, findRun, type RunPlace, runningRuns, setRun } from './store.ts'

/** At once: each holds a connection or two, and the mail systems are asked politely anyway. */
const RUNS_MAX = 4
/** Between two pages. */
const PACE_MS = 100
/** A server of an organisation may be down overnight. */
const PATIENCE_MS = 12 * 3_600_000

export class ContactRunner {
  readonly pairs: PairCounter
  readonly #deps: ContactDeps
  readonly #stops = new Map<string, AbortController>()
  readonly #tasks = new Map<string, Promise<void>>()

  constructor(deps: ContactDeps) {
    this.#deps = deps
    this.pairs = new PairCounter(deps)
  }

  /** Whether a run of this organisation is at work here. */
  isBusy(runId: string): boolean {
    return this.#tasks.has(runId)
  }

  /** Throws `contacts-running` where there is no room for one more. */
  requireRoom(): void {
    if (this.#tasks.size < RUNS_MAX) return
    throw problem('contacts-running', 'Several organisations collect at this moment. Try again later.')
  }

  /** Begins or goes on with a run whose row says `running`. */
  start(row: ContactRunRow): void {
    if (this.#tasks.has(row.id)) return
    const stop = new AbortController()
    this.#stops.set(row.id, stop)
    const task = this.#run(row, stop.signal)
      .catch((error: unknown) =>
        this.#deps.emit('control.check.failed', { check: 'contacts', subject: row.id, error }),
      )
      .finally(() => {
        this.#stops.delete(row.id)
        this.#tasks.delete(row.id)
      })
    this.#tasks.set(row.id, task)
  }

  /** Stops a run and waits until it has. */
  async stop(runId: string): Promise<void> {
    this.#stops.get(runId)?.abort(new Error('stopped'))
    await this.#tasks.get(runId)
  }

  /** Runs that were at work when the process ended go on. */
  async resumeAll(): Promise<void> {
    for (const row of await runningRuns(this.#deps.store.db)) this.start(row)
  }

  /** Stops everything; the rows stay `running`, so that the next process goes on. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const stop of this.#stops.values()) stop.abort(new Error('stopped'))
    await Promise.allSettled(this.#tasks.values())
  }
  #isClosing = false

  async #run(row: ContactRunRow, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#deps
    const place: RunPlace = { tenantId: row.tenant_id, runId: row.id }
    try {
      const ledger = createLedger(place, { store, now: () => clock.now() })
      const collect = async (): Promise<'complete' | 'stopped'> =>
        runCollection(
          {
            source: await sourceOf(row, this.#deps),
            ledger,
            rules: JSON.parse(row.rules) as Rules,
            effects: webOf(this.#deps),
            paceMs: PACE_MS,
            patienceMs: PATIENCE_MS,
            report: (event) => void ledger.note(event).catch(() => undefined),
          },
          signal,
        )
      let outcome = await collect()
      // Mailboxes that could not be opened are tried once more, as long as the secret is here.
      if (outcome === 'complete' && (await ledger.takeAgain()) > 0) outcome = await collect()
      if (outcome === 'stopped' && this.#isClosing) return
      const isDone = outcome === 'complete'
      await this.#end(place, {
        state: isDone ? 'complete' : 'stopped',
        why: null,
        remedy: null,
        // Nobody needs the secret any more.
        ...(isDone ? { secret: null } : {}),
      })
    } catch (error) {
      if (signal.aborted && this.#isClosing) return
      const isOurs = error instanceof SourceFault
      await this.#end(place, {
        state: signal.aborted ? 'stopped' : 'failed',
        why: signal.aborted ? null : isOurs ? error.saw : 'The gateway could not go on; its log says why.',
        remedy: signal.aborted ? null : isOurs ? error.remedy : 'Tell your operator, then resume.',
      })
      if (!isOurs && !signal.aborted) throw error
    }
  }

  async #end(
    place: RunPlace,
    fields: Pick<ContactRunRow, 'state' | 'why' | 'remedy'> & { readonly secret?: null },
  ): Promise<void> {
    const { store, clock } = this.#deps
    if ((await findRun(store.db, place)) === null) return
    await setRun(store.db, place, { ...fields, waiting: null, finished_at: clock.now() })
  }
}

/** Goes on with what was interrupted; resolves when the signal has come and all has stopped. */
export async function watchContacts(
  { contacts, emit }: { readonly contacts: ContactRunner; readonly emit: ContactDeps['emit'] },
  signal: AbortSignal,
): Promise<void> {
  try {
    await contacts.resumeAll()
  } catch (error) {
    emit('control.check.failed', { check: 'contacts', error })
  }
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  await contacts.close()
}
