// Bytes and text: nothing lost on the way, and searches that find what is there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  concat,
  copyOf,
  decodeText,
  decodeUtf8Strict,
  encodeUtf8,
  equalBytes,
  fromLatin1,
  hasControls,
  indexOfBytes,
  indexOfCrlf,
  ownText,
  toLatin1,
  utf8Length,
  withoutControls,
} from './bytes.ts'

test('a copy of a part does not keep the whole', () => {
  const part = Buffer.alloc(65_536, 7).subarray(10, 13)
  const copy = copyOf(part)
  assert.deepEqual([...copy], [7, 7, 7])
  assert.equal(copy.buffer.byteLength, 3)
})

test('every byte survives as a character', () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i & 255)
  assert.deepEqual(fromLatin1(toLatin1(bytes)), bytes)
  assert.equal(toLatin1(bytes, 65, 68), 'ABC')
  assert.deepEqual(fromLatin1('a€'), Uint8Array.of(97, 63))
})

test('UTF-8, strict and with a way back', () => {
  assert.equal(decodeUtf8Strict(Uint8Array.of(0xc3)), null)
  assert.equal(decodeUtf8Strict(Uint8Array.of(0xef, 0xbb, 0xbf, 97)), '\ufeffa')
  assert.equal(decodeText(Uint8Array.of(0xfc)), 'ü')
  assert.equal(decodeText(encodeUtf8('ü€')), 'ü€')
  for (const text of ['', 'a', 'ü', '€', '😀', 'aü€😀'])
    assert.equal(utf8Length(text), encodeUtf8(text).length, text)
})

test('searching and joining', () => {
  assert.equal(indexOfCrlf(encodeUtf8('a\nb\r\n')), 3)
  assert.equal(indexOfCrlf(encodeUtf8('\r\n')), 0)
  assert.equal(indexOfCrlf(encodeUtf8('\r\n'), 1), -1)
  assert.equal(indexOfBytes(encodeUtf8('aab aabc'), encodeUtf8('aabc')), 4)
  assert.equal(indexOfBytes(encodeUtf8('aa'), encodeUtf8('aab')), -1)
  assert.equal(indexOfBytes(encodeUtf8('aa'), new Uint8Array()), 0)
  const one = encodeUtf8('x')
  assert.equal(concat([one]), one)
  assert.equal(equalBytes(concat([one, encodeUtf8('yz'), new Uint8Array()]), encodeUtf8('xyz')), true)
  assert.equal(equalBytes(one, encodeUtf8('y')), false)
})

test('control characters and line separators', () => {
  assert.equal(withoutControls('a\r\nb\u2028c\u0085d'), 'a  b c d')
  assert.equal(hasControls('a\tb') && hasControls('\u007f') && !hasControls('aü €'), true)
})

test('ownText returns the same text, whatever it is', () => {
  const texts = [
    '',
    'a',
    'x'.repeat(12),
    'x'.repeat(13),
    'x'.repeat(1024),
    'x'.repeat(1025),
    'grüße an alle hier',
    '\u{1f600}'.repeat(9),
  ]
  for (const text of texts) assert.equal(ownText(` ${text} `.slice(1, -1)), text)
})
