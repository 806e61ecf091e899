// Whether two copies are one message: hosts write the same words and files differently, and other files make
// another message.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extract } from './extract.ts'

const ARRIVED = Date.UTC(2026, 10, 21, 12)

function letter(
  files: readonly string[],
  change: { text?: string; boundary?: string; encoding?: string } = {},
) {
  const { text = 'As promised.', boundary = 'b', encoding = 'base64' } = change
  const parts = files.map((file) =>
    [
      `--${boundary}`,
      'Content-Type: application/pdf; name=offer.pdf',
      `Content-Transfer-Encoding: ${encoding}`,
      'Content-Disposition: attachment; filename=offer.pdf',
      '',
      encoding === 'base64' ? Buffer.from(file).toString('base64') : file,
    ].join('\r\n'),
  )
  const head = ['From: a@b.example', 'Date: Sat, 21 Nov 2026 10:00:00 +0000', 'Message-ID: <1@b.example>']
  const body = [`--${boundary}`, 'Content-Type: text/plain', '', text, ...parts, `--${boundary}--`, '']
  const type = `Content-Type: multipart/mixed; boundary=${boundary}`
  return Buffer.from([...head, type, '', ...body].join('\r\n'))
}

const keyOf = (octets: Uint8Array): string => extract(octets, ARRIVED).sameKey

test('the same words and files are one message, however they are written', () => {
  const one = keyOf(letter(['ten pages']))
  assert.equal(keyOf(letter(['ten pages'], { boundary: 'other' })), one)
  assert.equal(keyOf(letter(['ten pages'], { encoding: '7bit' })), one)
  assert.equal(keyOf(letter(['ten pages'], { text: 'As  promised.\r\n' })), one)
  assert.equal(keyOf(letter(['x', 'y'])), keyOf(letter(['y', 'x'])))
})

test('with another file, or one more, it is another message', () => {
  const keys = [[], ['ten pages'], ['nine pages'], ['ten pages', 'ten pages']].map((files) =>
    keyOf(letter(files)),
  )
  assert.equal(new Set(keys).size, keys.length)
  assert.notEqual(keyOf(letter(['x'], { text: '' })), keyOf(letter(['y'], { text: '' })))
})
