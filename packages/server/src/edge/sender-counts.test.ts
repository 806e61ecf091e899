// Recipients of an author within the hour: what is deferred for them does not count against its own retry.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SenderCounts } from './sender-counts.ts'

const MINUTE = 60_000

test('what is over the limit is not counted, so that its retries get through within the hour', () => {
  const counts = new SenderCounts()
  const start = 1_795_000_200_000
  for (let at = 0; at < 10; at += 1) assert.equal(counts.add('ann', 10, start, 100), (at + 1) * 10)
  // A queue that comes again every five minutes would keep itself over the limit for ever.
  for (let at = 1; at < 12; at += 1) assert.equal(counts.add('ann', 60, start + at * 5 * MINUTE, 100), 160)
  assert.equal(counts.add('ann', 60, start + 60 * MINUTE, 100), 60)
  assert.equal(counts.add('bob', 10, start, 100), 10)
})

test('who wrote nothing for an hour is forgotten', () => {
  const counts = new SenderCounts()
  counts.add('ann', 50, 0, 100)
  counts.sweep(59 * MINUTE)
  assert.equal(counts.add('ann', 10, 59 * MINUTE, 100), 60)
  assert.equal(counts.add('ann', 10, 180 * MINUTE, 100), 10)
})
