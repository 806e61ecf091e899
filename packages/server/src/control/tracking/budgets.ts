// How often somebody may ask: a budget for each address that refills by itself.
import type { Clock } from '#platform/clock.ts'

/** The longest unused goes first. */
const BUDGETS_MAX = 10_000

type Budget = { tokens: number; at: number }

export class Budgets {
  readonly #clock: Clock
  readonly #limit: { readonly burst: number; readonly refillMs: number }
  readonly #budgets = new Map<string, Budget>()

  constructor(clock: Clock, limit: { readonly burst: number; readonly refillMs: number }) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Spends one. Returns 0, or the seconds to wait, in which case nothing was spent. */
  take(key: string): number {
    const { burst, refillMs } = this.#limit
    const now = this.#clock.now()
    const before = this.#budgets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, before.tokens + (now - before.at) / refillMs)
    this.#budgets.delete(key)
    if (this.#budgets.size >= BUDGETS_MAX) this.#budgets.delete(this.#budgets.keys().next().value!)
    this.#budgets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * refillMs) / 1000)
  }
}
