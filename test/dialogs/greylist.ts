// A greylist whose file is in memory: real look-ups and a real store, for one or several workers.
import { DatabaseSync } from 'node:sqlite'
import { GREYLIST_SCHEMA, readerOver } from '@gatepost/server/facts/greylist/file.ts'
import { Greylist } from '@gatepost/server/facts/greylist/greylist.ts'
import type { EndedAttempt, GreylistTally } from '@gatepost/server/facts/greylist/records.ts'
import { GreylistStore } from '@gatepost/server/facts/greylist/store.ts'
import type { Clock } from '@gatepost/server/platform/clock.ts'

export class GreylistInMemory {
  readonly #database = new DatabaseSync(':memory:')
  readonly #clock: Clock
  readonly store: GreylistStore
  readonly #workers = new Map<number, Greylist>()
  readonly #told: GreylistTally[] = []

  constructor(clock: Clock) {
    this.#clock = clock
    this.#database.exec(GREYLIST_SCHEMA)
    this.store = new GreylistStore(this.#database)
  }

  /** The greylist as one worker has it; all of them share the file. */
  of(slot: number): Greylist {
    const known = this.#workers.get(slot)
    if (known !== undefined) return known
    const made = new Greylist({
      clock: this.#clock,
      reader: readerOver(this.#database),
      passElsewhere: () => null,
      write: async (changes) => this.store.apply(changes),
    })
    this.#workers.set(slot, made)
    return made
  }

  /** What happened so far, with what is over by now. */
  figures() {
    while (this.store.sweep(this.#clock.now()));
    this.#told.push(...this.store.takeTallies())
    const sum = (of: (tally: GreylistTally) => number): number =>
      this.#told.reduce((all, tally) => all + of(tally), 0)
    const waited = ({ firstAt, endedAt }: EndedAttempt): number => endedAt - firstAt
    const accepted = this.#told.flatMap((tally) => tally.accepted)
    return {
      deferred: sum((tally) => tally.deferred),
      accepted: accepted.length,
      lost: sum((tally) => tally.lost),
      observed: sum((tally) => tally.observed),
      delay: Math.round(accepted.map(waited).reduce((all, one) => all + one, 0) / 1_000),
    }
  }
}
