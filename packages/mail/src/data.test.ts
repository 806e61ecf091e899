// The data reader: one end of data only, the same answer however the bytes are cut, and content byte for
// byte.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, fromLatin1, toLatin1 } from './bytes.ts'
import { bareLineEnding, DataReader, LineEndingCheck, stuffDots } from './data.ts'

/** Reads a text cut into pieces of a size; also as Buffer, as a socket gives it. */
function read(text: string, piece = text.length, maxSize?: number) {
  const reader = new DataReader({ maxSize })
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += piece) reader.push(bytes.subarray(at, at + piece))
  const { done, fault, size } = reader
  return { done, fault, size, content: toLatin1(reader.content()), rest: toLatin1(reader.rest) }
}

const good: readonly (readonly [wire: string, content: string, rest: string])[] = [
  ['.\r\n', '', ''],
  ['\r\n.\r\n', '\r\n', ''],
  ['a\r\n.\r\n', 'a\r\n', ''],
  ['a\r\n.\r\nQUIT\r\n', 'a\r\n', 'QUIT\r\n'],
  ['..\r\n.\r\n', '.\r\n', ''],
  ['..a\r\n...\r\n.\r\n', '.a\r\n..\r\n', ''],
  ['.a\r\n.\r\n', 'a\r\n', ''],
  ['a.\r\n.b.\r\n.\r\n.\r\n', 'a.\r\nb.\r\n', '.\r\n'],
  ['A: b\r\n\r\n\0\xff.\r\n.\r\n', 'A: b\r\n\r\n\0\xff.\r\n', ''],
  [
    `${'x'.repeat(2000)}\r\n..${'y'.repeat(2000)}\r\n.\r\nNOOP\r\n`,
    `${'x'.repeat(2000)}\r\n.${'y'.repeat(2000)}\r\n`,
    'NOOP\r\n',
  ],
]

test('content and rest, for every way to cut the bytes', () => {
  for (const [wire, content, rest] of good) {
    for (const piece of [1, 2, 3, 4, 5, 7, 600, wire.length]) {
      assert.deepEqual(
        read(wire, piece),
        { done: true, fault: null, size: content.length, content, rest },
        `${JSON.stringify(wire.slice(0, 40))} by ${piece}`,
      )
    }
  }
})

test('abuse 2: a bare CR or LF is a fault, noticed at the real end', () => {
  for (const [text, fault] of [
    ['a\nb', 'bare-lf'],
    ['\nb', 'bare-lf'],
    ['a\rb', 'bare-cr'],
    ['\rb', 'bare-cr'],
    ['a\r\r\nb', 'bare-cr'],
    ['a\n\rb', 'bare-lf'],
    ['..\nb', 'bare-lf'],
    ['.\nb', 'bare-lf'],
    ['.\rb', 'bare-cr'],
    ['.\r.\r\nb', 'bare-cr'],
    ['.\r\r\nb', 'bare-cr'],
    ['A: b\r\n.\rc\nd', 'bare-cr'],
  ] as const) {
    for (const piece of [1, 2, 3, 100]) {
      const wire = `${text}\r\nmore\r\n.\r\nQUIT\r\n`
      const { done, fault: seen, content, rest } = read(wire, piece)
      assert.deepEqual(
        { done, fault: seen, content, rest },
        { done: true, fault, content: '', rest: 'QUIT\r\n' },
        JSON.stringify([text, piece]),
      )
    }
  }
})

test('too big: nothing is kept, the end is still found', () => {
  const wire = `${'a'.repeat(98)}\r\n`.repeat(20)
  for (const piece of [1, 99, 5000]) {
    const state = read(`${wire}.\r\nRSET\r\n`, piece, 1999)
    assert.deepEqual(state, { done: true, fault: 'too-big', size: 2000, content: '', rest: 'RSET\r\n' })
  }
  assert.equal(read(`${wire}.\r\n`, 64, 2000).fault, null)
})

