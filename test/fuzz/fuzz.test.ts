// Every fuzz target for a moment, from a new seed each time: what the long runs by hand find shows up here
// first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeFinding, runTarget } from './run.ts'
import { targets } from './targets.ts'

/** All targets together stay under two minutes, also with CI's longer time. */
const TOTAL_SECONDS_MAX = 110
const wanted = Number(process.env.FUZZ_SECONDS ?? (process.env.CI === 'true' ? 15 : 1))
const seconds =
  process.env.FUZZ_SECONDS === undefined ? Math.min(wanted, TOTAL_SECONDS_MAX / targets.length) : wanted

for (const target of targets) {
  test(`fuzz: ${target.name}`, (context) => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    context.diagnostic(`seed ${seed}, ${seconds} s`)
    const outcome = runTarget(target, { seed, seconds })
    assert.equal(outcome.finding, null, describeFinding(target, seed, outcome))
    assert.ok(outcome.runs >= target.seeds.length, `${outcome.runs} inputs`)
  })
}
