// The clock of a zone: three times a day, over midnight and over both changes of the clock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTimeZone, nextRunAt } from './schedule.ts'

const daily = { times: ['08:00', '13:00', '23:00'], timeZone: 'Europe/Berlin' }

const cases: readonly [string, string, string][] = [
  ['in the morning', '2026-01-15T05:00:00Z', '2026-01-15T07:00:00.000Z'],
  ['at the time itself', '2026-01-15T07:00:00Z', '2026-01-15T12:00:00.000Z'],
  ['over midnight', '2026-01-15T22:30:00Z', '2026-01-16T07:00:00.000Z'],
  ['summer time', '2026-07-15T05:00:00Z', '2026-07-15T06:00:00.000Z'],
  ['the night the clock goes forward', '2026-03-28T22:30:00Z', '2026-03-29T06:00:00.000Z'],
  ['the night it goes back', '2026-10-24T21:30:00Z', '2026-10-25T07:00:00.000Z'],
]

for (const [title, now, next] of cases) {
  test(title, () => assert.equal(new Date(nextRunAt(daily, Date.parse(now)) ?? 0).toISOString(), next))
}

test('no time, no run; and zones that exist', () => {
  assert.equal(nextRunAt({ times: [], timeZone: 'UTC' }, 0), null)
  assert.equal(isTimeZone('Europe/Berlin'), true)
  assert.equal(isTimeZone('Europe/Nowhere'), false)
})
