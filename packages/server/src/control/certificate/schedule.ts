// When a certificate is fetched again: at two thirds of its life, and after a failure later and later, so
// that an authority is not asked more often than it allows. Calculation alone.

/** A third of the life is left to find out why a renewal fails. */
const RENEW_AT = 2 / 3
/** Nodes and names of one installation come apart a little, and so do installations made on one day. */
const SPREAD = 1 / 50
/** Let's Encrypt takes five failed proofs of a name an hour; these are four in the first hour and a half. */
const FIRST_RETRY_MS = 10 * 60_000
const RETRY_MS_MAX = 12 * 3_600_000
const RETRY_SPREAD = 0.2

/** `chance` is from 0 to 1. */
export function renewalAt(
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  chance: number,
): number {
  const life = notAfter - notBefore
  return Math.round(notBefore + life * (RENEW_AT + SPREAD * chance))
}

/** `failures` counts the one that has just been. */
export function retryAt(now: number, failures: number, chance: number): number {
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1), RETRY_MS_MAX)
  return Math.round(now + waitMs * (1 + RETRY_SPREAD * chance))
}
