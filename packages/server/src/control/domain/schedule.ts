// When the world is looked at again: soon while somebody waits, hourly once it is right, and sooner when it
// drifts.

const SECOND = 1000
const HOUR = 3_600_000

/** Waiting for a record: seconds at first, then minutes (interface §1.14). */
const PENDING_MS = [5, 10, 20, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND)
/** A record that was there and is not: one more look soon, since one look proves nothing. */
const DRIFT_MS = [60 * SECOND, 300 * SECOND, 600 * SECOND]
const UNKNOWN_MS = 300 * SECOND

/** Looks without the record, in a row, after which a change is believed. */
export const MISSES_BELIEVED = 2
/** "Check now" may be pressed again after so long. */
export const CHECK_COOL_DOWN_MS = 5 * SECOND

/** The next look while something is still to come; `misses` counts looks in vain, this one included. */
export function nextWhilePending(now: number, misses: number): number {
  return now + PENDING_MS[Math.min(Math.max(misses, 1), PENDING_MS.length) - 1]!
}

/** The next look at something that was right: hourly, sooner after misses or when nobody answered. */
export function nextOnceRight(
  now: number,
  look: { readonly misses: number; readonly known: boolean },
): number {
  if (!look.known) return now + UNKNOWN_MS
  if (look.misses === 0) return now + HOUR
  return now + DRIFT_MS[Math.min(look.misses, DRIFT_MS.length) - 1]!
}

/** Seconds until the next check may be asked for; 0 when it may run now. */
export function coolDownSeconds(checkedAt: number | null, now: number): number {
  if (checkedAt === null || now - checkedAt >= CHECK_COOL_DOWN_MS) return 0
  return Math.max(1, Math.ceil((checkedAt + CHECK_COOL_DOWN_MS - now) / SECOND))
}
