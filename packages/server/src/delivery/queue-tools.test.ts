// What people do with mail that delivery has in hand, and pauses, against hosts on loopback.
import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import { EVERYTHING, type QueueActOrder, type QueueListOrder } from '#link/queue-orders.ts'
import { systemClock } from '#platform/clock.ts'
import type { PolicyRule } from '#policy/rule.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { acceptedOf, contentOf, createBench, envelopeOf } from '#spool/spool.fixture.ts'
import type { Envelope } from '#spool/spool.ts'
import type { ThreadSpool } from '#spool/thread-spool.ts'
import { fakeDns, routeOfHost, settingsOf, startScheduler, until } from './delivery.fixture.ts'
import type { Scheduler } from './scheduler.ts'
import { type Sink, type SinkOptions, startSink } from './smtp-sink.fixture.ts'

const bench = createBench()
let slot = 0
const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})
after(() => bench.remove())

type World = {
  readonly spool: ThreadSpool
  readonly scheduler: Scheduler
  settings: TenantSettings
}

async function start(settings: TenantSettings, spool?: ThreadSpool): Promise<World> {
  slot += 1
  const own = spool ?? (await bench.open({}, slot))
  const world = { spool: own, settings }
  const { scheduler } = startScheduler(own, settings, {
    dns: fakeDns({ 'sender.example': { A: ['127.0.0.1'] } }),
    settingsOf: (tenantId) => (tenantId === 'ten_1' ? world.settings : null),
  })
  cleanUp.push(() => scheduler.stop(200))
  return Object.assign(world, { scheduler })
}

async function sinkOf(options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options)
  cleanUp.push(() => sink.close())
  return sink
}

/** Nobody listens there; one that was free a moment ago may be somebody's by now. */
const DEAD_PORT = 1

async function send({ spool, scheduler }: World, changes: Partial<Envelope> = {}, paths?: string[]) {
  const envelope = envelopeOf(changes, paths)
  await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
  scheduler.offer(envelope, contentOf())
  return envelope.id
}

function orderOf(action: QueueActOrder['action'], changes: Partial<QueueActOrder> = {}): QueueActOrder {
  return {
    kind: 'queue-act',
    id: 'ord_1',
    tenantId: 'ten_1',
    action,
    by: 'Ada',
    reason: null,
    routeId: null,
    messageIds: null,
    filter: EVERYTHING,
    after: null,
    ...changes,
  }
}

const LIST: QueueListOrder = {
  kind: 'queue-list',
  id: 'ord_1',
  tenantId: 'ten_1',
  filter: EVERYTHING,
  after: null,
  limit: 500,
}

/** Without pipelining, so that a late reply keeps its place. */
const UNHURRIED = ['8BITMIME', 'SIZE 10485760']

/** A host that says nothing to content before it is opened. */
async function slowSink() {
  const late: (() => void)[] = []
  let isSlow = true
  const sink = await sinkOf({
    keywords: UNHURRIED,
    answer: (line, { socket }) => {
      if (line !== '<dot>' || !isSlow) return undefined
      late.push(() => socket.write('250 2.0.0 late\r\n'))
      return null
    },
  })
  const open = (): void => {
    isSlow = false
    for (const answer of late) answer()
  }
  return { sink, open }
}

const emptied = ({ spool }: World) => spool.counts().then(({ messages }) => messages === 0)
const toRoute = (port: number) => settingsOf([routeOfHost('127.0.0.1', port)])

async function outcomesOf({ spool }: World): Promise<string[]> {
  const reports = (await spool.outbox(10_000)).map(({ report }) => report)
  return reports.flatMap((report) =>
    report.kind === 'delivery'
      ? [`${report.outcome}${report.by === undefined ? '' : ` by ${report.by}`}`]
      : [],
  )
}

const deliveredBy = async (world: World) =>
  (await outcomesOf(world)).filter((outcome) => outcome === 'delivered').length

