// Runs one target for a time and reports the first input that breaks it, with what is needed to see it again.
import { mutated } from './mutate.ts'
import { createRandom } from './random.ts'
import type { Target } from './target.ts'

/** One input, however odd, may not hold up a session longer than this. */
const INPUT_TIME_MAX_MS = 1000
const SLOW_TRIES = 3
/** The clock is read once in so many inputs. */
const BATCH = 32

export type Outcome = {
  readonly runs: number
  readonly slowestMs: number
  /** Null when nothing was found. */
  readonly finding: { readonly input: Buffer; readonly error: unknown } | null
}

/** Fuzzes for `seconds`, or until the first finding. The seed decides every input, not how many there are. */
export async function runTarget(
  target: Target,
  options: { readonly seed: number; readonly seconds: number },
): Promise<Outcome> {
  const random = createRandom(options.seed)
  const seeds = target.seeds.map((seed) => Buffer.from(seed, 'latin1'))
  const words = target.words.map((word) => Buffer.from(word, 'latin1'))
  const end = performance.now() + options.seconds * 1000
  let runs = 0
  let slowestMs = 0
  while (runs % BATCH !== 0 || performance.now() < end) {
    // The seeds themselves come first: they must hold before anything is changed.
    const input = runs < seeds.length ? seeds[runs]! : mutated(seeds, words, random)
    const start = performance.now()
    try {
      const checked = target.check(input, random)
      // Only where there is something to wait for: most targets make a hundred thousand inputs a second.
      if (checked !== undefined) await checked
    } catch (error) {
      return { runs, slowestMs, finding: { input, error } }
    }
    let took = performance.now() - start
    // A busy machine may have stood still meanwhile: only an input that is slow each time is a finding.
    for (let again = 0; again < SLOW_TRIES && took > INPUT_TIME_MAX_MS; again += 1) {
      const from = performance.now()
      await target.check(input, createRandom(options.seed))
      took = Math.min(took, performance.now() - from)
    }
    slowestMs = Math.max(slowestMs, took)
    if (took > INPUT_TIME_MAX_MS) {
      return { runs, slowestMs, finding: { input, error: new Error(`took ${Math.round(took)} ms`) } }
    }
    runs++
  }
  return { runs, slowestMs, finding: null }
}

/** A finding as a person wants to read it. */
export function describeFinding(target: Target, seed: number, outcome: Outcome): string {
  const { finding } = outcome
  if (finding === null)
    return `${target.name}: ${outcome.runs} inputs, slowest ${outcome.slowestMs.toFixed(1)} ms`
  const shown = JSON.stringify(finding.input.subarray(0, 2000).toString('latin1'))
  const error =
    finding.error instanceof Error ? (finding.error.stack ?? finding.error.message) : String(finding.error)
  return `${target.name}: broken with seed ${seed} after ${outcome.runs} inputs\ninput (${finding.input.length} octets): ${shown}\n${error}`
}
