// Every fuzz target for a moment, from a fixed seed: a change that breaks a parser shows here, on whoever
// made it. New seeds belong to `npm run fuzz`, by hand and for longer; what they find is mended with a test
// of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeFinding, runTarget } from './run.ts'
import { targets } from './targets.ts'

/** Another one: FUZZ_SEED. The long runs have been past this one. */
const SEED = 20_261_122
/** All targets together stay under two minutes, also with CI's longer time. */
const TOTAL_SECONDS_MAX = 110
const wanted = Number(process.env.FUZZ_SECONDS ?? (process.env.CI === 'true' ? 15 : 1))
const seconds =
  process.env.FUZZ_SECONDS === undefined ? Math.min(wanted, TOTAL_SECONDS_MAX / targets.length) : wanted

for (const target of targets) {
  test(`fuzz: ${target.name}`, async (context) => {
    const seed = Number(process.env.FUZZ_SEED ?? SEED)
    context.diagnostic(`seed ${seed}, ${seconds} s`)
    const outcome = await runTarget(target, { seed, seconds })
    assert.equal(outcome.finding, null, describeFinding(target, seed, outcome))
    assert.ok(outcome.runs >= target.seeds.length, `${outcome.runs} inputs`)
  })
}
