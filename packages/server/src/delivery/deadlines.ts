// One clock for all waiting connections: RFC 5321's limits are minutes, so a look each second costs less than
// a timer a reply.
import type { Clock } from '#platform/clock.ts'

/**
 * Something that must not wait for ever. `deadline` is a time by `Deadlines.now`; infinity while nothing is
 * awaited.
 */
export type Waiting = { readonly deadline: number; expire(): void }

const SWEEP_MS = 1000
/** More than this at once is a clock that was set, or a loop that stood still: nobody waited that long. */
const LEAP_MS = 10_000

export class Deadlines {
  readonly #clock: Clock
  readonly #sweepMs: number
  readonly #waiting = new Set<Waiting>()
  #isSweeping = false
  /** What the clock said last, and how much of it did not pass. */
  #read: number
  #leapt = 0

  constructor(clock: Clock, sweepMs = SWEEP_MS) {
    this.#clock = clock
    this.#sweepMs = sweepMs
    this.#read = clock.now()
  }

  /** The time that passes for those who wait; a clock that is set does not change it (abuse case 44). */
  now(): number {
    const read = this.#clock.now()
    const passed = read - this.#read
    if (passed < 0 || passed > LEAP_MS) this.#leapt += passed
    this.#read = read
    return read - this.#leapt
  }

  /** What the clock says: epoch milliseconds. */
  date(): number {
    return this.#clock.now()
  }

  add(waiting: Waiting): void {
    this.#waiting.add(waiting)
    if (!this.#isSweeping) void this.#sweep()
  }

  delete(waiting: Waiting): void {
    this.#waiting.delete(waiting)
  }

  async #sweep(): Promise<void> {
    this.#isSweeping = true
    while (this.#waiting.size > 0) {
      await this.#clock.sleep(this.#sweepMs)
      const now = this.now()
      for (const waiting of this.#waiting) if (waiting.deadline <= now) waiting.expire()
    }
    this.#isSweeping = false
  }
}
