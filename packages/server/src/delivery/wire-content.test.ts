// The bytes on the wire: trace fields, cuts and dots, the same whether whole or streamed in any chunks.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { envelopeOf } from '#spool/spool.fixture.ts'
import { wireContent, wireStream } from './wire-content.ts'

const cases: [name: string, content: string, cuts: [number, number][], expected: string][] = [
  ['plain', 'a: b\r\n\r\nx\r\n', [], 'T: 1\r\na: b\r\n\r\nx\r\n'],
  ['dots', '.a\r\n..\r\nb.\r\n.\r\n', [], 'T: 1\r\n..a\r\n...\r\nb.\r\n..\r\n'],
  ['no end of line', 'x', [], 'T: 1\r\nx\r\n'],
  ['a CR at the end', 'x\r', [], 'T: 1\r\nx\r\r\n'],
  [
    'cuts',
    'aa\r\nbb\r\ncc\r\n.d\r\n',
    [
      [0, 4],
      [8, 12],
    ],
    'T: 1\r\nbb\r\n..d\r\n',
  ],
  ['a cut before a dot', 'aa\r\nbb\r\n.d\r\n', [[4, 8]], 'T: 1\r\naa\r\n..d\r\n'],
  ['nothing', '', [], 'T: 1\r\n'],
]

describe('wire content', () => {
  for (const [name, content, cuts, expected] of cases) {
    const envelope = envelopeOf({ traceFields: 'T: 1\r\n', cuts })
    it(`${name}, whole`, () => {
      assert.equal(Buffer.from(wireContent(envelope, [Buffer.from(content)])).toString('latin1'), expected)
      assert.equal(Buffer.from(wireContent(envelope, pieces(content, 1))).toString('latin1'), expected)
    })
    for (const size of [1, 2, 3, 5, 100]) {
      it(`${name}, streamed by ${size}`, async () => {
        const parts: Uint8Array[] = []
        for await (const part of wireStream(envelope, reusing(pieces(content, size)))) {
          parts.push(new Uint8Array(part))
        }
        assert.equal(Buffer.concat(parts).toString('latin1'), expected)
      })
    }
  }

  it('stuffs a dot at the very start when there are no trace fields', () => {
    assert.equal(
      Buffer.from(wireContent(envelopeOf({ traceFields: '' }), [Buffer.from('.\r\n')])).toString(),
      '..\r\n',
    )
  })
})

function pieces(text: string, size: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let from = 0; from < text.length; from += size)
    parts.push(Buffer.from(text.slice(from, from + size), 'latin1'))
  return parts
}

/** As the spool reads a file: every chunk in the same memory. */
async function* reusing(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const memory = Buffer.alloc(100)
  for (const part of parts) {
    memory.fill(0)
    memory.set(part)
    yield memory.subarray(0, part.length)
  }
}
