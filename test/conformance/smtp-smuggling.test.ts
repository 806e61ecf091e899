// The twelve wrong ends of data that servers were smuggled through: none ends a message here, none is sent
// on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareLineEnding, DataReader, stuffDots } from '@gatepost/mail/data.ts'
import { readTestdata, skipWithout } from './testdata.ts'

type Terminator = { readonly name: string; readonly bytes_b64: string }

const skip = skipWithout('smtp', 'smuggling-terminators.json')
const terminators: readonly Terminator[] = skip
  ? []
  : JSON.parse(readTestdata('smtp', 'smuggling-terminators.json').toString())

/** Those two hold NUL bytes but no bare CR or LF: they are lines like any other. */
const WITHOUT_BARE_ENDING = new Set(['crlf.nul.crlf', 'crlf.dot.nul.crlf'])

const HEAD = 'From: a@sender.example\r\nSubject: x\r\n\r\nfirst'
const SMUGGLED =
  'MAIL FROM:<admin@ours.example>\r\nRCPT TO:<b@ours.example>\r\nDATA\r\nSubject: y\r\n\r\nsecond'

test('the suite is complete', { skip }, () => {
  assert.equal(terminators.length, 12)
})

for (const { name, bytes_b64 } of terminators) {
  test(`abuse 1: ${name} ends no message`, () => {
    const wrong = Buffer.from(bytes_b64, 'base64')
    const wire = Buffer.concat([Buffer.from(HEAD), wrong, Buffer.from(`${SMUGGLED}\r\n.\r\nQUIT\r\n`)])
    for (const piece of [1, 2, 3, 5, 7, wire.length]) {
      const reader = new DataReader()
      for (let at = 0; at < wire.length; at += piece) {
        const chunk = wire.subarray(at, at + piece)
        reader.push(chunk)
        // The one true end lies behind the smuggled message.
        assert.equal(
          reader.done,
          at + chunk.length >= wire.length - 'QUIT\r\n'.length,
          `by ${piece} at ${at}`,
        )
      }
      assert.equal(Buffer.from(reader.rest).toString(), 'QUIT\r\n')
      if (WITHOUT_BARE_ENDING.has(name)) assert.equal(reader.fault, null)
      else assert.match(String(reader.fault), /^bare-(cr|lf)$/)
    }
  })

  test(`abuse 1: ${name} is never part of what our client may send`, () => {
    const content = Buffer.concat([
      Buffer.from(HEAD),
      Buffer.from(bytes_b64, 'base64'),
      Buffer.from(`${SMUGGLED}\r\n`),
    ])
    if (!WITHOUT_BARE_ENDING.has(name)) {
      assert.notEqual(bareLineEnding(content), null)
      return
    }
    const reader = new DataReader()
    reader.push(Buffer.concat([stuffDots(content), Buffer.from('.\r\n')]))
    assert.equal(reader.done, true)
    assert.equal(reader.rest.length, 0)
    assert.deepEqual(Buffer.from(reader.content()), content)
  })
}
