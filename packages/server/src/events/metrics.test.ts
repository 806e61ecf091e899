// Events become counters and histograms, and readings of several processes become one valid OpenMetrics text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmit } from './emit.ts'
import { openMetrics } from './exposition.ts'
import { families } from './families.ts'
import { createMetrics, type Measured } from './metrics.ts'

const log = { write: () => undefined }

function measured(changes: Partial<Measured> = {}): Measured {
  return { counters: new Map(), gauges: new Map(), histograms: new Map(), ...changes }
}

test('events count and time by the word of the catalogue, whatever the log level', () => {
  const metrics = createMetrics('edge')
  const emit = createEmit({ log, metrics: metrics.sink }, 'error')
  emit('edge.message.accepted', { durationMs: 3 })
  emit('edge.message.accepted', { durationMs: 90_000 })
  emit('edge.message.accepted', { durationMs: -5 })
  emit('edge.smuggling.refused')
  assert.equal(metrics.counters().get('messages_accepted'), 3)
  assert.equal(metrics.counters().get('smuggling_refused'), 1)
  assert.equal(metrics.counters().get('events_warn'), 1)
  const { counts, sum } = metrics.histograms().get('accept_seconds')!
  assert.equal(counts[0], 1, 'a clock that jumped back is no negative time')
  assert.equal(counts[2], 1)
  assert.equal(counts.at(-1), 1)
  assert.equal(sum, 90.003)
})

test('counters of a role stand at 0 from the start, those of others show once they counted', () => {
  const metrics = createMetrics('control')
  const emit = createEmit({ log, metrics: metrics.sink }, 'error')
  assert.equal(metrics.counters().get('messages_accepted'), undefined)
  assert.equal(metrics.counters().get('events_error'), 0)
  emit('edge.message.accepted', { durationMs: 3 })
  emit('edge.command.failed')
  assert.equal(metrics.counters().get('messages_accepted'), 1)
  assert.equal(metrics.counters().get('events_error'), 1)
  const edge = createMetrics('edge')
  assert.equal(edge.counters().get('messages_accepted'), 0, 'no counts are shared')
})

test('a family stands once, with TYPE, UNIT and HELP, and a sample for each process', () => {
  const text = openMetrics([
    { node: 'one', slot: 'control', measured: measured({ gauges: new Map([['edges', 2]]) }) },
    { node: 'one', slot: '0', measured: measured({ counters: new Map([['deliveries', 7]]) }) },
    { node: 'one', slot: '1', measured: measured({ counters: new Map([['deliveries', 0]]) }) },
  ])
  assert.equal(
    text,
    [
      '# TYPE gatepost_edges gauge',
      '# HELP gatepost_edges Edge workers that control heard of within the last minute.',
      'gatepost_edges{node="one",slot="control"} 2',
      '# TYPE gatepost_deliveries counter',
      '# HELP gatepost_deliveries The next hop took responsibility for recipients.',
      'gatepost_deliveries_total{node="one",slot="0"} 7',
      'gatepost_deliveries_total{node="one",slot="1"} 0',
      '# EOF\n',
    ].join('\n'),
  )
})

test('a histogram adds its buckets up, and its bounds are floats', () => {
  const counts = [1, 2, ...new Array<number>(13).fill(0), 4]
  const text = openMetrics([
    {
      node: 'n',
      slot: '0',
      measured: measured({ histograms: new Map([['accept_seconds', { counts, sum: 0.5 }]]) }),
    },
  ])
  assert.match(text, /# UNIT gatepost_accept_seconds seconds\n/)
  assert.match(text, /_bucket\{node="n",slot="0",le="0\.001"\} 1\n/)
  assert.match(text, /_bucket\{node="n",slot="0",le="1\.0"\} 3\n/)
  assert.match(text, /_bucket\{node="n",slot="0",le="\+Inf"\} 7\n/)
  assert.match(text, /_count\{node="n",slot="0"\} 7\n/)
  assert.match(text, /_sum\{node="n",slot="0"\} 0\.5\n/)
})

test('what comes over the link cannot break the text: names are ours, labels are escaped', () => {
  const odd = measured({
    gauges: new Map([
      ['sessions.busy', 3],
      ['sessions.other', 9],
      ['made_up', 1],
    ]),
  })
  const text = openMetrics([{ node: 'a"b\\c\nd', slot: '0', measured: odd }])
  assert.match(text, /gatepost_sessions\{node="a\\"b\\\\c\\nd",slot="0",state="busy"\} 3\n/)
  assert.doesNotMatch(text, /other|made_up/)
})

test('names end with their unit, and no two families share one', () => {
  assert.equal(new Set(families.map(({ name }) => name)).size, families.length)
  for (const { name, unit } of families) {
    assert.match(name, /^[a-z][a-z0-9_]*$/)
    if (unit !== null) assert.ok(name.endsWith(`_${unit}`), name)
  }
})
