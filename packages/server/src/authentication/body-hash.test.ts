// The body hash against a plain reading of RFC 6376, whatever the chunks.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type BodyCanon, BodyHash } from './body-hash.ts'
import { canonicalBody } from './signing.fixture.ts'

function hashOf(
  body: string,
  canon: BodyCanon,
  options: { readonly length?: number; readonly cuts?: readonly number[] } = {},
) {
  const hash = new BodyHash({ canon, algorithm: 'sha256', length: options.length ?? null })
  let from = 0
  for (const cut of [...(options.cuts ?? []), body.length]) {
    hash.write(Buffer.from(body.slice(from, cut), 'latin1'))
    from = cut
  }
  return hash.digest()
}

function plainHashOf(body: string, canon: BodyCanon, length?: number) {
  const canonical = canonicalBody(body, canon)
  const hash = createHash('sha256').update(canonical.slice(0, length), 'latin1').digest('base64')
  return { hash, total: canonical.length }
}

const BODIES = [
  '',
  '\r\n',
  '\r\n\r\n\r\n',
  ' \t\r\n \r\n',
  'a',
  'a\r\n',
  'a \r\n\r\n\r\n',
  ' C \r\nD \t E\r\n\r\n\r\n',
  '\r\n\r\nx\r\n\r\ny  \r\n',
  ' leading\r\n\tleading\r\ntrailing \t\r\n',
  'two  spaces, a\ttab, and a   run \r\n',
  'no ending  ',
  'no ending\r\n\r\n ',
  'x\r\n'.repeat(40_000),
  `${'words here  and \r\n'.repeat(200)}\r\n${'QUJDREVG'.repeat(9)}\r\n${`${'QUJDREVG'.repeat(9)}\r\n`.repeat(99)}\r\n\r\n`,
  `${`${'QUJDREVG'.repeat(9)}\r\n`.repeat(99)}\r\n\r\n \r\n\t\r\nend`,
  `${'QUJD\r'.repeat(200)}\n\r\n`,
  `${'long '.repeat(20_000)}\r\n`,
  '\r\n'.repeat(50_000),
  'ÿ\xa0\x85 \x00 nul and  high octets\r\n',
]

test('both canonicalisations, whole and with every length', () => {
  for (const body of BODIES) {
    for (const canon of ['simple', 'relaxed'] as const) {
      assert.deepEqual(hashOf(body, canon), plainHashOf(body, canon), JSON.stringify(body.slice(0, 40)))
      for (const length of [0, 1, 2, 5, 10_000]) {
        assert.deepEqual(hashOf(body, canon, { length }), plainHashOf(body, canon, length))
      }
    }
  }
})

test('the chunks make no difference', () => {
  const alphabet = [
    'a',
    'bc',
    ' ',
    '  ',
    '\t',
    '\r\n',
    '\r\n',
    '\r\n\r\n',
    ' \r\n',
    'word word\r\n',
    'QUJDREVG'.repeat(40),
  ]
  let seed = 7
  const next = (max: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % max
  }
  for (let round = 0; round < 2_000; round++) {
    const body = Array.from({ length: next(20) }, () => alphabet[next(alphabet.length)]).join('')
    const cuts = Array.from({ length: next(6) }, () => next(body.length + 1)).sort((a, b) => a - b)
    for (const canon of ['simple', 'relaxed'] as const) {
      assert.deepEqual(
        hashOf(body, canon, { cuts }),
        plainHashOf(body, canon),
        JSON.stringify({ body, cuts }),
      )
    }
  }
})
