// Which connection of a destination a letter goes over: behind another one where the host is quick.
import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import { type Clock, systemClock } from '#platform/clock.ts'
import { envelopeOf } from '#spool/spool.fixture.ts'
import type { Opened } from './connector.ts'
import { Deadlines } from './deadlines.ts'
import { recipientOf, routeOfHost } from './delivery.fixture.ts'
import { Destination, type Job } from './destination.ts'
import { openSocket } from './smtp-connection.ts'
import { openSession, TIMEOUTS } from './smtp-session.ts'
import { type Sink, type SinkConnection, startSink } from './smtp-sink.fixture.ts'
import { NO_NEED } from './tls/need.ts'
import { TlsSessions } from './tls-sessions.ts'

const WAIT_MS = 30_000

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + WAIT_MS
  while (!holds()) {
    assert.ok(Date.now() < end, `waited in vain until ${what}`)
    await systemClock.sleep(2)
  }
}

function jobOf(): Job {
  const recipients = [recipientOf('ann@acme.example')]
  const content = () => [Buffer.from('Subject: hi\r\n\r\nhello\r\n')]
  return { letter: { envelope: envelopeOf(), recipients, content }, startedAt: 0, requeues: 0 }
}

/** A destination with two connections, its clock in our hands, and the host behind it. */
class World {
  now = 1000
  /** From the next message's end on its connection says nothing. */
  stallsNext = false
  stalled: SinkConnection | null = null
  /** What it says to every message. */
  verdict: string | undefined
  /** What the look at deadlines takes for now: a busy machine makes no connection wait too long. */
  deadlineNow = (): number => 0
  readonly concluded: Job[] = []
  readonly failed: Job[] = []
  readonly destination: Destination
  readonly sink: Sink
  #sleeping: (() => void)[] = []
  #opening: ((opened: Opened) => void)[] = []

