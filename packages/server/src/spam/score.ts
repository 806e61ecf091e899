// The score of a message in points, with every contribution in plain words: the shipped model, then what the
// organisation taught, each bounded so that no single trick decides.
import type { ParsedMime } from '@gatepost/mail/mime.ts'
import type { SpamContribution, SpamFact } from '#policy/facts.ts'
import { bent } from './bend.ts'
import { featuresOf } from './features.ts'
import { type Learned, learnedPoints } from './learned.ts'
import { SHIPPED, type SpamModel } from './model.ts'
import { type Token, tokensOf } from './tokens.ts'
import { type SpamInput, viewOf } from './view.ts'
import { FEATURES } from './weights.ts'

/** Points of the level *moderate*, where the model's limit lies (behaviour §15.1). */
const MODERATE = 5
/** Points for one unit of log odds. */
const POINTS = 1
/** Words told as the reason of a text's points. */
const WORDS_TOLD = 6
/** Contributions smaller than this are not told one by one. */
const TOLD_LEAST = 0.05
const TOLD_MAX = 60

/** What a message shows: named features, words, and the shipped model's log odds above its limit. */
export type Measured = {
  readonly tokens: readonly Token[]
  readonly features: ReadonlyMap<
    string,
    { readonly name: string; readonly value: number; readonly saw: string }
  >
  readonly odds: number
  readonly contributions: readonly SpamContribution[]
}

/**
 * Scores a message; `learned` is what its organisation taught. Synchronous and bounded; never throws on
 * content.
 */
export function scoreContent(input: SpamInput, learned: Learned | null, mime?: ParsedMime): SpamFact {
  const measured = measure(input, mime)
  const contributions = [...measured.contributions]
  let score = MODERATE + POINTS * measured.odds
  if (learned !== null) {
    const taught = learnedPoints(learned, measured)
    if (taught.points !== 0) {
      score += taught.points
      contributions.push({ name: 'What your organisation taught', points: taught.points, saw: taught.saw })
    }
  }
  contributions.sort((one, other) => Math.abs(other.points) - Math.abs(one.points))
  return { score: round(score), contributions: contributions.slice(0, TOLD_MAX), engine: 'built-in' }
}

/** Reads a message and weighs it with the shipped model. */
export function measure(input: SpamInput, mime?: ParsedMime, model: SpamModel = SHIPPED): Measured {
  const view = viewOf(input, mime)
  const features = featuresOf(view)
  const tokens = tokensOf(view)
  const contributions: SpamContribution[] = []
  let odds = model.bias - model.limit
  contributions.push({ name: 'Where every message begins', points: round(MODERATE + POINTS * odds), saw: '' })
  for (const { name, value, saw } of features.values()) {
    const weight = (model.features.get(name) ?? 0) * value
    odds += weight
    if (Math.abs(weight) < TOLD_LEAST) continue
    contributions.push({ name: FEATURES.get(name)?.says ?? name, points: round(POINTS * weight), saw })
  }
  for (const kind of ['words', 'shape'] as const) {
    const part = weigh(
      tokens.filter((token) => !token.isIdentity && (token.kind === 'shape') === (kind === 'shape')),
      model.words,
    )
    const weighed = kind === 'words' ? bent(part.odds, model.bend) : part.odds
    odds += weighed
    const name = kind === 'words' ? 'Words of the message' : 'How the message is made'
    contributions.push({ name, points: round(POINTS * weighed), saw: part.saw })
  }
  return { tokens, features, odds, contributions }
}

function weigh(tokens: readonly Token[], words: Float32Array): { odds: number; saw: string } {
  let odds = 0
  const told: [string, number][] = []
  for (const { bucket, value, word } of tokens) {
    const weight = words[bucket]! * value
    odds += weight
    told.push([word, weight])
  }
  const sign = Math.sign(odds)
  told.sort((one, other) => sign * (other[1] - one[1]))
  const saw = told
    .slice(0, WORDS_TOLD)
    .filter(([, weight]) => weight * sign > 0)
    .map(([word]) => word)
    .join(', ')
  return { odds, saw: saw.slice(0, 200) }
}

function round(points: number): number {
  return Math.round(points * 100) / 100
}
