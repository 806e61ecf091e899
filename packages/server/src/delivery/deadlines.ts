// One clock for all waiting connections: RFC 5321's limits are minutes, so a look each second costs less than
// a timer a reply.
import type { Clock } from '#platform/clock.ts'

/**
 * Something that must not wait for ever. `deadline` is epoch milliseconds; infinity while nothing is awaited.
 */
export type Waiting = { readonly deadline: number; expire(): void }

const SWEEP_MS = 1000

export class Deadlines {
  readonly #clock: Clock
  readonly #sweepMs: number
  readonly #waiting = new Set<Waiting>()
  #isSweeping = false

  constructor(clock: Clock, sweepMs = SWEEP_MS) {
    this.#clock = clock
    this.#sweepMs = sweepMs
  }

  now(): number {
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
      const now = this.#clock.now()
      for (const waiting of this.#waiting) if (waiting.deadline <= now) waiting.expire()
    }
    this.#isSweeping = false
  }
}
