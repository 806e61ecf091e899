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
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  /** Resolves when `isReady` holds (true), or when time is up or the signal aborts (false). */
  async until(isReady: () => boolean, ms: number, signal: AbortSignal): Promise<boolean> {
    const end = this.#clock.now() + ms
    while (!isReady()) {
      const left = end - this.#clock.now()
      if (left <= 0 || signal.aborted) return false
      await this.#next(left, signal)
    }
    return true
  }

  async #next(ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    await Promise.race([promise, this.#clock.sleep(ms, AbortSignal.any([signal, done.signal]))])
    this.#waiting.delete(resolve)
    done.abort()
  }
}
