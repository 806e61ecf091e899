// What of JSON no database stores is replaced, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storableJson } from './storable-json.ts'

test('NUL and halves of pairs are replaced, whatever stands before them', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a\0b', 'a\ufffdb'],
    ['\ud83d\ude00 whole, \ud83d half', '\ud83d\ude00 whole, \ufffd half'],
    ['low \ude00', 'low \ufffd'],
    ['\u0001\ude00', '\u0001\ufffd'],
    ['\0\ude00\ud83d', '\ufffd\ufffd\ufffd'],
    ['back\\slash \\u0000 and "quote"', 'back\\slash \\u0000 and "quote"'],
  ]
  for (const [text, kept] of cases) assert.equal(JSON.parse(storableJson(JSON.stringify(text))), kept)
  const written = '["\\u0041\\uD83D\\uDE00\\ud83d","\\\\u0000"]'
  assert.deepEqual(JSON.parse(storableJson(written)), ['A\ud83d\ude00\ufffd', '\\u0000'])
})
