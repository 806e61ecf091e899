// Long polls wait here until something changed, their time is up, or the asker is gone.
import type { Clock } from '#platform/clock.ts'

export class Wake {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Lets everybody look again. */
  wake(): void {
    for (const look of this.#waiting) look()
  }

  /** Resolves when `isReady` holds (true), or when `ms` have passed or the signal aborts (false). */
  async until(isReady: () => boolean, ms: number, signal: AbortSignal): Promise<boolean> {
    if (isReady()) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const look = (): void => {
      if (isReady()) resolve(true)
    }
    const done = new AbortController()
    this.#waiting.add(look)
    void this.#clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(() => resolve(isReady()))
    try {
      return await promise
    } finally {
      this.#waiting.delete(look)
      done.abort()
    }
  }
}
