// Refusals on their way to tracking: gathered for a moment, and floods of one kind counted instead of
// listed (decisions 30).

import type { RefusedReport } from '#link/reports.ts'
import type { Clock } from '#platform/clock.ts'
import type { Spool } from '#spool/spool.ts'
import { COUNTED_CLIENTS_MAX, isWindowOver } from './limits.ts'

/** Refusals of one client and reason that are listed one by one in a minute. */
export const LISTED_REFUSALS_MAX = 20
/** How long refusals are gathered before they go to the spool. */
const GATHER_MS = 200
/** Gathered refusals that go at once: bounds memory in a flood from many clients. */
const GATHERED_MAX = 500

type Window = { readonly start: number; count: number; last: RefusedReport | null }

/** Takes refusals from sessions and hands them to the spool's outbox. */
export class Refusals {
  readonly #spool: Pick<Spool, 'report'>
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #windows = new Map<string, Window>()
  #gathered: RefusedReport[] = []
  #isGathering = false

  constructor(options: {
    readonly spool: Pick<Spool, 'report'>
    readonly clock: Clock
    readonly newId: () => string
  }) {
    this.#spool = options.spool
    this.#clock = options.clock
    this.#newId = options.newId
  }

  /**
   * Notes a refusal. `key` names client and reason; `report` is only made when the refusal is listed by
   * itself. Returns its id, or null when it is only counted.
   */
  note(key: string, report: () => RefusedReport): string | null {
    const now = this.#clock.now()
    let window = this.#windows.get(key)
    if (window !== undefined && isWindowOver(window.start, now)) {
      this.#close(key, window)
      window = undefined
    }
    if (window === undefined) {
      window = { start: now, count: 0, last: null }
      this.#windows.set(key, window)
      if (this.#windows.size > COUNTED_CLIENTS_MAX) this.#closeOldest()
    }
    window.count++
    if (window.count > LISTED_REFUSALS_MAX) return null
    const made = report()
    if (window.count === LISTED_REFUSALS_MAX) window.last = made
    this.#gather(made)
    return made.id
  }

  /** Writes the counted rows of windows that are over. */
  sweep(now: number): void {
    for (const [key, window] of this.#windows) {
      if (isWindowOver(window.start, now)) this.#close(key, window)
    }
  }

  /** Hands over everything: at shutdown. */
  flush(): void {
    for (const [key, window] of this.#windows) this.#close(key, window)
    this.#handOver()
  }

  #close(key: string, window: Window): void {
    this.#windows.delete(key)
    const further = window.count - LISTED_REFUSALS_MAX
    if (further <= 0 || window.last === null) return
    this.#gather({ ...window.last, id: this.#newId(), at: this.#clock.now(), count: further })
  }

  #closeOldest(): void {
    for (const [key, window] of this.#windows) {
      this.#close(key, window)
      return
    }
  }

  #gather(report: RefusedReport): void {
    this.#gathered.push(report)
    if (this.#gathered.length >= GATHERED_MAX) {
      this.#handOver()
      return
    }
    if (this.#isGathering) return
    this.#isGathering = true
    void this.#clock.sleep(GATHER_MS).then(() => {
      this.#isGathering = false
      this.#handOver()
    })
  }

  #handOver(): void {
    if (this.#gathered.length === 0) return
    const reports = this.#gathered
    this.#gathered = []
    this.#spool.report(reports)
  }
}
