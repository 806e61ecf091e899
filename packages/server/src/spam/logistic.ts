// Logistic regression on sparse examples, the same for the model that ships and for what a tenant teaches:
// deterministic for its seed, weights drawn back to where they began.

/** One example: places of the weights, their values, and what it is. */
export type Example = {
  readonly places: readonly number[]
  readonly values: readonly number[]
  readonly isSpam: boolean
  /** How much it counts; 1 is one example. */
  readonly weight: number
  /** Log odds given beforehand, such as those of the shipped model; 0 for none. */
  readonly offset: number
}

export type TrainOptions = {
  readonly rounds: number
  readonly rate: number
  /** Strength by which a weight is drawn back to its start, an example. */
  readonly pull: (place: number) => number
  readonly seed: number
}

/** Trains `weights` in place. */
export function trainLogistic(
  weights: Float64Array,
  examples: readonly Example[],
  options: TrainOptions,
): void {
  for (const _ of trainRounds(weights, examples, options));
}

/** The same in rounds (AdaGrad), so that whoever has other work can do it between two. */
export function* trainRounds(
  weights: Float64Array,
  examples: readonly Example[],
  options: TrainOptions,
): Generator<number, void> {
  const start = weights.slice()
  const seen = new Float64Array(weights.length).fill(1e-6)
  const order = examples.map((_, index) => index)
  const random = randomOf(options.seed)
  for (let round = 0; round < options.rounds; round++) {
    shuffle(order, random)
    for (const index of order) {
      const { places, values, isSpam, weight, offset } = examples[index]!
      let odds = offset
      for (let at = 0; at < places.length; at++) odds += weights[places[at]!]! * values[at]!
      const error = ((isSpam ? 1 : 0) - 1 / (1 + Math.exp(-odds))) * weight
      for (let at = 0; at < places.length; at++) {
        const place = places[at]!
        const slope = error * values[at]! - options.pull(place) * (weights[place]! - start[place]!)
        seen[place]! += slope * slope
        weights[place]! += (options.rate * slope) / Math.sqrt(seen[place]!)
      }
    }
    yield round
  }
}

function shuffle(order: number[], random: () => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at]!
    order[at] = order[other]!
    order[other] = kept
  }
}

/** Numbers from 0 to 1 that repeat for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
