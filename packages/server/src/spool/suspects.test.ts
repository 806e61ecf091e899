// Who is handed out after a death, and with whom.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Suspects, type Turn } from './suspects.ts'

const THERE = 1000

function taker(suspects: Suspects) {
  return (id: string, claims: number, number = 1): Turn => suspects.take({ id, number, claims })
}

test('what was in no hand at a death goes with all others, and is counted once', () => {
  const suspects = new Suspects(THERE)
  const take = taker(suspects)
  for (let i = 0; i < 200; i++) assert.equal(take(`a${i}`, 0), 'claim')
  assert.equal(take('a0', 1), 'free', 'it came back untried: that is no second death')
  assert.equal(take('new', 0, THERE + 1), 'free')
  assert.equal(suspects.hasLeft, false)
  suspects.settled('a0')
  assert.equal(take('a0', 0), 'claim')
})

test('with one death behind them few go together, with two each goes alone', () => {
  const suspects = new Suspects(THERE)
  const take = taker(suspects)
  const turns = Array.from({ length: 80 }, (_, i) => take(`once${i}`, 1))
  assert.equal(turns.filter((turn) => turn === 'claim').length, 50)
  assert.equal(take('twice', 2), 'later')
  assert.equal(take('never', 0), 'claim', 'the others do not wait for them')
  assert.equal(suspects.hasLeft, true)
  for (let i = 0; i < 50; i++) suspects.settled(`once${i}`)
  suspects.beginLook()
  assert.equal(take('twice', 2), 'claim')
  assert.equal(suspects.hasLeft, false)
  assert.deepEqual([take('again', 2), take('once60', 1), take('other', 0)], ['later', 'later', 'claim'])
  suspects.settled('twice')
  assert.equal(take('once60', 1), 'claim')
})
