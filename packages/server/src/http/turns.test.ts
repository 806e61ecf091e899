// Of two changes with the same revision one wins, and nothing is kept of things that nobody works on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Turns } from './turns.ts'

test('changes of one thing follow each other, those of others do not wait', async () => {
  const turns = new Turns()
  let revision = 5
  const change = async (expected: number): Promise<number> => {
    if (expected !== revision) throw new Error('changed meanwhile')
    await wait(5)
    revision += 1
    return revision
  }
  let isHeld = true
  const held = turns.take('other', async () => {
    while (isHeld) await wait(1)
  })
  const all = await Promise.allSettled([5, 5, 6].map((expected) => turns.take('one', () => change(expected))))
  assert.deepEqual(
    all.map((one) => (one.status === 'fulfilled' ? one.value : 'refused')),
    [6, 'refused', 7],
  )
  assert.equal(turns.size, 1)
  isHeld = false
  await held
  assert.equal(turns.size, 0)
})
