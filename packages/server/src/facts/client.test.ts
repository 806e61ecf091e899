// Client names: looked up once, remembered, and never waited for long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dns } from '#platform/dns-types.ts'
import { ClientNames, FACT_WAIT_MS, FAILURE_TTL_MS, NAME_WAIT_MS } from './client.ts'

type Answer = Awaited<ReturnType<Dns['confirmedName']>>

const found = (...names: string[]): Answer => ({ kind: 'found', name: names[0]!, names, ttl: 600 })

function setUp(answer: () => Promise<Answer>) {
  let now = 0
  let asked = 0
  const sleeps: { readonly ms: number; readonly wake: () => void }[] = []
  const dns = {
    confirmedName: () => {
      asked++
      return answer()
    },
  } as unknown as Dns
  const clock = {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => sleeps.push({ ms, wake })),
  }
  const names = new ClientNames(dns, clock)
  return {
    names,
    sleeps,
    asked: () => asked,
    later: (ms: number) => {
      now += ms
    },
  }
}

test('a name is asked for once and then known at once', async () => {
  const { names, asked, later } = setUp(() => Promise.resolve(found('mx.sender.example')))
  assert.equal(names.peek('192.0.2.1'), undefined)
  names.start('192.0.2.1')
  assert.equal(await names.name('192.0.2.1'), 'mx.sender.example')
  assert.equal(names.name('192.0.2.1'), 'mx.sender.example')
  assert.equal(asked(), 1)
  later(300_001)
  await names.name('192.0.2.1')
  assert.equal(asked(), 2)
})

test('a look-up that hangs costs a second, and its answer still serves the next message', async () => {
  let finish: (answer: Answer) => void = () => undefined
  const { names, sleeps } = setUp(
    () =>
      new Promise((resolve) => {
        finish = resolve
      }),
  )
  const first = names.name('192.0.2.1')
  assert.equal(sleeps[0]?.ms, NAME_WAIT_MS)
  sleeps[0]?.wake()
  assert.equal(await first, null)
  finish(found('late.example'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(names.name('192.0.2.1'), 'late.example')
})

test('no name and a failure are both null; the failure is tried again soon', async () => {
  const { names, asked, later } = setUp(() => Promise.resolve({ kind: 'failed', why: 'time-out' }))
  assert.equal(await names.name('192.0.2.1'), null)
  assert.equal(names.name('192.0.2.1'), null)
  later(FAILURE_TTL_MS + 1)
  await names.name('192.0.2.1')
  assert.equal(asked(), 2)
})

test('all confirmed names are a fact that lives as long as its records; a failure is unknown', async () => {
  const world = { answer: { ...found('a.sender.example', 'b.sender.example'), ttl: 20 } as Answer }
  const { names, asked, later } = setUp(() => Promise.resolve(world.answer))
  const value = ['a.sender.example', 'b.sender.example']
  assert.deepEqual(await names.names('192.0.2.1'), { kind: 'known', value })
  assert.deepEqual(names.names('192.0.2.1'), { kind: 'known', value })
  later(20_001)
  world.answer = { kind: 'failed', why: 'time-out' }
  assert.deepEqual(await names.names('192.0.2.1'), { kind: 'unknown', why: 'time-out' })
  later(FAILURE_TTL_MS + 1)
  world.answer = { kind: 'none' }
  assert.deepEqual(await names.names('192.0.2.1'), { kind: 'known', value: [] })
  assert.equal(asked(), 3)
})

test('names that do not come in time are unknown, never none', async () => {
  const { names, sleeps } = setUp(() => new Promise(() => undefined))
  const asking = names.names('192.0.2.1')
  assert.equal(sleeps[0]?.ms, FACT_WAIT_MS)
  sleeps[0]?.wake()
  assert.equal((await asking).kind, 'unknown')
})
