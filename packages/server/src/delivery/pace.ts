// How many messages a second a destination takes and how long one takes there, as far as the last ones tell.

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

/** What the newest turn adds to the mean: the last dozen or so count. */
const NEWEST = 1 / 8

/** How long a destination takes for a letter, in milliseconds. */
export class Turns {
  #ms = Number.POSITIVE_INFINITY

  count(ms: number): void {
    this.#ms = this.#ms === Number.POSITIVE_INFINITY ? ms : this.#ms + (ms - this.#ms) * NEWEST
  }

  /** Infinity before the first. */
  get ms(): number {
    return this.#ms
  }
}
