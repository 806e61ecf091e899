// Bare CR and bare LF become CRLF, and nothing else changes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasBareLineEnding, withCrlf } from './line-endings.ts'

const cases: readonly (readonly [text: string, expected: string])[] = [
  ['', ''],
  ['a\r\nb\r\n', 'a\r\nb\r\n'],
  ['a\nb\n', 'a\r\nb\r\n'],
  ['a\rb', 'a\r\nb'],
  ['a\r\r\nb', 'a\r\n\r\nb'],
  ['\n\r', '\r\n\r\n'],
  ['é\n', 'é\r\n'],
]

for (const [text, expected] of cases) {
  test(`${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, () => {
    const bytes = Buffer.from(text)
    const made = withCrlf(bytes)
    assert.equal(Buffer.from(made).toString(), expected)
    assert.equal(hasBareLineEnding(bytes), text !== expected)
    assert.equal(hasBareLineEnding(made), false)
  })
}
