// Story: an operator restarts the gateway under load; no message that got 250 is lost, and nobody is cut off
// in the middle of one.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { proxyHeader } from '@gatepost/sandbox/proxy-header.ts'
import { startWorld } from '@gatepost/sandbox/world.ts'
import { startLoad } from '../crash/load.ts'
import { arrived, connectAcme } from '../crash/run.ts'
import { eventually } from './lib/api.ts'
import { MAIN, startGateway } from './lib/gateway.ts'

const run = promisify(execFile)

/** A sender on a thin line: its content takes longer than a whole stop may. */
const DRIP_MS = 500
const DRIPS = 18

test('a restart under load loses nothing and cuts no message, not even a slow one', {
  timeout: 240_000,
}, async () => {
  const world = await startWorld()
  const gateway = await startGateway({ env: { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2' } })
  const load = startLoad({
    senders: 8,
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example', 'bob@acme.example'],
  })
  try {
    await connectAcme(world, gateway)
    const slow = slowMessage(gateway.mxPort)
    load.aim(gateway.mxPort)
    await eventually(
      () => load.acknowledged.size,
      (count) => count > 100,
    )
    const before = gateway.pids()
    await run(process.execPath, [MAIN, 'restart'], { env: { GATEPOST_DATA: gateway.data } })
    await eventually(
      () => gateway.output().includes('supervisor.restart.done'),
      (isDone) => isDone,
      60_000,
    )
    const atEnd = load.acknowledged.size
    await eventually(
      () => load.acknowledged.size,
      (count) => count > atEnd + 100,
    )
    load.aim(null)
    await load.stop()
    await arrived(world, load)
    const after = gateway.pids()
    assert.equal(after[0], before[0], 'the supervisor stays')
    assert.equal(after.slice(1).filter((pid) => before.includes(pid)).length, 0, 'every child is a new one')
    assert.deepEqual([...load.unanswered], [], 'cut off while their content was on its way')
    const counts = world.acme.counts()
    assert.deepEqual(
      [...load.acknowledged].filter((id) => counts.get(id) !== 1),
      [],
      'lost or doubled',
    )
    assert.match(await slow, /^250 2\.0\.0 /)
    assert.doesNotMatch(gateway.output(), /supervisor\.child\.ended/)
    assert.equal((await fetch(new URL('/readyz', gateway.url))).status, 200)
    // Workers report every five seconds, so the figures of a moment ago are not there yet.
    const accepted = /^gatepost_messages_accepted_total\{node="[^"]+",slot="[01]"\} [1-9]\d*$/m
    const text = await eventually(
      () => metricsOf(gateway.url),
      (metrics) =>
        ['control', '0', '1'].every((slot) => metrics.includes(`slot="${slot}"`)) && accepted.test(metrics),
    )
    assert.match(text, /^gatepost_accept_seconds_bucket\{node="[^"]+",slot="[01]",le="\+Inf"\} [1-9]\d*$/m)
    assert.match(text, /^gatepost_spool_ok\{node="[^"]+",slot="1"\} 1$/m)
    assert.doesNotMatch(text, /203\.0\.113|acme|bright/, 'no address and no organisation is a label')
    assert.match(text, /\n# EOF\n$/)
  } finally {
    await load.stop()
    await gateway.stop()
    await world.stop()
  }
})

async function metricsOf(url: string): Promise<string> {
  return (await fetch(new URL('/metrics', url))).text()
}

/** Sends one message a drop at a time; resolves with the last reply. */
async function slowMessage(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const replies = new Replies(socket)
  socket.write(proxyHeader({ sourceIp: '203.0.113.10', sourcePort: 41_000 }))
  await replies.next('220')
  const say = (line: string, code: string): Promise<string> => {
    socket.write(`${line}\r\n`)
    return replies.next(code)
  }
  await say('EHLO slow.bright.example', '250')
  await say('MAIL FROM:<ben@bright.example>', '250')
  await say('RCPT TO:<ann@acme.example>', '250')
  await say('DATA', '354')
  socket.write('From: ben@bright.example\r\nSubject: slow\r\n\r\n')
  for (let drip = 0; drip < DRIPS; drip += 1) {
    await pause(DRIP_MS)
    socket.write('drip\r\n')
  }
  const last = await say('.', '250')
  socket.destroy()
  return last
}

/** The final lines of replies, one after the other. */
class Replies {
  #text = ''
  #heard: () => void = () => undefined
  #isClosed = false

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1')
      this.#heard()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#isClosed = true
      this.#heard()
    })
  }

  async next(code: string): Promise<string> {
    for (;;) {
      const end = /^\d{3}(?: .*)?\r\n/m.exec(this.#text)
      if (end !== null) {
        this.#text = this.#text.slice(end.index + end[0].length)
        assert.ok(end[0].startsWith(code), `${end[0]} instead of ${code}`)
        return end[0]
      }
      assert.ok(!this.#isClosed, `closed while ${code} was awaited`)
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
  }
}