describe('queue tools', () => {
  it('holds what waits in memory for a slow host, and lets the transmission under way end', async () => {
    const { sink, open } = await slowSink()
    const world = await start(toRoute(sink.port))
    const ids = await Promise.all(Array.from({ length: 60 }, () => send(world)))
    await until(() => sink.connections.some(({ commands }) => commands.includes('DATA')), 'one is being sent')
    const acting = world.scheduler.queue.act(orderOf('hold'))
    await until(() => world.scheduler.counts().inHand < ids.length, 'what waits is put away')
    open()
    const acted = await acting
    assert.equal(acted.next, null)
    assert.ok(acted.messages > 0 && acted.messages < ids.length, `${acted.messages} held`)
    await until(async () => (await world.spool.counts()).queued === 0, 'the others are delivered')
    const { held } = await world.spool.counts()
    assert.equal(held, acted.messages)
    assert.equal((await deliveredBy(world)) + held, ids.length, 'nothing is both held and delivered')
    await world.scheduler.queue.act(orderOf('release'))
    await until(() => emptied(world), 'the released ones are delivered')
    assert.equal(await deliveredBy(world), ids.length)
  })

  it('leaves what is excepted as it is, and says so', async () => {
    const sink = await sinkOf()
    const world = await start(toRoute(sink.port))
    const held = { state: 'held', forwardPath: 'ann@acme.example' } as const
    const [one, two] = [envelopeOf(), envelopeOf()].map((envelope) => ({
      ...envelope,
      recipients: envelope.recipients.map((recipient) => ({ ...recipient, ...held })),
    }))
    for (const envelope of [one!, two!]) {
      await world.spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    }
    const { messages, found, kept } = await world.scheduler.queue.act(
      orderOf('release', { except: [two!.id, 'msg_unknown'] }),
    )
    assert.deepEqual([messages, found, kept], [1, 2, 1])
    const again = orderOf('release', { messageIds: [two!.id], except: [two!.id] })
    assert.deepEqual((await world.scheduler.queue.act(again)).kept, 1)
    assert.equal((await world.spool.counts()).held, 1)
  })

  it('names as busy what is being transmitted for long', async () => {
    const sink = await sinkOf({ answer: (line) => (line === '<dot>' ? null : undefined) })
    const world = await start(toRoute(sink.port))
    const id = await send(world)
    await until(() => sink.connections[0]?.commands.includes('DATA') === true, 'it is being sent')
    const acted = await world.scheduler.queue.act(orderOf('hold', { messageIds: [id] }))
    assert.deepEqual([acted.found, acted.messages, acted.busy], [1, 0, 1])
    const foreign = await world.scheduler.queue.act(orderOf('hold', { messageIds: [id], tenantId: 'ten_2' }))
    assert.deepEqual([foreign.found, foreign.busy], [0, 0], 'another tenant learns nothing')
  })

  it('returns messages with a report, held ones too; where nobody may be told they are held', async () => {
    const world = await start(settingsOf([routeOfHost('127.0.0.1', DEAD_PORT)]))
    const known = await send(world, {}, ['ann@acme.example', 'bob@acme.example'])
    await send(world, { reversePath: null })
    await until(async () => (await outcomesOf(world)).length === 2, 'both were tried')
    await world.scheduler.queue.act(orderOf('hold', { messageIds: [known] }))
    const acted = await world.scheduler.queue.act(orderOf('bounce', { reason: 'sent by mistake' }))
    assert.deepEqual([acted.found, acted.messages, acted.recipients, acted.withheld], [2, 1, 2, 1])
    const decided = (await outcomesOf(world)).filter((outcome) => outcome.includes(' by '))
    assert.deepEqual(decided.sort(), ['bounced by Ada', 'held by Ada', 'held by Ada'])
    const { items } = await world.scheduler.queue.list(LIST)
    const report = items.find(({ recipients }) => recipients[0]?.forwardPath === 'bob@sender.example')
    assert.equal(report?.reversePath, null, 'a report is on its way to the sender')
    let text = ''
    for await (const chunk of world.spool.readContent(report?.id ?? '')) text += Buffer.from(chunk)
    assert.match(text, /Final-Recipient: rfc822; ?ann@acme\.example/)
    assert.match(text, /Final-Recipient: rfc822; ?bob@acme\.example/)
    assert.match(text, /550 5\.7\.1 sent by mistake/)
    assert.equal(
      items.some(({ id }) => id === known),
      false,
    )
  })

  it('carries out two decisions that come at once one after the other', async () => {
    const world = await start(settingsOf([routeOfHost('127.0.0.1', DEAD_PORT)]))
    const id = await send(world)
    await until(async () => (await outcomesOf(world)).length === 1, 'it was tried')
    const both = await Promise.all([
      world.scheduler.queue.act(orderOf('bounce', { messageIds: [id] })),
      world.scheduler.queue.act(orderOf('bounce', { messageIds: [id], by: 'Bea' })),
    ])
    assert.deepEqual(
      both.map(({ found, messages, busy }) => [found, messages, busy]),
      [
        [1, 1, 0],
        [0, 0, 0],
      ],
    )
    const outcomes = await outcomesOf(world)
    assert.deepEqual(
      outcomes.filter((outcome) => outcome.startsWith('bounced')),
      ['bounced by Ada'],
    )
    const { items } = await world.scheduler.queue.list(LIST)
    assert.equal(items.length, 1, 'one report')
  })

  it('sends what waits for a dead host by another route', async () => {
    const sink = await sinkOf()
    const dead = routeOfHost('127.0.0.1', DEAD_PORT)
    const world = await start(settingsOf([dead, routeOfHost('127.0.0.1', sink.port, { id: 'rte_2' })]))
    const id = await send(world)
    await until(async () => (await outcomesOf(world)).length === 1, 'it was tried in vain')
    await world.scheduler.queue.act(orderOf('reroute', { messageIds: [id], routeId: 'rte_2' }))
    await until(() => emptied(world), 'it is delivered')
    assert.deepEqual(await outcomesOf(world), ['deferred', 'rerouted by Ada', 'delivered'])
  })

  it('tries all that matches now', async () => {
    let isUp = false
    const sink = await sinkOf({ answer: (line) => (line === '<greeting>' && !isUp ? 'close' : undefined) })
    const world = await start(toRoute(sink.port))
    await Promise.all(Array.from({ length: 30 }, () => send(world)))
    await until(async () => (await outcomesOf(world)).length === 30, 'all were tried')
    isUp = true
    const acted = await world.scheduler.queue.act(orderOf('retry'))
    assert.equal(acted.messages, 30)
    await until(() => emptied(world), 'all are delivered')
  })
})

