// Texts written to tire the patterns that look at them: scoring happens where SMTP is spoken, and mail of
// 60 KB must not stop that (abuse case 46).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scoreContent } from './score.ts'

const SIZE = 60_000
/** Without the square of the length each takes some milliseconds; with it, seconds. */
const MS_MAX = 1_000

const cases: readonly (readonly [string, string, string])[] = [
  ['a mark that is never closed', `[${' '.repeat(SIZE)}x`, ''],
  ['a mark with stars', `[spam${' '.repeat(SIZE)}x`, ''],
  ['spaces before the last word but one', `a${' '.repeat(SIZE)}b c`, ''],
  ['empty lines', '', `${'\r\n'.repeat(SIZE / 2)}x`],
  ['lines that look like code', '', `${'return (;\r\n'.repeat(6_000)}x`],
  ['apostrophes', '', `${"'".repeat(SIZE)}x`],
  ['stars', '*'.repeat(SIZE), '*'.repeat(SIZE)],
  ['opening brackets', '('.repeat(SIZE), '('.repeat(SIZE)],
  ['digits and brackets', '1('.repeat(SIZE / 2), '1('.repeat(SIZE / 2)],
  ['at signs', '@'.repeat(SIZE), 'a@'.repeat(SIZE / 2)],
]

for (const [name, subject, body] of cases) {
  test(`${name}: scored in no time`, () => {
    const header = `From: "${subject.slice(0, 30_000)}" <a@bright.example>\r\nSubject: ${subject}\r\n\r\n`
    const from = performance.now()
    const content = Buffer.from(header + body)
    scoreContent({ content, reversePath: null, helo: '', clientIp: '', authentication: null }, null)
    const took = performance.now() - from
    assert.ok(took < MS_MAX, `${Math.round(took)} ms`)
  })
}
