// Messages that were there when the process died: one of them may have killed it, and the others must neither
// be blamed for it nor wait long. See docs/internals/spool.md.

/** Deaths with the message in hand after which it is a person's turn. */
export const CLAIMS_MAX = 3
/** With one death behind them so many may be in hand together; those with more go alone. */
const TOGETHER_MAX = 50

/** What to do with a message that is due: hand it out, count that before, or leave it for now. */
export type Turn = 'free' | 'claim' | 'later'

export class Suspects {
  readonly #upTo: number
  /** In hand and not settled yet, by the deaths that they were in hand at before. */
  readonly #inHand = new Map<string, number>()
  #doubtful = 0
  #alone = 0
  #hasLeft = false

  /** Messages with numbers up to `upTo` were there; 0 after a clean stop. */
  constructor(upTo: number) {
    this.#upTo = upTo
  }

  /** Whether the last look left some that wait for what is in hand. */
  get hasLeft(): boolean {
    return this.#hasLeft
  }

  beginLook(): void {
    this.#hasLeft = false
  }

  /** Takes a message in hand, unless it has to wait; `claims` as its row has them. */
  take(message: { readonly id: string; readonly number: number; readonly claims: number }): Turn {
    const { id, number, claims } = message
    // One that comes again without an outcome was not tried: it is counted already.
    if (number > this.#upTo || this.#inHand.has(id)) return 'free'
    const isLast = claims >= CLAIMS_MAX - 1
    if (claims > 0 && (this.#alone > 0 || this.#doubtful >= (isLast ? 1 : TOGETHER_MAX))) {
      this.#hasLeft = true
      return 'later'
    }
    this.#inHand.set(id, claims)
    if (claims > 0) this.#doubtful += 1
    if (isLast) this.#alone += 1
    return 'claim'
  }

  /** It has an outcome, or could not be handed out after all. */
  settled(id: string): void {
    const claims = this.#inHand.get(id)
    if (claims === undefined) return
    this.#inHand.delete(id)
    if (claims > 0) this.#doubtful -= 1
    if (claims >= CLAIMS_MAX - 1) this.#alone -= 1
  }
}
