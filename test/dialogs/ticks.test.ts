// What a conversation must not cost: a stream that nobody asks for more asks by itself, in a tick for every
// read, and that costs as much as answering a command. A client in a thread of its own talks, so that its
// ticks are not counted.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { World } from './world.ts'

const COMMANDS = 200

if (isMainThread) {
  test('a read costs no tick of its own', async (t) => {
    const world = new World()
    world.describe('config trusted=none')
    const { mx } = await world.open()
    t.after(() => world.close())
    const ticks = t.mock.method(process, 'nextTick')
    const client = new Worker(new URL(import.meta.url), { workerData: mx })
    const [code] = await once(client, 'exit')
    const count = ticks.mock.callCount()
    ticks.mock.restore()
    assert.equal(code, 0, 'every command was answered')
    assert.ok(count < COMMANDS / 2, `${count} ticks for ${COMMANDS} commands, each read by itself`)
  })
} else converse(workerData as number)

/** Says NOOP as often as agreed, each after the answer to the one before. */
function converse(port: number): void {
  let left = COMMANDS
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1')
    if (!/^2\d\d /.test(text)) throw new Error(`unexpected answer: ${text}`)
    if (left-- > 0) socket.write('NOOP\r\n')
    else socket.destroy()
  })
  socket.on('close', () => assert.ok(left < 0, 'the server went before the last answer'))
}
