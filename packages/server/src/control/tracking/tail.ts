// The live tail: requests for newer rows wait here until reports came, instead of asking every second.
import { Wake } from '#link/wake.ts'
import type { Clock } from '#platform/clock.ts'

/** Batches come many a second in a busy hour; one look answers for all of them. */
const GATHER_MS = 250
/** Requests that wait at once; more are answered at once, and ask again. */
const WAITING_MAX = 500

export class Tail {
  readonly #clock: Clock
  readonly #wake: Wake
  readonly #stopped: AbortSignal
  #arrivals = 0
  #waiting = 0

  constructor(clock: Clock, stopped: AbortSignal) {
    this.#clock = clock
    this.#wake = new Wake(clock)
    this.#stopped = stopped
  }

  /** Reports were stored. */
  arrived(): void {
    this.#arrivals += 1
    this.#wake.wake()
  }

  /** Looks until there is something to show, at most for `ms`; then what there is. */
  async follow<Listed extends { readonly items: readonly unknown[] }>(
    look: () => Promise<Listed>,
    ms: number,
  ): Promise<Listed> {
    const until = this.#clock.now() + ms
    let seen = this.#arrivals
    let listed = await look()
    if (this.#waiting >= WAITING_MAX) return listed
    this.#waiting += 1
    try {
      while (listed.items.length === 0 && !this.#stopped.aborted) {
        const left = until - this.#clock.now()
        const came = left > 0 && (await this.#wake.until(() => this.#arrivals > seen, left, this.#stopped))
        if (!came) return listed
        await this.#clock.sleep(GATHER_MS, this.#stopped)
        seen = this.#arrivals
        listed = await look()
      }
      return listed
    } finally {
      this.#waiting -= 1
    }
  }
}
