// Limits on guessing: budgets that refill by themselves, and locks of an account at one address, so that
// nobody can lock an administrator out for ever.
import { clientKey } from '@gatepost/mail/ip.ts'
import type { Clock } from '#platform/clock.ts'

type Limit = { readonly burst: number; readonly refillMs: number }

/** What one attempt spends from. An address that signed in to the account before has a budget of its own. */
const LIMITS = {
  account: { burst: 10, refillMs: 30_000 },
  address: { burst: 20, refillMs: 10_000 },
  known: { burst: 10, refillMs: 10_000 },
  /** Codes: six digits withstand this rate for years, whoever holds the password. */
  factor: { burst: 10, refillMs: 300_000 },
  /** Reset mails to one account, and asked for from one address. */
  reset: { burst: 3, refillMs: 1_200_000 },
  resetFrom: { burst: 10, refillMs: 120_000 },
  /** Looks at how a domain signs in, and challenges for passkeys. */
  look: { burst: 60, refillMs: 2_000 },
  /** Entries in an audit log about attempts of one account. */
  told: { burst: 20, refillMs: 60_000 },
} as const satisfies { readonly [kind: string]: Limit }

/** Budgets kept; the longest unused goes first, which only ever gives a guesser back what it had. */
const BUDGETS_MAX = 20_000

type Budget = { tokens: number; at: number }

export type Attempt = {
  /** Address key of the account, whether it exists or not. */
  readonly account: string
  /** Address of the client; those of one IPv6 /64 count as one. */
  readonly from: string
  /** A session of this account was opened from this address before. */
  readonly isKnown: boolean
}

/** Kinds of attempts besides passwords, each with a budget of its own. */
export type OtherAttempt = 'factor' | 'reset' | 'resetFrom' | 'look' | 'told'

/** When a pair of account and address waits, as the organisation's rules have it. */
export type LockRules = { readonly lockoutAttempts: number; readonly lockoutMinutes: number }

type Failures = { count: number; since: number; until: number }

export class SignInAttempts {
  readonly #clock: Clock
  readonly #budgets = new Map<string, Budget>()
  /** Wrong passwords by account and address: nobody elsewhere is kept out by them. */
  readonly #failures = new Map<string, Failures>()

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

  /** Seconds that this account waits at this address after wrong passwords; 0 for none. */
  lockedSeconds({ account, from }: Attempt): number {
    const left = (this.#failures.get(pairOf(account, from))?.until ?? 0) - this.#clock.now()
    return left > 0 ? Math.ceil(left / 1000) : 0
  }

  /** Counts a wrong password. Returns whether the pair of account and address is locked from now on. */
  fail({ account, from }: Attempt, { lockoutAttempts, lockoutMinutes }: LockRules): boolean {
    const now = this.#clock.now()
    const windowMs = lockoutMinutes * 60_000
    const key = pairOf(account, from)
    const before = this.#failures.get(key)
    const goesOn = before !== undefined && now - before.since < windowMs && before.until <= now
    const failures = goesOn ? before : { count: 0, since: now, until: 0 }
    failures.count += 1
    const isLocked = failures.count >= lockoutAttempts
    if (isLocked) {
      failures.until = now + windowMs
      failures.count = 0
      failures.since = failures.until
    }
    this.#failures.delete(key)
    if (this.#failures.size >= BUDGETS_MAX) this.#failures.delete(this.#failures.keys().next().value!)
    this.#failures.set(key, failures)
    return isLocked
  }

  /** A right password, or an administrator, clears what was counted: for one address, or for all. */
  clear(account: string, from: string | null): void {
    if (from !== null) this.#failures.delete(pairOf(account, from))
    else
      for (const key of this.#failures.keys()) if (key.startsWith(`${account} `)) this.#failures.delete(key)
  }

  /** Where an account waits at the moment: addresses, and networks of IPv6. */
  locksOf(account: string): readonly { readonly from: string; readonly until: number }[] {
    const now = this.#clock.now()
    return [...this.#failures]
      .filter(([key, { until }]) => until > now && key.startsWith(`${account} `))
      .map(([key, { until }]) => ({ from: networkOf(key.slice(account.length + 1)), until }))
  }

  /** Spends one of another budget; an address stands last in `who`. Returns 0, or the seconds to wait. */
  spend(kind: OtherAttempt, who: string): number {
    const words = who.split(' ').map(clientKey)
    const budget = this.#refilled(`${kind} ${words.join(' ')}`, LIMITS[kind])
    if (budget.tokens < 1) return Math.ceil(((1 - budget.tokens) * LIMITS[kind].refillMs) / 1000)
    budget.tokens -= 1
    return 0
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
  const client = clientKey(from)
  return isKnown
    ? [[`known ${account} ${client}`, LIMITS.known]]
    : [
        [`account ${account}`, LIMITS.account],
        [`address ${client}`, LIMITS.address],
      ]
}

function pairOf(account: string, from: string): string {
  return `${account} ${clientKey(from)}`
}

function networkOf(client: string): string {
  return client.includes(':') ? `${client}/64` : client
}
