// SASLprep by the examples of RFC 4013 §3, and what else must not differ or must not pass.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saslprep } from './saslprep.ts'

const prepared: readonly (readonly [string, string])[] = [
  ['I\u00ADX', 'IX'],
  ['user', 'user'],
  ['USER', 'USER'],
  ['\u00AA', 'a'],
  ['\u2168', 'IX'],
  ['a\u00A0b', 'a b'],
  ['e\u0301', '\u00E9'],
  ['\u0627\u0628', '\u0627\u0628'],
]

test('the examples of RFC 4013 §3', () => {
  for (const [text, expected] of prepared) {
    const result = saslprep(text)
    assert.ok(result.ok, JSON.stringify(text))
    assert.equal(result.value, expected)
  }
})

test('what is prohibited, or runs in two directions, is refused', () => {
  for (const text of ['\u0007', 'a\nb', '\u0627\u0031', 'a\u0627', '\uE000', '\uFFFD', 'x'.repeat(1_025)]) {
    assert.equal(saslprep(text).ok, false, JSON.stringify(text))
  }
})
