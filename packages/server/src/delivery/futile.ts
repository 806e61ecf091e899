// What is found due for hosts that do not answer: written back for nothing, so it must not crowd out the
// rest.

/** A message found for a dead host delays the next look by this: its row is written again for nothing. */
const PAUSE_MS = 1
/** As many such rows are being written at most before more are looked for. */
const OPEN_MAX = 500

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

  /** How long to wait before the next look, after what the last one found. Begins to count anew. */
  takePauseMs(): number {
    const ms = this.#found * PAUSE_MS
    this.#found = 0
    return ms
  }
}
