// A lesson: one message that somebody called wanted or unwanted, kept as numbers alone, and how lessons
// become weights. Deterministic, so that a lesson taken back leaves no trace.
import { BIAS, type Learned, WEIGHT_MAX } from './learned.ts'
import { type Example, trainRounds } from './logistic.ts'
import { BUCKETS, FEATURE_PREFIX, hash, type Token } from './tokens.ts'

export type Lesson = {
  readonly isSpam: boolean
  /** Log odds of the shipped model above its limit. */
  readonly odds: number
  /** From 1 (fresh) towards 0. */
  readonly weight: number
  readonly buckets: readonly number[]
  readonly values: readonly number[]
}

/** Lessons of each kind before any of them counts. */
export const LESSONS_LEAST = 5
/** A word has to stand in that many lessons before it gets a weight. */
const OCCURRENCES_LEAST = 2
/** Points a lesson may move at most by numbers: 10 of each kind allow 2.5, 100 allow 10. */
const MOST_POINTS = 12
/**
 * Log odds to be reached before mail is acted on: five to one, as a letter lost costs more than spam seen.
 */
const MARGIN = 1.6
/**
 * Wanted mail that the shipped score loses or comes near to losing counts as four: newsletters are few among
 * what people teach, and the first to be lost.
 */
const NEAR_ODDS = -4
const NEAR_WEIGHT = 4
const ROUNDS = 12
const PULL = 0.0005

/** What a message shows, as places and values of a lesson. */
export function lessonFeatures(measured: {
  readonly tokens: readonly Token[]
  readonly features: ReadonlyMap<string, { readonly name: string; readonly value: number }>
}): { buckets: number[]; values: number[] } {
  const found = new Map<number, number>()
  for (const { bucket, value } of measured.tokens) found.set(bucket, value)
  for (const { name, value } of measured.features.values()) found.set(hash(FEATURE_PREFIX + name), value)
  return { buckets: [...found.keys()], values: [...found.values()] }
}

/** The weights of an organisation's lessons; null while there are too few of a kind. */
export function learn(lessons: readonly Lesson[]): Learned | null {
  const course = learning(lessons)
  for (let step = course.next(); ; step = course.next()) if (step.done) return step.value
}

/** The same in rounds: thousands of lessons take a second or two. */
export function* learning(lessons: readonly Lesson[]): Generator<number, Learned | null> {
  const spam = lessons.filter(({ isSpam }) => isSpam).length
  const ham = lessons.length - spam
  if (Math.min(spam, ham) < LESSONS_LEAST) return null
  const occurrences = new Uint16Array(BUCKETS)
  for (const { buckets } of lessons)
    for (const bucket of buckets) if (occurrences[bucket]! < 65_535) occurrences[bucket]!++
  // Both kinds count alike in sum: who reports a hundred times as often as others release must not tilt all
  // mail.
  const even = { spam: Math.min(3, Math.max(1, ham / spam)), ham: Math.min(3, Math.max(1, spam / ham)) }
  const examples: Example[] = lessons.map((lesson) => {
    const places = [BIAS]
    const values = [1]
    lesson.buckets.forEach((bucket, index) => {
      if (occurrences[bucket]! < OCCURRENCES_LEAST) return
      places.push(bucket)
      values.push(lesson.values[index]!)
    })
    const nearly = !lesson.isSpam && lesson.odds > NEAR_ODDS ? NEAR_WEIGHT : 1
    const weight = lesson.weight * nearly * (lesson.isSpam ? even.spam : even.ham)
    return { places, values, weight, offset: lesson.odds + MARGIN, isSpam: lesson.isSpam }
  })
  const trained = new Float64Array(BUCKETS)
  yield* trainRounds(trained, examples, { rounds: ROUNDS, rate: 0.15, pull: () => PULL, seed: 1 })
  const weights = new Map<number, number>()
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const weight = Math.max(-WEIGHT_MAX, Math.min(WEIGHT_MAX, trained[bucket]!))
    if (Math.abs(weight) > WEIGHT_MAX / 254) weights.set(bucket, weight)
  }
  return { weights, most: Math.min(MOST_POINTS, Math.sqrt(Math.min(spam, ham))) }
}

/** As octets for the store: three a feature (bucket, value). */
export function packLesson(buckets: readonly number[], values: readonly number[]): Uint8Array {
  const octets = Buffer.alloc(buckets.length * 3)
  buckets.forEach((bucket, index) => {
    octets.writeUInt16BE(bucket, index * 3)
    octets.writeUInt8(Math.round(Math.min(2, values[index]!) * 127), index * 3 + 2)
  })
  return octets
}

/** Reads `packLesson`. */
export function unpackLesson(packed: Uint8Array): { buckets: number[]; values: number[] } {
  const octets = Buffer.from(packed)
  const buckets: number[] = []
  const values: number[] = []
  for (let at = 0; at + 3 <= octets.length; at += 3) {
    buckets.push(octets.readUInt16BE(at))
    values.push(octets.readUInt8(at + 2) / 127)
  }
  return { buckets, values }
}
