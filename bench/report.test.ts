// The report's claims: ratios, floors, and the doubts it must state.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickCells } from './cells.ts'
import type { Measurement } from './measure.ts'
import { type Report, reportText } from './report.ts'

const [cell] = pickCells(['w1-4k-one'], false)

function measured(target: string, round: number, rate: number, cpu: number): Measurement {
  return {
    cell: cell!.name,
    target,
    round,
    metrics: { rate, cpu, dotP50: 1, dotP99: 4, rcptP50: 1, rcptP99: 2, pssMb: 100 },
    lost: 0,
    doubles: 0,
    failed: 0,
    lastError: '',
    otherCores: 0.1,
  }
}

function reportOf(measurements: readonly Measurement[]): Report {
  const names = [...new Set(measurements.map(({ target }) => target))]
  return {
    date: '2026-11-21 10:00',
    machine: ['2 × a processor'],
    rounds: 3,
    messages: 4000,
    targets: names.map((name) => ({ name, version: `${name} 1.0`, settings: [] })),
    missing: new Map(),
    ceiling: [],
    cells: [cell!],
    measurements,
  }
}

test('ratios are those of the medians, with the range of the rounds', () => {
  const text = reportText(
    reportOf([
      measured('gatepost', 1, 4000, 0.3),
      measured('postfix', 1, 1000, 1.5),
      measured('gatepost', 2, 5000, 0.3),
      measured('postfix', 2, 1000, 1.8),
      measured('gatepost', 3, 6000, 0.3),
      measured('postfix', 3, 1000, 2.1),
    ]),
  )
  assert.match(text, /rate 5\.00× \(4\.00–6\.00\), CPU 1\/6\.00 \(1\/5\.00 to 1\/7\.00\)/)
  assert.match(text, /floor 3×, 1\/3 held/)
  assert.doesNotMatch(text, /Noisy/)
})

test('a missed floor says which part', () => {
  const text = reportText(reportOf([measured('gatepost', 1, 2000, 0.3), measured('postfix', 1, 1000, 1.8)]))
  assert.match(text, /floor 3×, 1\/3 missed: rate below 3×\*\*/)
})

test('floors are judged for Gatepost alone', () => {
  const text = reportText(reportOf([measured('haraka', 1, 500, 3), measured('postfix', 1, 1000, 1.8)]))
  assert.doesNotMatch(text, /floor/)
  assert.match(text, /haraka ÷ postfix: rate 0\.500×, CPU 1\.67×/)
})

test('noise, losses and doubles are stated', () => {
  const loud = { ...measured('gatepost', 1, 4000, 0.3), otherCores: 0.9, lost: 2, doubles: 1 }
  const text = reportText(reportOf([loud, measured('postfix', 1, 1000, 1.5)]))
  assert.match(text, /\*\*Noisy machine\*\*: during 1 of 2/)
  assert.match(text, /\| gatepost † \|/)
  assert.match(text, /w1-4k-one, gatepost, round 1: 2 lost, 1 doubled, 0 failed\./)
})
