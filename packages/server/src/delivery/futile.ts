// What is found due for hosts that do not answer: written back for nothing, so it must not crowd out the
// rest.

/** A message found for a dead host delays the next look by this: its row is written again for nothing. */
const PAUSE_MS = 1
/** As many such rows are being written at most before more are looked for. */
const OPEN_MAX = 500

/** Messages of one look; fewer while looks find dead hosts' mail, so that none holds up a 250 for long. */
const PER_LOOK = 500
const PER_FUTILE_LOOK = 100

/** Counts jobs that went back to the spool without an attempt of their own. */
export class Futile {
  #found = 0
  #open = 0

  /** Notes a job that goes back; `written` resolves when its row is. */
  add(written: Promise<void>): void {
    this.#found += 1
    this.#open += 1
    void written.finally(() => {
      this.#open -= 1
    })
  }

  get mayLook(): boolean {
    return this.#open < OPEN_MAX
  }

  /** How many messages the look that begins now may take. */
  beginLook(): number {
    const limit = this.#found > 0 ? PER_FUTILE_LOOK : PER_LOOK
    this.#found = 0
    return limit
  }

  /** How long to wait before the next look, after what the last one found. */
  get pauseMs(): number {
    return this.#found * PAUSE_MS
  }
}
