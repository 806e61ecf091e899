// What got 250 arrives, however often the gateway is killed: a few kills here, forty in CI (fewer on a slow
// machine, where each start takes longer), a thousand by hand.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCrash } from './run.ts'
import { seeded } from './seeded.ts'

const kills = Number(process.env.CRASH_KILLS ?? (process.env.CI === 'true' ? 40 : 6))
/** The other tests want their share of the time. */
const WITHIN_MS = 2.5 * 60_000
/** So many always come about, on any machine. */
const KILLS_MIN = Math.min(kills, 6)
/** What may be under way at a kill: letters on all connections, whose replies nobody has read. */
const DUPLICATES_PER_KILL_MAX = 100

test(`case 39: no acknowledged message is lost over up to ${kills} kills`, {
  timeout: 14 * 60_000,
}, async (context) => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const data = mkdtempSync(join(tmpdir(), 'gatepost-crash-'))
  context.diagnostic(`seed ${seed}`)
  try {
    const outcome = await runCrash({ kills, data, random: seeded(seed), log: () => {}, withinMs: WITHIN_MS })
    const doubles = outcome.doubles.byRole()
    context.diagnostic(JSON.stringify({ ...outcome, lost: outcome.lost.length, doubles }))
    assert.deepEqual(outcome.lost, [], `lost with seed ${seed}`)
    assert.ok(outcome.kills >= KILLS_MIN, `only ${outcome.kills} kills in ${WITHIN_MS} ms`)
    assert.ok(
      outcome.acknowledged > outcome.kills * 3,
      `only ${outcome.acknowledged} messages were acknowledged`,
    )
    assert.ok(
      outcome.duplicated <= outcome.kills * DUPLICATES_PER_KILL_MAX,
      `${outcome.duplicated} duplicates`,
    )
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})