test('size and memory stay in proportion when content comes byte by byte', () => {
  const reader = new DataReader()
  const text = fromLatin1(`${'.'.repeat(40)}\r\n`)
  for (let i = 0; i < 500; i++)
    for (let at = 0; at < text.length; at++) reader.push(text.subarray(at, at + 1))
  assert.equal(reader.done, false)
  assert.equal(reader.size, 500 * 41)
  assert.ok(reader.chunks().length <= 4)
})

test('abuse 21: no shape of input makes reading slow', () => {
  const million = 1_000_000
  for (const unit of ['\n', '\r', '.', '\r\n', '\r\n.', '\n\r', '.\r', ' ', 'a']) {
    const reader = new DataReader()
    const bytes = fromLatin1(unit.repeat(million / unit.length))
    const start = performance.now()
    reader.push(bytes)
    reader.chunks()
    assert.ok(performance.now() - start < 20_000, JSON.stringify(unit))
  }
})

test('BDAT content is checked for bare line endings across chunks', () => {
  const check = (...parts: string[]) => {
    const reader = new LineEndingCheck()
    for (const part of parts) reader.push(fromLatin1(part))
    return reader.end()
  }
  assert.equal(check('a\r\nb\r\n'), null)
  assert.equal(check('a\r', '\nb'), null)
  assert.equal(check('a\r', 'b'), 'bare-cr')
  assert.equal(check('a\r'), 'bare-cr')
  assert.equal(check('a\r', ''), 'bare-cr')
  assert.equal(check('a', '\nb'), 'bare-lf')
  assert.equal(check('a\r\r\n'), 'bare-cr')
  assert.equal(check(''), null)
  assert.equal(check('x'.repeat(65_535), '\r', '\n'), null)
  assert.equal(check(`${'x'.repeat(65_535)}\r\n`), null)
  assert.equal(bareLineEnding(fromLatin1('a\nb')), 'bare-lf')
})

test('stuffing', () => {
  for (const [content, wire] of [
    ['', ''],
    ['a\r\n', 'a\r\n'],
    ['a', 'a\r\n'],
    ['a\n', 'a\n\r\n'],
    ['.', '..\r\n'],
    ['.\r\n.\r\n', '..\r\n..\r\n'],
    ['a\r\n.b\r\n..\r\n', 'a\r\n..b\r\n...\r\n'],
    ['a.b.\r\n', 'a.b.\r\n'],
  ] as const) {
    assert.equal(toLatin1(stuffDots(fromLatin1(content))), wire)
  }
  const plain = fromLatin1('no dots at line starts\r\n')
  assert.equal(stuffDots(plain), plain)
})

test('stuffing at block borders, and back through the reader', () => {
  for (let pad = 65_530; pad < 65_540; pad++) {
    const content = fromLatin1(`${'x'.repeat(pad)}\r\n.y\r\n${'z'.repeat(65_530)}\r\n..\r\n`)
    const wire = concat([stuffDots(content), fromLatin1('.\r\n')])
    assert.equal(wire.length, content.length + 2 + 3, String(pad))
    const reader = new DataReader()
    reader.push(wire)
    assert.equal(reader.done, true)
    assert.deepEqual(reader.content(), content)
  }
})

test('bare line ends can be kept for what is sent to nobody; the end of data stays as strict', () => {
  const raw = '..a\r\nb\nc\rd\n.\r\n.\re\r\n..f\r.\n.\r\n\r\n.\ng\r\r\n'
  const unstuffed = '.a\r\nb\nc\rd\n.\r\n\re\r\n.f\r.\n.\r\n\r\n\ng\r\r\n'
  const input = fromLatin1(`${raw}.\r\nNOOP`)
  for (let size = 1; size <= input.length; size++) {
    const reader = new DataReader({ keepsBare: true })
    for (let at = 0; at < input.length; at += size) reader.push(input.subarray(at, at + size))
    const found = [reader.done, reader.fault, toLatin1(reader.content()), toLatin1(reader.rest)]
    assert.deepEqual(found, [true, null, unstuffed, 'NOOP'], `in pieces of ${size}`)
  }
})
