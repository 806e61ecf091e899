// When a deferred recipient is tried again, and when we give up: six attempts in the first hour, thirty in
// four days.

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * Waiting time behind attempt 1, 2, 3 …. The first six attempts fall into the first hour (0, 2, 7, 17, 32, 52
 * min), the thirtieth comes after about 94 hours. RFC 5321 §4.5.4.1 asks for four to five days.
 */
const DELAYS_MS: readonly number[] = [
  ...[2, 5, 10, 15, 20, 30, 45, 60, 90].map((minutes) => minutes * MINUTE),
  ...[2, 2, 3, 3].map((hours) => hours * HOUR),
  ...Array.from({ length: 16 }, () => 5 * HOUR),
]

export const ATTEMPTS_MAX = DELAYS_MS.length + 1
export const GIVE_UP_MS = 4 * 24 * HOUR
/**
 * The thirtieth attempt of the schedule never comes sooner than this. Attempts that people ask for are
 * counted too, and must not bring the end nearer.
 */
const SCHEDULE_MS_MIN = 0.85 * GIVE_UP_MS
/** The attempt (about 4½ hours after the first) whose failure is told to the reverse-path. */
export const WARNING_ATTEMPT = 10
/** Up to a tenth sooner or later, so that what failed together does not come back together. */
const SPREAD = 0.1

export type Retry = { readonly kind: 'retry'; readonly at: number } | { readonly kind: 'expired' }

/**
 * What follows a transient failure. `attempts` includes the one that just failed; times are epoch
 * milliseconds; `random` is in [0, 1).
 */
export function retryAfter(failure: {
  readonly attempts: number
  readonly firstAttemptAt: number
  readonly now: number
  readonly random: number
}): Retry {
  const { attempts, firstAttemptAt, now, random } = failure
  const giveUpAt = firstAttemptAt + GIVE_UP_MS
  const isSpent = attempts >= ATTEMPTS_MAX && now >= firstAttemptAt + SCHEDULE_MS_MIN
  if (isSpent || now >= giveUpAt) return { kind: 'expired' }
  const delay = DELAYS_MS[Math.max(0, attempts - 1)] ?? 5 * HOUR
  // The last attempt is made when time is up, not skipped.
  return {
    kind: 'retry',
    at: Math.min(giveUpAt, Math.round(now + delay * (1 - SPREAD + 2 * SPREAD * random))),
  }
}