describe('pauses', () => {
  it('keep new mail and mail in memory waiting without an attempt, and end within a second or so', async () => {
    const { sink, open } = await slowSink()
    const flowing = toRoute(sink.port)
    const world = await start(flowing)
    await Promise.all(Array.from({ length: 200 }, () => send(world)))
    world.settings = { ...flowing, deliveryPaused: true }
    await send(world)
    const waiting = async () => (await world.scheduler.queue.list(LIST)).items
    const paused = async () => (await waiting()).filter(({ recipients }) => recipients[0]?.paused === true)
    await until(async () => (await paused()).length > 100, 'most are paused before the host answers')
    open()
    await until(
      async () => (await paused()).length === (await waiting()).length,
      'all that is left is paused',
    )
    const left = await waiting()
    const delivered = await deliveredBy(world)
    assert.ok(delivered < 200, `${delivered} were on their way`)
    assert.equal(left.length, 201 - delivered)
    assert.ok(left.every(({ recipients }) => recipients[0]?.attempts === 0))
    await systemClock.sleep(300)
    assert.equal(await deliveredBy(world), delivered, 'nothing moves')
    world.settings = flowing
    await until(() => emptied(world), 'all are delivered')
    assert.equal(await deliveredBy(world), 201)
    const outcomes = await outcomesOf(world)
    assert.equal(outcomes.filter((outcome) => outcome === 'paused').length, left.length, 'told once each')
  })

  it('of one route leave the others alone, survive a restart, and a retry does not break them', async () => {
    const sink = await sinkOf()
    const route = routeOfHost('127.0.0.1', sink.port)
    const domain = settingsOf([]).domains[0]!
    const flowing = settingsOf([route, { ...route, id: 'rte_2', name: 'Lab' }], {
      domains: [domain, { ...domain, id: 'dom_2', name: 'lab.example', routeId: 'rte_2' }],
    })
    const paused: TenantSettings = { ...flowing, routes: [route, { ...flowing.routes[1]!, paused: true }] }
    const before = await start(paused)
    await send(before, {}, ['ann@acme.example', 'ann@lab.example'])
    await until(() => sink.count === 1, 'the other route delivers')
    await until(() => before.scheduler.counts().inHand === 0, 'the message is put away')
    await before.scheduler.queue.act(orderOf('retry'))
    await systemClock.sleep(200)
    assert.equal(sink.count, 1)
    await before.scheduler.stop(200)
    const later = await start(paused, before.spool)
    await systemClock.sleep(700)
    assert.equal(sink.count, 1, 'it is still paused')
    later.settings = flowing
    await until(() => emptied(later), 'it is delivered')
    assert.deepEqual(
      sink.messages.map(({ recipients }) => recipients.length),
      [1, 1],
    )
    assert.deepEqual((await outcomesOf(later)).sort(), ['delivered', 'delivered', 'paused'])
  })

  it('of the route of a policy end when the policy does', async () => {
    const sink = await sinkOf()
    const flowing = toRoute(sink.port)
    const lab = routeOfHost('127.0.0.1', sink.port, { id: 'rte_2', name: 'Lab', paused: true })
    const rule: PolicyRule<'delivery-route'> = {
      id: 'pol_1',
      type: 'delivery-route',
      name: 'To the lab',
      from: { kind: 'everyone' },
      to: { kind: 'everyone' },
      addressesBasedOn: 'both',
      bidirectional: false,
      sourceIps: [],
      hostNames: [],
      validFrom: null,
      validUntil: null,
      override: false,
      createdAt: 1,
      option: { routeId: 'rte_2' },
    }
    const routes = [...flowing.routes, lab]
    const world = await start({ ...flowing, routes, rules: [rule] })
    await send(world)
    await until(async () => (await outcomesOf(world)).includes('paused'), 'it waits for the lab')
    world.settings = { ...flowing, routes }
    await until(() => emptied(world), 'it goes the usual way')
    assert.equal(sink.count, 1)
  })

  it('ended while control changes a route: what waits in memory goes to the new host', async () => {
    const stuck = await sinkOf({ answer: (line) => (line === '<greeting>' ? null : undefined) })
    const sink = await sinkOf()
    const world = await start(toRoute(stuck.port))
    await Promise.all(Array.from({ length: 50 }, () => send(world)))
    await until(() => stuck.connections.length > 0, 'somebody tries the old host')
    world.settings = toRoute(sink.port)
    await until(() => emptied(world), 'all go to the new one')
    assert.equal(sink.count, 50)
  })
})

