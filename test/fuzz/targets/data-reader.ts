// The data reader against a slow and obvious one, with the bytes cut at random places.
import assert from 'node:assert/strict'
import { bareLineEnding, DataReader, LineEndingCheck, stuffDots } from '@gatepost/mail/data.ts'
import type { Random } from '../random.ts'
import type { Target } from '../target.ts'

export const dataReader: Target = {
  name: 'data-reader',
  seeds: [
    'a\r\n.\r\nQUIT\r\n',
    '.\r\n',
    'A: b\r\n\r\n..x\r\n.y\r\n\r\n.\r\nRSET\r\n',
    `${'long line '.repeat(90)}\r\n.\r\n`,
    'a\nb\r\n.\r\n',
    'a\rb\r\n.\r\n',
  ],
  words: [
    '\r\n',
    '\r\n.',
    '\r\n.\r\n',
    '\n.\n',
    '\r.\r',
    '\r',
    '\n',
    '.',
    '..',
    '\r\n.\r',
    '\0',
    '.\n',
    '\r\r\n',
  ],
  check(input, random) {
    const reader = new DataReader()
    const check = new LineEndingCheck()
    for (const piece of pieces(input, random)) {
      reader.push(piece)
      check.push(piece)
    }
    assert.deepEqual(
      {
        done: reader.done,
        fault: reader.fault,
        size: reader.size,
        content: Buffer.from(reader.content()).toString('latin1'),
        rest: Buffer.from(reader.rest).toString('latin1'),
      },
      expected(input),
    )
    const bare = /\r(?!\n)|(?<!\r)\n/.exec(input.toString('latin1'))
    assert.equal(check.end(), bare === null ? null : bare[0] === '\r' ? 'bare-cr' : 'bare-lf')
    checkStuffing(input)
  },
}

function pieces(input: Buffer, random: Random): Buffer[] {
  const list: Buffer[] = []
  const most = random.pick([1, 2, 3, 7, 100, input.length + 1])
  // Byte by byte through a long input would show nothing more.
  const least = input.length > 5000 ? 500 : 1
  for (let at = 0; at < input.length; ) {
    const length = Math.max(least, 1 + random.below(most))
    list.push(input.subarray(at, at + length))
    at += length
  }
  return list
}

/** What RFC 5321 §4.5.2 says, by plain string operations. */
function expected(input: Buffer) {
  const text = `\r\n${input.toString('latin1')}`
  const end = text.indexOf('\r\n.\r\n')
  const done = end !== -1
  const raw = (done ? text.slice(0, end + 2) : text).slice(2)
  const fault = bareIn(raw, done)
  const held = done ? raw : withoutOpenEnd(raw)
  const content = `\r\n${held}`.replaceAll('\r\n.', '\r\n').slice(2)
  return {
    done,
    fault,
    size: content.length,
    content: fault === null ? content : '',
    rest: done ? text.slice(end + 5) : '',
  }
}

function bareIn(raw: string, done: boolean): string | null {
  const bare = (done ? /\r(?!\n)|(?<!\r)\n/ : /\r(?!\n|$)|(?<!\r)\n/).exec(raw)
  return bare === null ? null : bare[0] === '\r' ? 'bare-cr' : 'bare-lf'
}

/** The reader holds back a CR that may belong to the end of data. */
function withoutOpenEnd(raw: string): string {
  return raw === '.\r' || raw.endsWith('\r\n.\r') ? raw.slice(0, -1) : raw
}

function checkStuffing(content: Buffer): void {
  if (bareLineEnding(content) !== null) return
  const reader = new DataReader()
  reader.push(Buffer.concat([stuffDots(content), Buffer.from('.\r\n')]))
  const ended = content.length === 0 || content.subarray(-2).toString() === '\r\n'
  assert.equal(reader.done && reader.rest.length === 0 && reader.fault === null, true)
  assert.equal(
    Buffer.from(reader.content()).toString('latin1'),
    content.toString('latin1') + (ended ? '' : '\r\n'),
  )
}
