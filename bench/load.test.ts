// Generator against sink: every message counted once, doubles and strays told apart, refusals and idle
// sessions seen.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { compileLoad, holdSessions, runLoad, Sink } from './load.ts'

const skip = spawnSync('gcc', ['--version']).status === 0 ? false : 'gcc is not installed'

describe('generator and sink', { skip }, () => {
  let sink: Sink

  before(async () => {
    await compileLoad()
    sink = await Sink.start()
  })
  after(() => sink.stop())

  for (const [perConnection, sizeBytes] of [
    [1, 4096],
    [0, 4096],
    [3, 51_200],
  ] as const) {
    test(`${perConnection} a connection of ${sizeBytes} bytes`, async () => {
      const run = perConnection + sizeBytes
      await sink.expect(run, 100)
      const plan = { mode: 'mail', port: sink.port, sessions: 5, messages: 100 } as const
      const load = await runLoad({ ...plan, perConnection, sizeBytes, run })
      assert.deepEqual([load.done, load.failed, load.errors], [100, 0, 0])
      const { distinct, doubles, strays, lastAt } = await sink.count()
      assert.deepEqual([distinct, doubles, strays], [100, 0, 0])
      assert.ok(lastAt > load.startedAt && lastAt <= load.endedAt)
    })
  }

  test('a second delivery is a double, another run a stray', async () => {
    await sink.expect(1, 10)
    const plan = { mode: 'mail', port: sink.port, sessions: 1, perConnection: 0 } as const
    await runLoad({ ...plan, messages: 10, run: 1 })
    await runLoad({ ...plan, messages: 4, run: 1 })
    await runLoad({ ...plan, messages: 3, run: 2 })
    const { distinct, doubles, strays } = await sink.count()
    assert.deepEqual([distinct, doubles, strays], [10, 4, 3])
  })

  test('the number is found behind folded trace fields, split anywhere', async () => {
    await sink.expect(7, 5)
    const head = 'EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<u@example.org>\r\nDATA\r\n'
    const mail =
      'Received: from x\r\n\tby y; now\r\nX-Bench-Id: 7-3\r\nSubject: s\r\n\r\nbody\r\n.\r\nQUIT\r\n'
    const socket = connect(sink.port, '127.0.0.1').setNoDelay(true).resume()
    for (const byte of head + mail) await new Promise((done) => socket.write(byte, done))
    await once(socket, 'close')
    assert.deepEqual((await sink.count()).distinct, 1)
  })

  test('a recipient that is accepted where 550 was expected is a failure', async () => {
    const load = await runLoad({
      mode: 'reject',
      port: sink.port,
      sessions: 2,
      messages: 6,
      perConnection: 3,
    })
    assert.deepEqual([load.done, load.failed], [0, 6])
    assert.match(load.lastError, /^rcpt: 250/)
  })

  test('idle sessions stand until they are let go', async () => {
    let standing = 0
    const plan = { mode: 'hold', port: sink.port, sessions: 250, timeoutSeconds: 10 } as const
    const load = await holdSessions(plan, async (held) => {
      standing = held
    })
    assert.deepEqual([standing, load.held, load.dropped], [250, 250, 0])
  })
})
