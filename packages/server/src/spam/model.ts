// The model that ships: weights of named features and of hashed words, as scripts/train-spam.mjs wrote them,
// with the record of what it was taught with.
import type { Bend } from './bend.ts'
import shipped from './model.json' with { type: 'json' }
import { BUCKETS } from './tokens.ts'

export type SpamModel = {
  readonly version: number
  readonly bias: number
  /** Log odds of named features. */
  readonly features: ReadonlyMap<string, number>
  /** Log odds of a bucket at value 1. */
  readonly words: Float32Array
  /** How far words alone may move a message. */
  readonly bend: Bend
  /** The log odds that stand for the level *moderate*. */
  readonly limit: number
}

/** What stands in the file. */
export type ModelFile = {
  readonly version: number
  readonly record: unknown
  readonly bias: number
  readonly limit: number
  readonly bend: Bend
  readonly features: Readonly<Record<string, number>>
  readonly scale: number
  /** One signed octet a bucket, base64. */
  readonly words: string
}

/** Reads a model file's content; throws on one that does not fit this program. */
export function readModel(file: ModelFile): SpamModel {
  const octets = Buffer.from(file.words, 'base64')
  if (octets.length !== BUCKETS)
    throw new Error(`the spam model has ${octets.length} buckets, not ${BUCKETS}`)
  const words = new Float32Array(BUCKETS)
  for (let at = 0; at < BUCKETS; at++) words[at] = octets.readInt8(at) * file.scale
  const { version, bias, limit, bend } = file
  return { version, bias, limit, bend, words, features: new Map(Object.entries(file.features)) }
}

/** The shipped one. */
export const SHIPPED: SpamModel = readModel(shipped)
