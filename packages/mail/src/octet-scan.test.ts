// The search sixteen octets at a time finds what a plain loop finds, wherever it lies in its sixteen and at
// the borders of blocks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1, toLatin1 } from './bytes.ts'
import { holdsLineOf, holdsOddPair, oddPairsIn, SCAN_OCTETS_MAX } from './octet-scan.ts'

/** By the words of the docstring, one octet after the other. */
function oddPair(text: string, from: number): number {
  for (let at = from; at < text.length - 1; at++) {
    const pair = text.slice(at, at + 2)
    if ((pair[0] === '\r') !== (pair[1] === '\n') || pair === '\n.') return at
  }
  return text.length
}

const PIECES = [
  '\r\n',
  '\r\n',
  '\r',
  '\n',
  '.',
  '\r\n.',
  'a',
  'begin 644',
  'b',
  'x'.repeat(61),
  'y'.repeat(300),
]

test('every find of random texts, short ones and long ones', () => {
  let seed = 11
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff
    return seed % below
  }
  for (let round = 0; round < 400; round++) {
    let text = ''
    for (let i = random(24); i >= 0; i--) text += PIECES[random(PIECES.length)]
    const octets = fromLatin1(text)
    const search = oddPairsIn(octets)
    for (let at = 0; at < octets.length; ) {
      const found = search(at)
      assert.equal(found, oddPair(text, at), JSON.stringify([text, at]))
      at = found + 1
    }
    assert.equal(holdsOddPair(octets), oddPair(text, 0) < text.length)
    assert.equal(holdsLineOf(octets, 'begin'), /(?:^|\n)begin/.test(text), JSON.stringify(text))
  }
})

test('each place of sixteen, and none in what an earlier search left behind', () => {
  for (let at = 1_000; at < 1_032; at++) {
    const octets = new Uint8Array(2_000).fill(120)
    octets[at] = 13
    assert.equal(oddPairsIn(octets)(0), at)
    assert.equal(oddPairsIn(octets)(at + 1), octets.length)
    assert.equal(oddPairsIn(octets.subarray(0, at + 1))(0), at + 1, 'a last octet has none behind it')
    assert.equal(oddPairsIn(octets.subarray(0, at))(0), at)
  }
})

test('across the borders of blocks', () => {
  for (const shift of [-2, -1, 0, 1]) {
    const octets = new Uint8Array(SCAN_OCTETS_MAX * 2).fill(120)
    assert.equal(holdsOddPair(octets), false)
    octets.set(fromLatin1('\r\n.'), SCAN_OCTETS_MAX - 2 + shift)
    assert.equal(holdsOddPair(octets), true)
    octets.set(fromLatin1('\r\nbegin'), SCAN_OCTETS_MAX - 2 + shift)
    assert.equal(holdsOddPair(octets), false, toLatin1(octets, SCAN_OCTETS_MAX - 4, SCAN_OCTETS_MAX + 6))
    assert.equal(holdsLineOf(octets, 'begin'), true)
    assert.equal(holdsLineOf(octets, 'begun'), false)
  }
})
