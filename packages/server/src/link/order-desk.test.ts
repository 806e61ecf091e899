// Orders to every edge: each answers for itself, and who is silent is named.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, systemClock } from '#platform/clock.ts'
import { OrderDesk } from './order-desk.ts'
import type { OrderResult } from './orders.ts'
import { EVERYTHING } from './queue-orders.ts'

/** The wait for an edge is short here, the wait for its result is not. */
const clock: Clock = {
  now: systemClock.now,
  sleep: (ms, signal) => systemClock.sleep(ms <= 3_000 ? 30 : ms, signal),
}

const order = {
  kind: 'queue-list',
  id: 'ord_1',
  tenantId: 'ten_1',
  filter: EVERYTHING,
  after: null,
  limit: 10,
} as const
const LISTED: OrderResult = { kind: 'queue-list', items: [], next: null }

function deskOf(): OrderDesk {
  return new OrderDesk({ clock, emit: () => {}, unreachable: (why) => new Error(`No edge answers: ${why}.`) })
}

/** An edge that fetches one order and answers it. */
async function answering(desk: OrderDesk, slot: number, result: OrderResult): Promise<string> {
  const [fetched] = await desk.take('n', slot, new AbortController().signal)
  desk.settle(fetched?.id ?? '', result)
  return fetched?.id ?? ''
}

test('every edge gets the order under an id of its own; silent and failing ones are named', async () => {
  const desk = deskOf()
  for (const slot of [0, 1, 2]) desk.expect('n', slot)
  const working = [
    answering(desk, 0, LISTED),
    answering(desk, 2, { kind: 'failed', why: 'the disk refuses' }),
  ]
  const { answers, unreachable } = await desk.placeEverywhere(order, new AbortController().signal)
  const ids = await Promise.all(working)
  assert.equal(new Set(ids).size, 2)
  assert.deepEqual(answers, [{ node: 'n', slot: 0, result: LISTED }])
  assert.deepEqual(
    unreachable.map(({ slot, why }) => [slot, why]),
    [
      [1, 'No edge answers: no edge fetches orders.'],
      [2, 'the disk refuses'],
    ],
  )
})

test('an edge that was heard of once is named too, and counts as alive only while it is heard', async () => {
  const desk = deskOf()
  desk.heard('other', 3)
  desk.expect('n', 0)
  assert.deepEqual(
    desk.edges().map(({ node, slot }) => [node, slot]),
    [['other', 3]],
  )
  const { answers, unreachable } = await desk.placeEverywhere(order, new AbortController().signal)
  assert.deepEqual(answers, [])
  assert.deepEqual(
    unreachable.map(({ node, slot }) => [node, slot]),
    [
      ['other', 3],
      ['n', 0],
    ],
  )
})
