// How many messages a second a destination takes, as far as the last seconds tell.

const WINDOW_MS = 5000

export class Pace {
  #windowAt = 0
  #count = 0
  #before = 0

  count(now: number): void {
    this.#turn(now)
    this.#count += 1
  }

  /** Messages a second over the last one to two windows. */
  perSecond(now: number): number {
    this.#turn(now)
    const ms = now - this.#windowAt + (this.#before > 0 ? WINDOW_MS : 0)
    return ((this.#count + this.#before) * 1000) / Math.max(ms, 1)
  }

  #turn(now: number): void {
    const passed = now - this.#windowAt
    if (passed < WINDOW_MS) return
    this.#before = passed < 2 * WINDOW_MS ? this.#count : 0
    this.#count = 0
    this.#windowAt = now
  }
}
