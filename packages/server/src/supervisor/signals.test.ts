// What signals do to a gateway: the first one drains it, and nothing but an impatient Ctrl-C cuts that short.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { untilSignal } from './signals.ts'

function watched(terminal: boolean) {
  const process = new EventEmitter()
  const said: string[] = []
  const time = { now: 0 }
  const stopped = untilSignal({
    process,
    terminal,
    restart: () => said.push('restart'),
    abandon: () => said.push('abandon'),
    now: () => time.now,
  })
  stopped.then(() => said.push('stop'))
  return { process, said, time }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a SIGTERM of the service manager and one of the start script drain once', async () => {
  const { process, said, time } = watched(false)
  for (const at of [0, 5, 5_000]) {
    time.now = at
    process.emit('SIGTERM')
  }
  await settled()
  assert.deepEqual(said, ['stop'])
  assert.equal(process.listenerCount('SIGTERM'), 1, 'without a listener the next one would kill us')
})

test('Ctrl-C that reaches us twice at once drains; pressed again later it ends at once', async () => {
  const { process, said, time } = watched(true)
  process.emit('SIGINT')
  process.emit('SIGINT')
  await settled()
  assert.deepEqual(said, ['stop'])
  time.now = 3_000
  process.emit('SIGINT')
  assert.deepEqual(said, ['stop', 'abandon'])
})

test('SIGHUP restarts a service, and ends what a terminal started', async () => {
  const service = watched(false)
  service.process.emit('SIGHUP')
  service.process.emit('SIGHUP')
  const person = watched(true)
  person.process.emit('SIGHUP')
  await settled()
  assert.deepEqual([service.said, person.said], [['restart', 'restart'], ['stop']])
})
