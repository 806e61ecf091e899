// Turns: who reads too much in one turn of the loop goes on in a later one, first come first served.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Reader, Turns } from './turns.ts'

const MEBIBYTE = 1_048_576
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a turn has its limit, and every reader goes on', async () => {
  const turns = new Turns()
  const resumed: number[] = []
  const readers = Array.from({ length: 80 }, (_, i): Reader => ({ goOn: () => resumed.push(i) }))
  assert.equal(turns.read(4 * MEBIBYTE, readers[0]!), true)
  for (const reader of readers) assert.equal(turns.read(65_536, reader), false)
  turns.forget(readers[1]!)
  await nextTurn()
  assert.equal(resumed.length, 32)
  assert.equal(turns.read(MEBIBYTE, readers[0]!), true, 'a new turn begins at nothing')
  await nextTurn()
  await nextTurn()
  assert.deepEqual(
    resumed,
    readers.map((_, i) => i).filter((i) => i !== 1),
  )
})

test('commands count for more than their octets, and those that are too many wait for their turn', async () => {
  const turns = new Turns()
  let commands = 1
  while (turns.command()) commands++
  assert.ok(commands > 100 && commands < 2_000, `${commands} commands a turn`)
  let isTurn = false
  const waiting = turns.next().then(() => {
    isTurn = true
  })
  await Promise.resolve()
  assert.equal(isTurn, false)
  await waiting
  assert.equal(turns.command(), true)
})
