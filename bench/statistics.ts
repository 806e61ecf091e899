// Medians and ranges: the only statistics the results speak of, since a few rounds allow no others.

export type Spread = { readonly median: number; readonly min: number; readonly max: number }

/** Null when nothing was measured. The median of an even number of values is the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  if (sorted.length === 0) return null
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

/** Three significant digits up to a thousand, whole numbers above: more would pretend precision. */
export function figure(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB')
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(decimals, 4))
}

/** `median (min–max)`, or the figure alone when one round was run. */
export function spreadText(spread: Spread | null): string {
  if (spread === null) return '–'
  const { median, min, max } = spread
  return min === max ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`
}
