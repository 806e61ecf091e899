// Silence of journal mail: told in hours in which mail usually comes, and at no other time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JournalHour, silenceOf } from './silence.ts'

const HOUR_MS = 3_600_000
/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 10, 2) / HOUR_MS

/** Reports on working days from 8 to 18, until an hour. */
function hoursUntil(last: number, from = MONDAY): JournalHour[] {
  const hours: JournalHour[] = []
  for (let hour = from; hour <= last; hour += 1) {
    const day = Math.floor((hour - MONDAY) / 24) % 7
    const isWork = day < 5 && hour % 24 >= 8 && hour % 24 < 18
    if (isWork) hours.push({ hour, reports: 20, last_at: hour * HOUR_MS + 3_500_000 })
  }
  return hours
}

const at = (day: number, hour: number): number => (MONDAY + day * 24 + hour) * HOUR_MS
const isSilent = (hours: readonly JournalHour[], now: number): boolean =>
  silenceOf(hours, { now, minutes: 240 }).isSilent

test('silence in working hours is told after the minutes that were chosen', () => {
  const hours = hoursUntil(MONDAY + 14 * 24 + 9)
  assert.equal(isSilent(hours, at(14, 12)), false)
  assert.equal(isSilent(hours, at(14, 14)), true)
})

test('nights and week-ends that are always quiet stay quiet', () => {
  const friday = hoursUntil(MONDAY + 18 * 24 + 17)
  assert.equal(isSilent(friday, at(19, 3)), false)
  assert.equal(isSilent(friday, at(20, 23)), false)
  // Monday morning is quiet still; by noon four hours of work are missing.
  assert.equal(isSilent(friday, at(21, 8)), false)
  assert.equal(isSilent(friday, at(21, 12)), true)
})

test('nothing is usual before the first day is over, nor without any report', () => {
  assert.equal(isSilent([], at(3, 12)), false)
  assert.equal(isSilent(hoursUntil(MONDAY + 9), at(0, 16)), false)
})

test('in the first week the days before tell what is usual', () => {
  const hours = hoursUntil(MONDAY + 2 * 24 + 9)
  assert.equal(isSilent(hours, at(2, 15)), true)
})

test('some single reports are no habit', () => {
  const hours = hoursUntil(MONDAY + 14 * 24 + 9).map((row) => ({ ...row, reports: 0 }))
  assert.equal(isSilent(hours, at(14, 16)), false)
})