it('a release looks once more: malware that is known by now stays held, the rest goes', async () => {
  const sink = await sinkOf()
  const settings = settingsOf([routeOfHost('127.0.0.1', sink.port)])
  slot += 1
  const spool = await bench.open({}, slot)
  const looked: string[] = []
  const { scheduler } = startScheduler(spool, settings, {
    dns: fakeDns({}),
    settingsOf: () => settings,
    recheck: async ({ id }, content) => {
      let octets = 0
      for await (const chunk of content) octets += chunk.length
      looked.push(`${id} ${octets > 0}`)
      return id === infected.id ? 'Eicar' : null
    },
  })
  cleanUp.push(() => scheduler.stop(200))
  const held = (): Envelope => {
    const envelope = envelopeOf()
    const recipients = envelope.recipients.map((one) => ({ ...one, state: 'held' as const }))
    return { ...envelope, recipients }
  }
  const infected = held()
  const clean = held()
  for (const envelope of [infected, clean]) {
    await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
  }
  const acted = await scheduler.queue.act(orderOf('release', { messageIds: [infected.id, clean.id] }))
  assert.deepEqual([acted.messages, acted.infected, acted.found], [1, 1, 2])
  assert.deepEqual(looked.sort(), [`${infected.id} true`, `${clean.id} true`].sort())
  await until(() => sink.messages.length === 1, 'the clean one goes')
  const { items } = await scheduler.queue.list({
    kind: 'queue-list',
    id: 'ord_1',
    tenantId: 'ten_1',
    filter: { ...EVERYTHING, state: 'held' },
    after: null,
    limit: 10,
  })
  assert.deepEqual(
    items.map(({ id }) => id),
    [infected.id],
  )
})
