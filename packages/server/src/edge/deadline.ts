// How long a session may stay as it is. Only the sweep looks at the clock: twenty looks would be a fiftieth
// of what a short session costs.
import { DATA_TOTAL_MS, patience, type SessionState } from './limits.ts'

/** What a session waits for, and since when. Times are milliseconds. */
export class Deadline {
  /** When the sweep first saw it as it is; not told yet after each step, since most end long before. */
  #since = 0
  #hasMoved = true
  #contentSince = 0

  /** It came a step further. */
  moved(): void {
    this.#hasMoved = true
  }

  /** Content begins: all of it together has a time as well. */
  contentBegins(now: number): void {
    this.#contentSince = now
  }

  /** What it waits for begins anew, on a clock that was set by so much. */
  clockJumped(ms: number): void {
    this.#hasMoved = true
    this.#contentSince += ms
  }

  isOver(now: number, state: SessionState, isUnderPressure: boolean): boolean {
    if (this.#hasMoved) {
      this.#hasMoved = false
      this.#since = now
    }
    if (now - this.#since > patience(state, isUnderPressure)) return true
    return state === 'intake' && now - this.#contentSince > DATA_TOTAL_MS
  }
}
