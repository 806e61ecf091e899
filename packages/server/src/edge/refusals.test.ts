// Refusals reach the spool in batches, and a flood becomes one counted row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RefusedReport } from '#link/reports.ts'
import { LISTED_REFUSALS_MAX, Refusals } from './refusals.ts'

function setUp() {
  let now = 0
  let wake: () => void = () => undefined
  const batches: RefusedReport[][] = []
  const clock = {
    now: () => now,
    sleep: () =>
      new Promise<void>((resolve) => {
        wake = resolve
      }),
  }
  let ids = 0
  const refusals = new Refusals({
    spool: { report: (reports) => batches.push([...reports] as RefusedReport[]) },
    clock,
    newId: () => `counted ${ids++}`,
  })
  const note = (key: string): unknown =>
    refusals.note(key, () => ({ id: key, at: now, count: 1 }) as unknown as RefusedReport)
  return {
    refusals,
    batches,
    note,
    at: (ms: number) => {
      now = ms
    },
    gathered: async () => {
      wake()
      await Promise.resolve()
      await Promise.resolve()
    },
  }
}

test('refusals of a moment go together', async () => {
  const { note, batches, gathered } = setUp()
  note('a')
  note('b')
  assert.equal(batches.length, 0)
  await gathered()
  assert.deepEqual(
    batches.map((batch) => batch.map(({ id }) => id)),
    [['a', 'b']],
  )
})

test('beyond the limit they are counted, and the row comes when the minute is over', () => {
  const { note, batches, at, refusals } = setUp()
  for (let i = 0; i < LISTED_REFUSALS_MAX + 7; i++) note('flood')
  note('other')
  at(30_000)
  refusals.sweep(30_000)
  at(60_000)
  refusals.sweep(60_000)
  refusals.flush()
  const reports = batches.flat()
  assert.equal(reports.length, LISTED_REFUSALS_MAX + 2)
  const counted = reports.find(({ id }) => id === 'counted 0')
  assert.deepEqual([counted?.count, counted?.at], [7, 60_000])
  assert.equal(reports.filter(({ id }) => id === 'other').length, 1)
})

test('at the end nothing is lost', () => {
  const { note, batches, refusals } = setUp()
  for (let i = 0; i < LISTED_REFUSALS_MAX + 2; i++) note('flood')
  refusals.flush()
  assert.equal(batches.flat().at(-1)?.count, 2)
})
