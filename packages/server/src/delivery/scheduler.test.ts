// Spool, scheduler and client together against hosts on loopback.
import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { acceptedOf, contentOf, createBench, envelopeOf } from '#spool/spool.fixture.ts'
import type { Content, Envelope } from '#spool/spool.ts'
import type { ThreadSpool } from '#spool/thread-spool.ts'
import { fakeDns, routeOfHost, settingsOf, startScheduler, until } from './delivery.fixture.ts'
import type { Scheduler } from './scheduler.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { type Sink, type SinkOptions, startSink } from './smtp-sink.fixture.ts'

const bench = createBench()
let slot = 0
const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})
after(() => bench.remove())

async function sinkOf(options: SinkOptions = {}, host?: string): Promise<Sink> {
  const sink = await startSink(options, host)
  cleanUp.push(() => sink.close())
  return sink
}

async function start(settings: TenantSettings, changes: Partial<SchedulerOptions> = {}, spool?: ThreadSpool) {
  slot += 1
  const own = spool ?? (await bench.open({}, slot))
  const { scheduler, events } = startScheduler(own, settings, changes)
  cleanUp.push(() => scheduler.stop(200))
  return { spool: own, scheduler, events }
}

async function send(
  { spool, scheduler }: { spool: ThreadSpool; scheduler: Scheduler },
  changes: Partial<Envelope> = {},
  forwardPaths?: string[],
  content: Content = contentOf(),
): Promise<string> {
  const envelope = envelopeOf(changes, forwardPaths)
  await spool.commitMessage(envelope, content, acceptedOf(envelope))
  scheduler.offer(envelope, content)
  return envelope.id
}

/** Nobody listens there; one that was free a moment ago may be somebody's by now. */
const DEAD_PORT = 1

const toSink = (sink: Sink): TenantSettings => settingsOf([routeOfHost('127.0.0.1', sink.port)])
const emptied = async ({ spool }: { spool: ThreadSpool }) => (await spool.counts()).messages === 0

async function outcomesOf(spool: ThreadSpool): Promise<string[]> {
  const reports = (await spool.outbox(10_000)).map(({ report }) => report)
  return reports.flatMap((report) =>
    report.kind === 'delivery' ? [`${report.outcome} ${report.reply.status}`] : [],
  )
}

