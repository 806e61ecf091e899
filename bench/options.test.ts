// The command line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickCells } from './cells.ts'
import { parseOptions, UsageError } from './options.ts'

test('a quick run is one small round that writes no file', () => {
  const { rounds, messages, out, targets } = parseOptions(['--quick'])
  assert.deepEqual({ rounds, messages, out }, { rounds: 1, messages: 600, out: null })
  assert.deepEqual(targets, ['gatepost', 'postfix', 'haraka'])
})

test('a whole run writes the results beside the bench', () => {
  const { rounds, out, cells } = parseOptions(['--rounds', '5', '--cells', 'w1, w2-one'])
  assert.equal(rounds, 5)
  assert.match(out ?? '', /bench\/results\.md$/)
  assert.deepEqual(cells, ['w1', 'w2-one'])
})

test('what is not understood is refused', () => {
  for (const args of [['--rounds', '0'], ['--messages', 'many'], ['--wat'], ['surplus']]) {
    assert.throws(() => parseOptions(args), UsageError)
  }
})

test('cells are picked by the start of their names; quick leaves the slow ones out', () => {
  const names = (wanted: readonly string[], isQuick: boolean) =>
    pickCells(wanted, isQuick).map(({ name }) => name)
  assert.deepEqual(names(['w2'], false), ['w2-one', 'w2-five', 'w2-greylist'])
  assert.deepEqual(names(['w1-tls'], false), ['w1-tls-many', 'w1-tls-resumed'])
  assert.ok(!names([], true).includes('w4-5000'))
  assert.ok(names(['w4'], true).includes('w4-5000'))
  assert.deepEqual(names(['w9'], false), [])
})
