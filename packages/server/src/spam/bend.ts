// Bounds on what words alone may add up to. A letter stuffed with harmless words must not buy its way past
// everything else that speaks against it, and a newsletter full of offers must not be lost for its words.

/** How far the sum of words reaches below and above zero, in log odds. */
export type Bend = { readonly below: number; readonly above: number }

/** The sum within its bounds: nearly itself when small, never beyond the bound. */
export function bent(sum: number, { below, above }: Bend): number {
  if (sum < 0) return below * (Math.exp(sum / below) - 1)
  return above * (1 - Math.exp(-sum / above))
}

/** How much of a step of the sum arrives, from 1 at zero towards 0: the slope of `bent`. */
export function bentSlope(sum: number, { below, above }: Bend): number {
  return Math.exp(sum < 0 ? sum / below : -sum / above)
}
