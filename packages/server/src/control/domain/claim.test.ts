// What counts of looks at a record that is gone: gaps in which nobody could tell do not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Gone, isGone, LOST_MS, nextGone, shownClaim } from './claim.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function looks(times: readonly number[], from: Gone | null = null): Gone | null {
  return times.reduce<Gone | null>((kept, at) => nextGone(kept, at), from)
}

test('three days of looks without the record are enough, a minute less is not', () => {
  const count = LOST_MS / (10 * MINUTE)
  const times = Array.from({ length: count + 1 }, (_, at) => at * 10 * MINUTE)
  const gone = looks(times)
  assert.deepEqual(gone, { since: 0, lastAt: LOST_MS, countedMs: LOST_MS })
  assert.equal(isGone(gone), true)
  assert.equal(isGone(looks([...times.slice(0, -1), LOST_MS - MINUTE])), false)
})

test('what nobody saw does not count, and is no end either', () => {
  const two = looks([0, 30 * MINUTE, 4 * 24 * HOUR])
  assert.deepEqual(two, { since: 0, lastAt: 4 * 24 * HOUR, countedMs: 30 * MINUTE })
  assert.equal(nextGone(two, 4 * 24 * HOUR + HOUR).countedMs, 90 * MINUTE)
  // A clock that was set back takes nothing away.
  assert.equal(nextGone(two, 0).countedMs, 30 * MINUTE)
})

test('a claimant is told nothing of the holder before its own record is there', () => {
  const gone = { since: 5, lastAt: 10, countedMs: LOST_MS }
  const claim = { claimedAt: 1, provenAt: null, toldAt: null }
  const before = shownClaim(claim, { gone, expiresAt: 100, now: 50 })
  assert.deepEqual(before.gone, { state: 'unknown', since: null, hours: 0, hoursNeeded: 72, met: false })
  const after = shownClaim({ ...claim, provenAt: 20 }, { gone, expiresAt: 100, now: 50 })
  assert.deepEqual(after.gone, { state: 'gone', since: 5, hours: 72, hoursNeeded: 72, met: true })
  assert.deepEqual([after.proof.met, after.consent], [false, 'too-early'])
  const day = shownClaim({ ...claim, provenAt: 20 }, { gone, expiresAt: 100, now: 20 + 24 * HOUR })
  assert.deepEqual([day.proof.met, day.consent], [true, 'awaited'])
})
