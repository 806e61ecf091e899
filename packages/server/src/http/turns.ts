// Changes of one thing follow each other: the revision that `If-Match` was compared with is still the one
// there when the change is written, also where the database lets two transactions read it at once.
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does the work when all that was begun before on the same thing has ended, well or not. */
  async take<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(thing) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(thing, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(thing) === mine) this.#last.delete(thing)
    }
  }

  /** Things that somebody works on, or waits for. */
  get size(): number {
    return this.#last.size
  }
}
