// Shares the loop among connections: one turn of it reads no more than a few milliseconds' worth, whoever
// sends.

/** About ten milliseconds of reading content. Beyond it, connections wait for the next turn. */
const TURN_OCTETS_MAX = 4_194_304
/** What a command counts as: reading content for as long as the dearest of them takes. */
const COMMAND_OCTETS = 16_384
/** Connections that go on at the next turn: with a full read each they use about half of it. */
const RESUMED_MAX = 32

/** Something that can be told to go on reading. */
export type Reader = { goOn(): void }

/** Counts what is read; without it a crowd of large messages keeps everybody else's reply waiting. */
export class Turns {
  readonly #waiting = new Set<Reader>()
  #octets = 0
  #isScheduled = false

  /** Counts octets; false when the reader has to stop until `goOn`. */
  read(octets: number, reader: Reader): boolean {
    this.#octets += octets
    if (this.#octets <= TURN_OCTETS_MAX) return true
    this.#waiting.add(reader)
    this.#schedule()
    return false
  }

  /** Counts a command; false when the next one has to wait for `next`: thousands fit into one packet. */
  command(): boolean {
    this.#octets += COMMAND_OCTETS
    return this.#octets <= TURN_OCTETS_MAX
  }

  /** Resolves in a later turn, when it is this one's. */
  next(): Promise<null> {
    return new Promise((resolve) => {
      this.#waiting.add({ goOn: () => resolve(null) })
      this.#schedule()
    })
  }

  /** A reader is gone. */
  forget(reader: Reader): void {
    this.#waiting.delete(reader)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#octets = 0
      let resumed = 0
      for (const reader of this.#waiting) {
        if (resumed++ === RESUMED_MAX) break
        this.#waiting.delete(reader)
        reader.goOn()
      }
      if (this.#waiting.size > 0) this.#schedule()
    })
  }
}
