// Time that only passes when a test says so.
import type { Clock } from '@gatepost/server/platform/clock.ts'

type Sleeper = { readonly until: number; wake(): void }

export class VirtualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(now = Date.UTC(2026, 10, 21, 12)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  /** Lets time pass, waking sleepers in their order; each gets to run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      let next: Sleeper | null = null
      for (const sleeper of this.#sleepers) {
        if (sleeper.until <= end && (next === null || sleeper.until < next.until)) next = sleeper
      }
      if (next === null) break
      this.#now = Math.max(this.#now, next.until)
      next.wake()
      await turn()
    }
    this.#now = end
    await turn()
  }

  /** Lets much time pass at once: what repeats every second is not run for each second of a day. */
  async leap(ms: number): Promise<void> {
    this.#now += ms
    await this.advance(0)
  }
}

/** A turn of the event loop: what was woken has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
