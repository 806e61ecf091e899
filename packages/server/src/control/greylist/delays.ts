// Delays as counts in buckets: small enough for a row an hour, exact enough for a median. Pure.

/** Upper ends in milliseconds: fine where senders retry, coarse behind. Below a minute somebody released. */
export const BUCKET_ENDS: readonly number[] = [
  ...[
    1, 2, 5, 10, 20, 30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600, 750,
    900, 1_200, 1_500,
  ],
  ...[1_800, 2_400, 3_000, 3_600, 5_400, 7_200, 10_800, 14_400, 21_600, 28_800, 36_000, 43_200, 86_400],
].map((seconds) => seconds * 1_000)

/** Adds delays to the counts of buckets. */
export function addDelays(counts: readonly number[], delaysMs: readonly number[]): number[] {
  const sum = BUCKET_ENDS.map((_, at) => counts[at] ?? 0)
  for (const delay of delaysMs) {
    const found = BUCKET_ENDS.findIndex((end) => delay <= end)
    const at = found === -1 ? BUCKET_ENDS.length - 1 : found
    sum[at] = (sum[at] ?? 0) + 1
  }
  return sum
}

export function mergeDelays(all: readonly (readonly number[])[]): number[] {
  return BUCKET_ENDS.map((_, at) => all.reduce((sum, counts) => sum + (counts[at] ?? 0), 0))
}

/**
 * The delay that this share of messages did not exceed, between the ends of its bucket; null without any.
 * Whole messages are counted: the half of one is that one.
 */
export function quantileOf(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const wanted = Math.ceil(total * share)
  let below = 0
  for (const [at, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const from = BUCKET_ENDS[at - 1] ?? 0
      return Math.round(from + (BUCKET_ENDS[at]! - from) * ((wanted - below) / count))
    }
    below += count
  }
  return BUCKET_ENDS.at(-1)!
}
