// Limits on guessing: budgets that refill by themselves, so that nobody can lock an administrator out for
// ever.
import type { Clock } from '#platform/clock.ts'

type Limit = { readonly burst: number; readonly refillMs: number }

/** What one attempt spends from. An address that signed in to the account before has a budget of its own. */
const LIMITS = {
  account: { burst: 10, refillMs: 30_000 },
  address: { burst: 20, refillMs: 10_000 },
  known: { burst: 10, refillMs: 10_000 },
} as const satisfies { readonly [kind: string]: Limit }

/** Budgets kept; the longest unused goes first, which only ever gives a guesser back what it had. */
const BUDGETS_MAX = 20_000

type Budget = { tokens: number; at: number }

export type Attempt = {
  /** Address key of the account, whether it exists or not. */
  readonly account: string
  /** Address of the client. */
  readonly from: string
  /** A session of this account was opened from this address before. */
  readonly isKnown: boolean
}

export class SignInAttempts {
  readonly #clock: Clock
  readonly #budgets = new Map<string, Budget>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Spends one attempt. Returns 0, or the seconds to wait, in which case nothing was spent. */
  take(attempt: Attempt): number {
    const budgets = budgetsOf(attempt).map(([key, limit]) => ({ limit, budget: this.#refilled(key, limit) }))
    const waitMs = Math.max(
      0,
      ...budgets.map(({ limit, budget }) => (budget.tokens >= 1 ? 0 : (1 - budget.tokens) * limit.refillMs)),
    )
    if (waitMs > 0) return Math.ceil(waitMs / 1000)
    for (const { budget } of budgets) budget.tokens -= 1
    return 0
  }

  /** A right password gives back what its attempt spent. */
  giveBack(attempt: Attempt): void {
    for (const [key, limit] of budgetsOf(attempt)) {
      const budget = this.#refilled(key, limit)
      budget.tokens = Math.min(limit.burst, budget.tokens + 1)
    }
  }

  #refilled(key: string, { burst, refillMs }: Limit): Budget {
    const now = this.#clock.now()
    const found = this.#budgets.get(key)
    const budget = found ?? { tokens: burst, at: now }
    budget.tokens = Math.min(burst, budget.tokens + (now - budget.at) / refillMs)
    budget.at = now
    this.#budgets.delete(key)
    if (this.#budgets.size >= BUDGETS_MAX) this.#budgets.delete(this.#budgets.keys().next().value!)
    this.#budgets.set(key, budget)
    return budget
  }
}

function budgetsOf({ account, from, isKnown }: Attempt): readonly (readonly [string, Limit])[] {
  return isKnown
    ? [[`known ${account} ${from}`, LIMITS.known]]
    : [
        [`account ${account}`, LIMITS.account],
        [`address ${from}`, LIMITS.address],
      ]
}