  constructor(sink: Sink) {
    this.sink = sink
    const clock: Clock = {
      now: () => this.now,
      sleep: () => new Promise((resolve) => this.#sleeping.push(resolve)),
    }
    const route = routeOfHost('127.0.0.1', sink.port)
    this.destination = new Destination(
      'here',
      { kind: 'route', tenantId: 'ten_1', route, alternates: [], need: NO_NEED },
      {
        clock,
        deadlines: new Deadlines({ ...systemClock, now: () => this.deadlineNow() }, 20),
        timeouts: TIMEOUTS,
        connectionsMax: 20,
        messagesPerConnection: 100,
        open: () => new Promise((resolve) => this.#opening.push(resolve)),
        concluded: (job) => this.concluded.push(job),
        failed: (job) => this.failed.push(job),
        postponed: () => assert.fail('nothing is too much here'),
        waitForHost: () => {},
        mayIdle: () => true,
        unservedMax: () => 100,
        mayBegin: () => true,
      },
    )
  }

  /** What was waited for has passed. */
  wake(): void {
    for (const resolve of this.#sleeping.splice(0)) resolve()
  }

  /** Delivers a letter over each of two connections, in `turnMs` by the clock. */
  async begin(turnMs: number): Promise<void> {
    const sessions = [await this.#session(), await this.#session()]
    const jobs = [jobOf(), jobOf()]
    for (const job of jobs) this.destination.offer(job)
    this.wake()
    await until(() => this.#opening.length === 2, 'two connections are wanted')
    for (const [i, resolve] of this.#opening.splice(0).entries()) resolve(sessions[i]!)
    // Both begin before anything more is read: the clock moves while they are on their way.
    for (let i = 0; i < 1000 && jobs.some(({ startedAt }) => startedAt === 0); i++) await Promise.resolve()
    assert.deepEqual(this.concluded, [])
    this.now += turnMs
    await until(() => this.concluded.length === 2, 'both are delivered')
  }

  get isWanted(): boolean {
    return this.#opening.length > 0
  }

  /** Nobody answers where a connection is wanted. */
  refuse(): void {
    const reply = { code: 451, status: '4.4.1', text: 'nobody answers' }
    const target = { host: 'sink.example', ip: '127.0.0.1', port: 1, tls: 'none' } as const
    const refused = { kind: 'failed', isPermanent: false, reply, target, isOurs: true } as const
    for (const resolve of this.#opening.splice(0)) resolve(refused)
  }

  /** Connections that are wanted are there. */
  async admit(): Promise<void> {
    for (const resolve of this.#opening.splice(0)) resolve(await this.#session())
  }

  /** Messages by connection, fewest first. */
  get spread(): number[] {
    return this.sink.connections.map(({ messages }) => messages).sort((a, b) => a - b)
  }

  async #session(): Promise<Opened> {
    const opened = await openSession(
      { host: 'sink.example', ip: '127.0.0.1', port: this.sink.port, tls: 'none' },
      {
        connect: openSocket,
        deadlines: new Deadlines(systemClock, 20),
        hostname: 'gate.example',
        timeouts: TIMEOUTS,
        tlsSessions: new TlsSessions(),
      },
    )
    assert.ok(opened.kind === 'open')
    return { ...opened, release: () => {} }
  }
}

const worlds: World[] = []
async function worldOf(): Promise<World> {
  const sink = await startSink({
    answer: (line, connection) => {
      const world = worlds.at(-1)
      if (line === '<dot>' && world?.stallsNext) {
        world.stallsNext = false
        world.stalled = connection
      }
      if (world?.stalled === connection) return null
      return line === '<dot>' ? world?.verdict : undefined
    },
  })
  const world = new World(sink)
  worlds.push(world)
  return world
}

afterEach(() => {
  for (const { destination } of worlds) {
    destination.stop()
    destination.destroy()
  }
})
after(async () => {
  for (const { sink } of worlds) await sink.close()
})

describe('letters for a destination', () => {
  it('go behind one another where the host is quick', async () => {
    const world = await worldOf()
    await world.begin(0)
    for (let i = 0; i < 3; i++) world.destination.offer(jobOf())
    await until(() => world.concluded.length === 5, 'all are delivered')
    assert.deepEqual(world.spread, [1, 4])
  })

  it('go side by side where it takes its time', async () => {
    const world = await worldOf()
    await world.begin(500)
    for (let i = 0; i < 3; i++) world.destination.offer(jobOf())
    await until(() => world.concluded.length === 5, 'all are delivered')
    assert.deepEqual(world.spread, [2, 3])
  })

  it('are not kept by a host that was quick and says nothing any more', async () => {
    const world = await worldOf()
    await world.begin(0)
    world.stallsNext = true
    const jobs = [jobOf(), jobOf(), jobOf()]
    for (const job of jobs) world.destination.offer(job)
    await until(() => world.stalled !== null, 'a message was sent for nothing')
    assert.equal(world.destination.waiting, 1, 'one went out in part, one waits')
    world.wake()
    await until(() => world.concluded.length === 3, 'the last one went another way')
    assert.equal(world.concluded[2], jobs[2])
  })
  it('go another way when the one before them gets no answer', async () => {
    const world = await worldOf()
    let now = 0
    world.deadlineNow = () => now
    await world.begin(0)
    world.stallsNext = true
    const [first, second] = [jobOf(), jobOf()]
    world.destination.offer(first)
    world.destination.offer(second)
    await until(() => world.stalled !== null, 'a message was sent for nothing')
    assert.equal(world.destination.waiting, 0, 'the second is behind it')
    now += 4000
    await systemClock.sleep(60)
    assert.equal(world.concluded.length, 2, 'it has a moment')
    now += 1500
    await until(() => {
      world.wake()
      void world.admit()
      return world.concluded.includes(second)
    }, 'the second went another way')
    const { socket } = world.stalled!
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write('250 2.0.0 taken at last\r\n')
    await until(() => world.concluded.includes(first), 'the first has its answer')
    await closed
    assert.equal(world.concluded.length, 4)
    assert.equal(world.sink.count, 3, 'the second went once')
  })
  it('go where nobody answered again when that is over, also where the clock was set back meanwhile', async () => {
    for (const setBackMs of [0, 3_600_000]) {
      const world = await worldOf()
      const [first, second, third] = [jobOf(), jobOf(), jobOf()]
      world.destination.offer(first)
      await until(() => world.isWanted, 'a connection is wanted')
      world.refuse()
      await until(() => world.failed.includes(first), 'nobody answers')
      world.destination.offer(second)
      assert.ok(world.failed.includes(second), 'it is left alone for now')
      world.now += setBackMs === 0 ? 30_001 : -setBackMs
      world.destination.offer(third)
      await until(() => world.isWanted, 'it is tried again')
      assert.equal(world.failed.includes(third), false)
    }
  })

  it('go over fewer connections when the host asks for less, however many wait', async () => {
    const world = await worldOf()
    await world.begin(0)
    world.verdict = '451 4.7.500 slow down'
    for (let i = 0; i < 40; i++) world.destination.offer(jobOf())
    world.wake()
    await until(() => world.concluded.length === 42, 'all have their answer')
    const [least = 0, most = 0] = world.spread
    assert.equal(least + most, 42)
    assert.ok(least <= 5, `${least} still went over the one too many`)
  })
})
