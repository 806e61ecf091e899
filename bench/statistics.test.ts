// Medians and their wording.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figure, spreadOf, spreadText } from './statistics.ts'

test('the median of an odd and an even number of values, and none', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 })
  assert.deepEqual(spreadOf([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 })
  assert.equal(spreadOf([]), null)
  assert.deepEqual(spreadOf([Number.NaN, 5]), { median: 5, min: 5, max: 5 })
})

test('figures keep three significant digits', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0'],
    [0.05678, '0.0568'],
    [0.126, '0.126'],
    [1.94, '1.94'],
    [14.03, '14.0'],
    [732.4, '732'],
    [14018.3, '14,018'],
  ]
  for (const [value, text] of cases) assert.equal(figure(value), text)
})

test('one round shows no range', () => {
  assert.equal(spreadText({ median: 2, min: 2, max: 2 }), '2.00')
  assert.equal(spreadText({ median: 2, min: 1, max: 3 }), '2.00 (1.00–3.00)')
  assert.equal(spreadText(null), '–')
})
