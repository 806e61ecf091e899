// What content a next hop without an extension can take, however the pieces fall.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ContentNeed } from './capabilities.ts'
import { unmetNeed } from './content-needs.ts'

const HEADER = 'Subject: h\u00e9\r\nX: 1\r\n\r\n'
const LINE = 'x'.repeat(998)

describe('unmetNeed', () => {
  const cases: [name: string, text: string, needs: ContentNeed[], status: string | null][] = [
    ['ASCII', 'Subject: hi\r\n\r\nhello\r\n', ['ascii-header', 'seven-bit'], null],
    ['8 bit in the body', 'Subject: hi\r\n\r\nh\u00e9\r\n', ['seven-bit'], '5.6.3'],
    ['8 bit in the body alone', 'Subject: hi\r\n\r\nh\u00e9\r\n', ['ascii-header'], null],
    ['8 bit in the header', `${HEADER}hello\r\n`, ['ascii-header', 'seven-bit'], '5.6.7'],
    ['the first need it fails', `${HEADER}hello\r\n`, ['text-lines', 'seven-bit'], '5.6.3'],
    ['lines as long as they may be', `${LINE}\r\n${LINE}\r\n`, ['text-lines'], null],
    ['a line too long', `a\r\n${LINE}x\r\n`, ['text-lines'], '5.6.3'],
    ['NUL', 'a\0b\r\n', ['text-lines'], '5.6.3'],
  ]
  for (const [name, text, needs, status] of cases) {
    for (const size of [1, 3, 10_000]) {
      it(`${name}, pieces of ${size}`, async () => {
        const bytes = Buffer.from(text)
        const pieces: Uint8Array[] = []
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
        assert.equal((await unmetNeed(pieces, needs))?.status ?? null, status)
      })
    }
  }

  it('keeps nothing of what it looks through, and ends with the first fault', async () => {
    let read = 0
    async function* large() {
      const room = Buffer.alloc(65_536, 'x')
      for (; read < 1_000; read += 1) {
        if (read === 10) room[7] = 200
        yield room
      }
    }
    assert.equal((await unmetNeed(large(), ['seven-bit']))?.status, '5.6.3')
    assert.equal(read, 10)
  })
})
