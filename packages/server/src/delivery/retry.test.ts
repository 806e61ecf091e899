// The schedule promised to senders: six in the first hour, thirty in four days.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ATTEMPTS_MAX, GIVE_UP_MS, retryAfter, WARNING_ATTEMPT } from './retry.ts'

const HOUR = 3_600_000

function attemptsOf(random: number): number[] {
  const times = [0]
  for (;;) {
    const now = times.at(-1)!
    const next = retryAfter({ attempts: times.length, firstAttemptAt: 0, now, random })
    if (next.kind === 'expired') return times
    times.push(next.at)
  }
}

describe('retry', () => {
  for (const random of [0, 0.5, 0.999]) {
    it(`keeps the promise with a spread of ${random}`, () => {
      const times = attemptsOf(random)
      assert.equal(times.filter((at) => at < HOUR).length, 6)
      assert.ok(times.length <= ATTEMPTS_MAX && times.length >= 28)
      assert.ok(times.at(-1)! <= GIVE_UP_MS && times.at(-1)! > 3.4 * 24 * HOUR)
      const warnedAt = times[WARNING_ATTEMPT - 1]!
      assert.ok(warnedAt > 4 * HOUR && warnedAt < 5.2 * HOUR, `warned after ${warnedAt / HOUR} h`)
    })
  }

  it('has exactly thirty attempts without spread', () => assert.equal(attemptsOf(0.5).length, 30))

  it('ends by time too, when the gateway itself was away', () => {
    const late = { attempts: 3, firstAttemptAt: 0, now: GIVE_UP_MS, random: 0.5 }
    assert.deepEqual(retryAfter(late), { kind: 'expired' })
    assert.deepEqual(retryAfter({ ...late, now: GIVE_UP_MS - 60_000 }), { kind: 'retry', at: GIVE_UP_MS })
  })

  it('goes on for days, however often somebody asked to try now', () => {
    const asked = { attempts: 40, firstAttemptAt: 0, now: HOUR, random: 0.5 }
    assert.deepEqual(retryAfter(asked), { kind: 'retry', at: 6 * HOUR })
  })
})
