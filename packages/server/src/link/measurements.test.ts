// Readings on their way from an edge to /metrics: shape, last value, forgetting, and a pump that bears an
// absent control.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LinkClient } from './client.ts'
import { MEASURE_MS, MeasurementBoard, Measurements, pumpMeasurements } from './measurements.ts'

function reading(slot: number, accepted: number): Measurements {
  return {
    node: 'n',
    slot,
    counters: [['messages_accepted', accepted]],
    gauges: [['spool_ok', 1]],
    histograms: [['accept_seconds', { counts: [accepted], sum: 1 }]],
  }
}

test('the last reading of each edge counts, until it is silent for half a minute', () => {
  let now = 0
  const board = new MeasurementBoard({ now: () => now, sleep: async () => undefined })
  board.take(reading(1, 5))
  board.take(reading(0, 1))
  now = 20_000
  board.take(reading(1, 6))
  assert.deepEqual(
    board.sources().map(({ slot, measured }) => [slot, measured.counters.get('messages_accepted')]),
    [
      ['0', 1],
      ['1', 6],
    ],
  )
  now = 31_000
  assert.deepEqual(
    board.sources().map(({ slot }) => slot),
    ['1'],
  )
})

test('a reading of another shape is refused', () => {
  const good = reading(0, 1)
  assert.ok(Measurements.safeParse(good).success)
  const wrong: readonly object[] = [
    { ...good, slot: -1 },
    { ...good, counters: [['bad name"}', 1]] },
    { ...good, counters: [['a', Number.NaN]] },
    { ...good, gauges: Array.from({ length: 300 }, (_, at) => [`g${at}`, 1]) },
    { ...good, histograms: [['h', { counts: ['1'], sum: 0 }]] },
  ]
  for (const one of wrong)
    assert.equal(Measurements.safeParse(one).success, false, JSON.stringify(one).slice(0, 90))
})

test('an edge sends at once and every five seconds, and goes on when control is away', async () => {
  const stopped = new AbortController()
  const sent: string[] = []
  let now = 0
  const client = {
    async post(path: string, body: string) {
      if (sent.push(`${path} ${now} ${body.length > 50}`) === 2) throw new Error('away')
      if (sent.length === 3) stopped.abort()
      return { status: 204, text: '' }
    },
  } as unknown as LinkClient
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const measured = { counters: new Map([['deliveries', 1]]), gauges: new Map(), histograms: new Map() }
  await pumpMeasurements(async () => measured, { client, clock, node: 'n', slot: 0, signal: stopped.signal })
  assert.deepEqual(
    sent,
    [0, MEASURE_MS, 2 * MEASURE_MS].map((at) => `/v1/metrics ${at} true`),
  )
})