describe('scheduler', () => {
  it('delivers what is offered, over few connections, and leaves nothing in the spool', async () => {
    const sink = await sinkOf()
    const world = await start(toSink(sink))
    await Promise.all(Array.from({ length: 300 }, () => send(world)))
    await until(() => emptied(world), 'everything is delivered')
    assert.equal(sink.messages.length, 300)
    assert.equal(sink.messages[0]?.content, 'Received: from test\r\nSubject: hi\r\n\r\nhello\r\n')
    assert.ok(sink.connections.length <= 20, `${sink.connections.length} connections`)
    assert.equal(
      (await outcomesOf(world.spool)).filter((outcome) => outcome === 'delivered 2.0.0').length,
      300,
    )
    await until(() => world.scheduler.counts().inHand === 0, 'nothing is in hand')
  })

  it('finds what waited in the spool, with content in rows and in files', async () => {
    const sink = await sinkOf()
    const spool = await bench.open({}, 90)
    const small = envelopeOf()
    await spool.commitMessage(small, contentOf(), acceptedOf(small))
    const file = await spool.openContent()
    const line = `.${'x'.repeat(997)}\r\n`
    for (let i = 0; i < 2000; i++) await file.write(Buffer.from(line))
    const large = envelopeOf({ size: 2_000_000 })
    await spool.commitMessage(large, await file.finish(), acceptedOf(large))
    const world = await start(toSink(sink), {}, spool)
    await until(() => emptied(world), 'both are delivered')
    const sizes = sink.messages.map(({ content }) => content.length).sort((a, b) => a - b)
    assert.deepEqual(sizes, [21 + 22, 21 + 2_000_000])
  })

  it('delivers from an adopted spool too', async () => {
    const sink = await sinkOf()
    const orphan = await bench.open({}, 91)
    const envelope = envelopeOf()
    await orphan.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    const world = await start(toSink(sink))
    world.scheduler.addSpool(orphan)
    await until(() => emptied({ spool: orphan }), 'the orphan is empty')
    assert.equal(sink.count, 1)
  })

  it('waits for the first snapshot after a start instead of spending an attempt', async () => {
    const sink = await sinkOf()
    const spool = await bench.open({}, 92)
    const envelope = envelopeOf()
    await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    let settings: TenantSettings | null = null
    const world = await start(toSink(sink), { settingsOf: () => settings }, spool)
    await send(world)
    await systemClock.sleep(50)
    settings = toSink(sink)
    await until(() => emptied(world), 'both are delivered')
    assert.deepEqual(await outcomesOf(spool), ['delivered 2.0.0', 'delivered 2.0.0'])
  })

  it('a dead host does not hold up a living one, however long its queue', async () => {
    const sink = await sinkOf()
    const domain = settingsOf([]).domains[0]!
    const settings = settingsOf(
      [routeOfHost('127.0.0.1', DEAD_PORT), routeOfHost('127.0.0.1', sink.port, { id: 'rte_2' })],
      {
        domains: [domain, { ...domain, id: 'dom_2', name: 'live.example', routeId: 'rte_2' }],
      },
    )
    const world = await start(settings)
    const all = Array.from({ length: 2000 }, (_, i) =>
      send(world, {}, [i % 20 === 0 ? 'ann@live.example' : 'ann@acme.example']),
    )
    await Promise.all(all)
    await until(() => sink.count === 100, 'the living host has its mail')
    await until(async () => (await outcomesOf(world.spool)).length === 2000, 'the others are deferred')
    assert.deepEqual(new Set(await outcomesOf(world.spool)), new Set(['delivered 2.0.0', 'deferred 4.4.1']))
    assert.equal((await world.spool.counts()).queued, 1900)
    await until(() => world.scheduler.counts().inHand === 0, 'the dead host takes no memory')
  })

  it('tries the alternate route when the first cannot be reached', async () => {
    const sink = await sinkOf()
    const routes = [
      routeOfHost('127.0.0.1', DEAD_PORT, { alternateId: 'rte_2' }),
      routeOfHost('127.0.0.1', sink.port, { id: 'rte_2' }),
    ]
    const world = await start(settingsOf(routes))
    await send(world)
    await until(() => emptied(world), 'the alternate took it')
  })

  it('brings a deferred message back on demand, also where nobody answered before', async () => {
    let isUp = false
    const sink = await sinkOf({
      answer: (line) => (line === '<greeting>' && !isUp ? '421 4.7.0 not now' : undefined),
    })
    const world = await start(toSink(sink))
    const id = await send(world)
    await until(async () => (await outcomesOf(world.spool)).length === 1, 'it is deferred')
    isUp = true
    assert.equal(await world.scheduler.retryNow(id), 1)
    await until(() => emptied(world), 'it is delivered')
    assert.deepEqual(await outcomesOf(world.spool), ['deferred 4.7.0', 'delivered 2.0.0'])
  })

  it('sends again what was lost behind the final dot: ambiguous is not delivered', async () => {
    let lost = false
    const answer = (line: string) => {
      if (line !== '<dot>' || lost) return undefined
      lost = true
      return 'close'
    }
    const sink = await sinkOf({ answer })
    const world = await start(toSink(sink))
    const id = await send(world)
    await until(async () => (await outcomesOf(world.spool)).length === 1, 'it is recorded')
    assert.deepEqual(await outcomesOf(world.spool), ['ambiguous 4.4.2'])
    await world.scheduler.retryNow(id)
    await until(() => emptied(world), 'it is delivered')
  })

  it('loses and counts nothing when a host closes after every message', async () => {
    const sink = await sinkOf({
      answer: (line, { messages }) =>
        line.startsWith('MAIL') && messages > 0 ? '421 4.7.0 enough' : undefined,
    })
    const world = await start(toSink(sink))
    await Promise.all(Array.from({ length: 30 }, () => send(world)))
    await until(() => emptied(world), 'all are delivered')
    assert.equal(sink.count, 30)
    assert.deepEqual(new Set(await outcomesOf(world.spool)), new Set(['delivered 2.0.0']))
  })

  it('sorts recipients by their next hop and settles each group', async () => {
    const sink = await sinkOf({
      answer: (line) => (line.startsWith('RCPT TO:<no@') ? '550 5.1.1 nobody' : undefined),
    })
    const other = await sinkOf({}, '127.0.0.2')
    const zone = {
      'out.example': { MX: [{ preference: 1, exchange: 'mx.out.example' }] },
      'mx.out.example': { A: ['127.0.0.2'] },
      'null.example': { MX: [{ preference: 0, exchange: '.' }] },
    }
    const config = {
      hostname: 'gate.example',
      delivery: { mxPort: other.port, mtaStsPort: 443, connectionsPerHost: 20, messagesPerConnection: 100 },
      network: { privateTargets: ['127.0.0.0/8'] },
    }
    const world = await start(toSink(sink), { dns: fakeDns(zone), config })
    const paths = [
      'ann@acme.example',
      'no@acme.example',
      'x@out.example',
      'y@null.example',
      'bob@acme.example',
    ]
    await send(world, { direction: 'outbound', reversePath: 'boss@acme.example' }, paths)
    await until(() => emptied(world), 'the message and its DSNs are done')
    assert.deepEqual(other.messages[0]?.recipients.length, 1)
    assert.deepEqual(sink.messages.find(({ mail }) => !mail.includes('<>'))?.recipients.length, 2)
    const dsns = sink.messages
      .filter(({ mail }) => mail.includes('<>'))
      .map(({ content }) => content)
      .join()
    assert.match(dsns, /Final-Recipient: rfc822; no@acme\.example\r\nAction: failed\r\nStatus: 5\.1\.1/)
    assert.match(dsns, /Final-Recipient: rfc822; y@null\.example\r\nAction: failed\r\nStatus: 5\.1\.10/)
  })

  it('holds what can neither be delivered nor reported, and says so', async () => {
    const sink = await sinkOf({
      answer: (line) => (line.startsWith('RCPT') ? '550 5.1.1 nobody' : undefined),
    })
    const world = await start(toSink(sink))
    await send(world, { reversePath: null })
    await send(world, { dsnAllowed: false })
    await until(async () => (await world.spool.counts()).held === 2, 'both are held')
    assert.deepEqual(await outcomesOf(world.spool), ['held 5.1.1', 'held 5.1.1'])
    assert.equal(world.events.filter(({ name }) => name === 'delivery.dsn.withheld').length, 2)
  })

  it('hands mail for another tenant to our own listener, and nothing else', async () => {
    const own = await sinkOf()
    const listener = { host: '127.0.0.1', port: own.port }
    const changes = {
      tenantOfDomain: (domain: string) => (domain === 'other.example' ? 'ten_2' : null),
      ownListeners: () => [listener],
      ownMxListener: () => listener,
    }
    const world = await start(settingsOf([routeOfHost('127.0.0.1', own.port)]), changes)
    await send(world, { direction: 'outbound' }, ['x@other.example'])
    await send(world, {}, ['ann@acme.example'])
    await until(async () => (await outcomesOf(world.spool)).length === 2, 'both were tried')
    assert.deepEqual((await outcomesOf(world.spool)).sort(), ['deferred 4.4.4', 'delivered 2.0.0'])
    assert.equal(own.count, 1)
  })

  it('keeps to the connections a host may have, also over several domains', async () => {
    let open = 0
    let most = 0
    const sink = await sinkOf({
      // Without pipelining, because this host answers late and must not answer out of order.
      keywords: [],
      answer: (line, { socket }) => {
        if (line === '<greeting>') {
          open += 1
          most = Math.max(most, open)
          socket.on('close', () => {
            open -= 1
          })
        }
        if (line !== '<dot>') return undefined
        setTimeout(() => socket.write('250 2.0.0 ok\r\n'), 10)
        return null
      },
    })
    const exchange = { MX: [{ preference: 1, exchange: 'mx.example' }] }
    const zone = {
      'a.example': exchange,
      'b.example': exchange,
      'c.example': exchange,
      'mx.example': { A: ['127.0.0.1'] },
    }
    const config = {
      hostname: 'gate.example',
      delivery: { mxPort: sink.port, mtaStsPort: 443, connectionsPerHost: 2, messagesPerConnection: 5 },
      network: { privateTargets: ['127.0.0.0/8'] },
    }
    const world = await start(toSink(sink), { dns: fakeDns(zone), config })
    const names = ['a', 'b', 'c']
    await Promise.all(
      Array.from({ length: 45 }, (_, i) =>
        send(world, { direction: 'outbound' }, [`x@${names[i % 3]}.example`]),
      ),
    )
    await until(() => emptied(world), 'all are delivered')
    assert.equal(most, 2, `${most} connections at once`)
  })

  it('stops within its time with a host that never answers, and keeps the message', async () => {
    const sink = await sinkOf({ answer: (line) => (line === '<dot>' ? null : undefined) })
    const world = await start(toSink(sink))
    await send(world)
    await until(() => sink.connections[0]?.messages === 1, 'the message is on its way')
    const began = systemClock.now()
    await world.scheduler.stop(100)
    assert.ok(systemClock.now() - began < 30_000, 'it does not wait for the answer, which has ten minutes')
    assert.equal((await world.spool.counts()).messages, 1)
  })
})
