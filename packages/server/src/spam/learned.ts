// What an organisation taught by its reports and releases, as a second score: small weights on the same words
// and features, bounded so that a few false lessons cannot open or close the door.
import { FEATURE_PREFIX, hash, type Token } from './tokens.ts'

/** The weights of one organisation. */
export type Learned = {
  /** Bucket → log odds. */
  readonly weights: ReadonlyMap<number, number>
  /** The most points that all of it may add or take. */
  readonly most: number
}

type Measured = {
  readonly tokens: readonly Token[]
  readonly features: ReadonlyMap<string, { readonly name: string; readonly value: number }>
}

/** One weight stays within this, whatever was taught: one word or one sender never decides alone. */
export const WEIGHT_MAX = 2.5
const OCTETS_A_WEIGHT = 3
const WORDS_TOLD = 6

/** Points of a message by what was taught, and the words that count most. */
export function learnedPoints(learned: Learned, measured: Measured): { points: number; saw: string } {
  const told: [string, number][] = []
  let sum = learned.weights.get(BIAS) ?? 0
  for (const { bucket, value, word } of measured.tokens) {
    const weight = learned.weights.get(bucket)
    if (weight === undefined) continue
    sum += weight * value
    told.push([word, weight * value])
  }
  for (const { name, value } of measured.features.values()) {
    const weight = learned.weights.get(hash(FEATURE_PREFIX + name))
    if (weight !== undefined) sum += weight * value
  }
  const points = Math.max(-learned.most, Math.min(learned.most, sum))
  const sign = Math.sign(points)
  told.sort((one, other) => sign * (other[1] - one[1]))
  const words = told.slice(0, WORDS_TOLD).filter(([, weight]) => weight * sign > 0)
  return {
    points: Math.round(points * 100) / 100,
    saw: words
      .map(([word]) => word)
      .join(', ')
      .slice(0, 200),
  }
}

/** The place of the weight that every message has. */
export const BIAS = hash('bias:')

/** As text for the snapshot: three octets a weight (bucket, signed), base64. Small weights are left out. */
export function packLearned({ weights, most }: Learned): string {
  const kept = [...weights]
    .filter(([, weight]) => quantised(weight) !== 0)
    .sort((one, other) => one[0] - other[0])
  const octets = Buffer.alloc(2 + kept.length * OCTETS_A_WEIGHT)
  octets.writeUInt16BE(Math.round(most * 100), 0)
  kept.forEach(([bucket, weight], index) => {
    octets.writeUInt16BE(bucket, 2 + index * OCTETS_A_WEIGHT)
    octets.writeInt8(quantised(weight), 4 + index * OCTETS_A_WEIGHT)
  })
  return octets.toString('base64')
}

/** Reads `packLearned`; null for what is none. */
export function unpackLearned(text: string): Learned | null {
  const octets = Buffer.from(text, 'base64')
  if (octets.length < 2 || (octets.length - 2) % OCTETS_A_WEIGHT !== 0) return null
  const weights = new Map<number, number>()
  for (let at = 2; at < octets.length; at += OCTETS_A_WEIGHT) {
    weights.set(octets.readUInt16BE(at), (octets.readInt8(at + 2) / 127) * WEIGHT_MAX)
  }
  return { weights, most: octets.readUInt16BE(0) / 100 }
}

function quantised(weight: number): number {
  return Math.round((Math.max(-WEIGHT_MAX, Math.min(WEIGHT_MAX, weight)) / WEIGHT_MAX) * 127)
}
