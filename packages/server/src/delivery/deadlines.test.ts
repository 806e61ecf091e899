// Who waits has the usual time, whatever becomes of the clock (abuse case 44).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadlines } from './deadlines.ts'

/** A clock and its sleeper, both in our hands. */
function world() {
  let wake = (): void => {}
  const clock = {
    now: 1_000_000,
    sleep: () =>
      new Promise<void>((resolve) => {
        wake = resolve
      }),
  }
  const deadlines = new Deadlines({ now: () => clock.now, sleep: clock.sleep }, 1000)
  const pass = async (ms: number, leapMs = 0): Promise<void> => {
    clock.now += leapMs
    for (let at = 0; at < ms; at += 1000) {
      clock.now += 1000
      wake()
      await new Promise(setImmediate)
    }
  }
  const wait = (ms: number) => {
    const waiting = {
      deadline: deadlines.now() + ms,
      isOver: false,
      expire() {
        waiting.isOver = true
        deadlines.delete(waiting)
      },
    }
    deadlines.add(waiting)
    return waiting
  }
  return { clock, deadlines, pass, wait }
}

test('time passes as it does', async () => {
  const { pass, wait } = world()
  const waiting = wait(300_000)
  await pass(299_000)
  assert.equal(waiting.isOver, false)
  await pass(1000)
  assert.equal(waiting.isOver, true)
})

test('a clock that is set ends nobody and keeps nobody', async () => {
  for (const leap of [3_600_000, -3_600_000]) {
    const { pass, wait, clock, deadlines } = world()
    const before = wait(300_000)
    await pass(100_000, leap)
    const after = wait(300_000)
    await pass(199_000)
    assert.deepEqual([before.isOver, after.isOver], [false, false], `${leap}`)
    await pass(2000)
    assert.deepEqual([before.isOver, after.isOver], [true, false])
    await pass(100_000)
    assert.equal(after.isOver, true)
    assert.equal(deadlines.date(), clock.now, 'certificates are judged by the clock')
  }
})
