// How the spam model is taught and measured, shared by scripts/train-spam.mjs and the bench: examples of
// messages, weights that begin at ours, folds by file name.
import { featuresOf } from '../../packages/server/src/spam/features.ts'
import { trainLogistic } from '../../packages/server/src/spam/logistic.ts'
import { BUCKETS, tokensOf } from '../../packages/server/src/spam/tokens.ts'
import { viewOf } from '../../packages/server/src/spam/view.ts'
import { FEATURES } from '../../packages/server/src/spam/weights.ts'
import { messagesOf, readTexts } from './spam-corpus.mjs'

/** The strata that may be taught with: in the public domain as their origin states. */
export const TAUGHT = /^sa-/
/** Share of wanted mail above the limit. */
export const LOST_SHARE = 0.005
export const FOLDS = 5

const NAMES = [...FEATURES.keys()]
const PLACES = new Map(NAMES.map((name, index) => [name, 1 + index]))
const WORDS_FROM = NAMES.length + 1
const START_BIAS = -5
const MADE_EACH = 12
const MADE_WEIGHT = 0.1
/** What our texts cannot say, as they were not written by mail programs. */
const NOT_OF_TEXTS = new Set([
  'text-in-base64',
  'no-program',
  'message-id-elsewhere',
  'pictures',
  'no-message-id',
])
/** Strength of the word counts that weights begin at (naive Bayes), and how far one word may begin. */
const COUNTS_STRENGTH = 0.3
const COUNTS_MAX = 3

/** Rows of a corpus: label, stratum, fold and what each message shows. */
export function measureAll(corpus) {
  return corpus.map((message) => {
    const { content, reversePath, helo, clientIp } = message
    const view = viewOf({ content, reversePath, helo, clientIp, authentication: null })
    return {
      ...message,
      fold: foldOf(message.file),
      weight: 1,
      features: featuresOf(view),
      tokens: tokensOf(view),
    }
  })
}

/** Our own texts as rows. */
export function compose(folder) {
  return messagesOf(readTexts(folder), MADE_EACH, 7).map(({ kind, content, reversePath }) => {
    const view = viewOf({ content, reversePath, helo: '', clientIp: '', authentication: null })
    const features = new Map([...featuresOf(view)].filter(([name]) => !NOT_OF_TEXTS.has(name)))
    const tokens = tokensOf(view).filter((token) => token.kind !== 'shape')
    return { label: kind, stratum: 'own-texts', weight: MADE_WEIGHT, features, tokens }
  })
}

/** A model of these rows. */
export function teach(rows) {
  const weights = new Float64Array(WORDS_FROM + BUCKETS)
  weights[0] = START_BIAS
  for (const [name, place] of PLACES) weights[place] = FEATURES.get(name).weight
  startAtCounts(weights, rows)
  const pull = (place) => (place === 0 ? 0 : place < WORDS_FROM ? 0.0015 : 0.0003)
  trainLogistic(weights, rows.map(exampleOf), { rounds: 30, rate: 0.1, pull, seed: 1 })
  return {
    bias: weights[0],
    features: new Map(NAMES.map((name) => [name, weights[PLACES.get(name)]])),
    words: weights.slice(WORDS_FROM),
  }
}

/** The log odds of a row by a model. */
export function oddsOf({ bias, features, words }, row) {
  let odds = bias
  for (const { name, value } of row.features.values()) odds += (features.get(name) ?? 0) * value
  for (const { bucket, value, isIdentity } of row.tokens) if (!isIdentity) odds += words[bucket] * value
  return odds
}

/** Odds of every row by a model that was not taught with it. */
export function fairOdds(rows, made) {
  const taught = rows.filter(({ stratum }) => TAUGHT.test(stratum))
  const whole = teach([...taught, ...made])
  const byFold = Array.from({ length: FOLDS }, (_, fold) =>
    teach([...taught.filter((row) => row.fold !== fold), ...made]),
  )
  return rows.map((row) => oddsOf(TAUGHT.test(row.stratum) ? byFold[row.fold] : whole, row))
}

/** The odds that LOST_SHARE of the wanted mail is above of. */
export function limitOf(rows, made) {
  const odds = fairOdds(rows, made)
  const ham = odds.filter((_, index) => rows[index].label === 'ham').sort((one, other) => other - one)
  return ham[Math.floor(ham.length * LOST_SHARE)]
}

export function foldOf(file) {
  let sum = 0
  for (const letter of file) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0
  return sum % FOLDS
}

function exampleOf({ label, weight, features, tokens }) {
  const places = [0]
  const values = [1]
  for (const { name, value } of features.values()) {
    places.push(PLACES.get(name))
    values.push(value)
  }
  for (const { bucket, value, isIdentity } of tokens) {
    if (isIdentity) continue
    places.push(WORDS_FROM + bucket)
    values.push(value)
  }
  return { places, values, weight, offset: 0, isSpam: label !== 'ham' }
}

function startAtCounts(weights, rows) {
  const ham = new Float64Array(BUCKETS)
  const spam = new Float64Array(BUCKETS)
  let hams = 0
  let spams = 0
  for (const { label, weight, tokens } of rows) {
    const counts = label === 'ham' ? ham : spam
    if (label === 'ham') hams += weight
    else spams += weight
    for (const { bucket, isIdentity } of tokens) if (!isIdentity) counts[bucket] += weight
  }
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    if (ham[bucket] + spam[bucket] === 0) continue
    const ratio = Math.log((spam[bucket] + 0.5) / (spams + 1)) - Math.log((ham[bucket] + 0.5) / (hams + 1))
    weights[WORDS_FROM + bucket] = COUNTS_STRENGTH * Math.max(-COUNTS_MAX, Math.min(COUNTS_MAX, ratio))
  }
}
