// What is read without a parser is what the parser reads, for any text without a quotation mark.
import assert from 'node:assert/strict'
import test from 'node:test'
import { readCsv } from './csv.ts'
import { isPlainCsv } from './csv-plain.ts'

const SEED = 20261122
const PIECES = ['a@b.example', ' ', ',', ',', ';', '\t', '\n', '\r\n', '\r', 'x', 'é', '\u00a0', "'=1+1", '']

test('any text without quotes gives the rows that the parser gives', async () => {
  const random = numbers(SEED)
  for (let round = 0; round < 400; round += 1) {
    const text = Array.from({ length: 1 + random(40) }, () => PIECES[random(PIECES.length)]!).join('')
    const body = `k,z\n${text}\nuser@acme.example,last`
    assert.ok(isPlainCsv(body, 1_000))
    const plain = await readCsv(body, 1_000)
    // A quoted last row sends the same text through the parser.
    const parsed = await readCsv(`${body}\n"q"`, 1_000)
    assert.ok(plain.kind === 'table' && parsed.kind === 'table')
    assert.deepEqual(plain.rows, parsed.rows.slice(0, -1), JSON.stringify(body))
  }
})

test('rows beyond the limit are told, lines are counted below a hint', async () => {
  assert.deepEqual(await readCsv('a,b\nc,d\ne,f', 2), { kind: 'too-many' })
  const hinted = await readCsv('sep=;\na;b\n\n;\nc;d', 10)
  assert.ok(hinted.kind === 'table')
  assert.deepEqual(
    hinted.rows.map(({ line }) => line),
    [2, 5],
  )
})

/** Repeatable numbers below a bound. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
