// Lines of one dot and NULs are found in whatever pieces they come, and nothing else is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NulLineCheck } from './nul-line.ts'

const cases: readonly [string, boolean][] = [
  ['a\r\n\0.\r\nb', true],
  ['a\r\n.\0\r\nb', true],
  ['\0\0.\0\0\r\n', true],
  ['a\r\n.\r\nb', false],
  ['a\r\n..\0\r\nb', false],
  ['a\r\n\0\r\nb', false],
  ['a\r\nx\0.\r\nb', false],
  ['a\r\n.\0x\r\nb', false],
  ['a\0.\r\n', false],
  ['', false],
]

test('found or not, by one octet or all at once', () => {
  for (const [text, isFound] of cases) {
    const octets = Buffer.from(text, 'latin1')
    for (const size of [1, 2, 3, 5, octets.length || 1]) {
      const check = new NulLineCheck()
      for (let at = 0; at < octets.length; at += size) check.push(octets.subarray(at, at + size))
      assert.equal(check.isFound, isFound, `${JSON.stringify(text)} by ${size}`)
    }
  }
})
