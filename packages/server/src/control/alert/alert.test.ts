// Alerts over both databases: one a subject, word of it signed and sent at least once, escalated, muted,
// ended.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Order } from '#link/orders.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { type Place, testOnBoth, withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, type steadyClock, withStore } from '../../../../../test/store/fixtures.ts'
import { madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import type { Scope } from '../scope.ts'
import { clearAlert, raiseAlert } from './alert.ts'
import { getChannel, renewSecret, setChannel, testChannel } from './channel.ts'
import { acknowledgeAlert, getAlert, listAlerts, muteAlert } from './desk.ts'
import { alertLetter } from './letter.ts'
import { sendDue } from './send.ts'
import { agentSource, syncSource, takeoverSource } from './sources/kept.ts'
import { queueSource } from './sources/queue.ts'
import type { SourceDeps } from './sources/source.ts'
import { applySource, retellUnattended } from './watch.ts'
import { signatureOf } from './webhook.ts'

const MINUTE = 60_000

type Received = { readonly body: string; readonly headers: Map<string, string> }
type World = {
  readonly deps: SourceDeps
  readonly clock: ReturnType<typeof steadyClock>
  readonly acme: Scope
  readonly mails: Order[]
  readonly received: Received[]
  readonly url: string
  /** What the receiver answers from now on. */
  answer(status: number): void
}

function inWorld(place: Place, work: (world: World) => Promise<void>, privateTargets = ['127.0.0.0/8']) {
  return withStore(place, async (base, clock) => {
    const received: Received[] = []
    const mails: Order[] = []
    let status = 204
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
        received.push({ body: Buffer.concat(parts).toString('utf8'), headers })
        response.writeHead(status).end(status === 204 ? undefined : 'not today')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const deps: SourceDeps = {
      ...base,
      config: { ...base.config, network: { privateTargets } } as SourceDeps['config'],
      link: {
        ...base.link,
        order: async (order) => {
          mails.push(order)
          return { kind: 'submit', messageId: 'msg_1' }
        },
      },
      dns: madeUpDns().dns,
      machine: { greeting: async () => ({ kind: 'none' }) as never, addresses: () => [], space: () => null },
      listening: [],
      agents: { isWaiting: () => false },
      archive: { trouble: null },
    }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    try {
      const url = `http://127.0.0.1:${port}/hook`
      await work({ deps, clock, acme, mails, received, url, answer: (code) => (status = code) })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
}

const DOWN = {
  kind: 'route-down',
  subject: 'exchange.acme.example',
  severity: 'critical',
  text: 'It takes no mail.',
  remedy: 'Look at it.',
  link: '/t/acme/routes',
} as const

const raise = ({ deps, acme, clock }: World): Promise<string> =>
  deps.store.transaction((trx) => raiseAlert(trx, { ...DOWN, tenantId: acme.tenantId }, clock.now()))
const clear = ({ deps, acme, clock }: World): Promise<void> =>
  deps.store.transaction((trx) => clearAlert(trx, { ...DOWN, tenantId: acme.tenantId }, clock.now()))

const eventsOf = (received: readonly Received[]): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { event: string }).event)

testOnBoth('an alert is told once by signed webhook and by mail, however often it is raised', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, received, mails, url } = world
    const { secret, channel } = await setChannel(acme, { webhookUrl: url }, deps)
    assert.match(secret ?? '', /^gpwh_/)
    assert.equal(channel.webhook?.secretSetAt, deps.clock.now())
    const id = await raise(world)
    assert.equal(await raise(world), id)
    await sendDue(deps)
    await sendDue(deps)
    assert.deepEqual(eventsOf(received), ['alert.raised'])
    assert.equal(mails.length, 1)
    const [{ body, headers }] = received as [Received]
    const given = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers.get('gatepost-signature') ?? '')
    assert.ok(given)
    const expected = createHmac('sha256', secret ?? '')
      .update(`${given[1]}.${body}`)
      .digest('hex')
    assert.equal(given[2], expected, 'anybody with the secret can check it')
    assert.notEqual(signatureOf(`${body} `, { secret: secret ?? '', seconds: Number(given[1]) }), given[0])
    const told = JSON.parse(body) as { alert: { link: string }; organization: { slug: string } }
    assert.equal(told.alert.link, 'http://localhost:8080/t/acme/routes')
    assert.equal(told.organization.slug, 'acme')
    const { sends } = await getAlert(acme, id, deps)
    assert.deepEqual(
      sends.map(({ state }) => state),
      ['sent', 'sent'],
    )
    assert.equal((await listAlerts(acme, { state: 'open', limit: 10 }, deps)).unattended, 1)
    assert.doesNotMatch(JSON.stringify(await getChannel(acme, deps)), /gpwh_|v1\./)
  }),
)

testOnBoth('a webhook that says no is tried again with growing pauses until it takes it', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, clock, received, url } = world
    await setChannel(acme, { webhookUrl: url }, deps)
    world.answer(503)
    const id = await raise(world)
    await sendDue(deps)
    assert.equal(await sendDue(deps), 0, 'not before its time')
    clock.add(10_000)
    await sendDue(deps)
    const [waiting] = (await getAlert(acme, id, deps)).sends.filter(({ channel }) => channel === 'webhook')
    assert.equal(waiting?.why, 'It answered 503: not today.')
    assert.equal(waiting.dueAt - clock.now(), 30_000)
    world.answer(204)
    clock.add(30_000)
    await sendDue(deps)
    const ids = received.map(({ headers }) => headers.get('gatepost-delivery'))
    assert.equal(ids.length, 3)
    assert.equal(new Set(ids).size, 1, 'the same word, so that a receiver knows copies')
    const [sent] = (await getAlert(acme, id, deps)).sends.filter(({ channel }) => channel === 'webhook')
    assert.equal(sent?.state, 'sent')
  }),
)

testOnBoth('what comes and goes is told once, what stays over is told after it settled', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, clock, received, url } = world
    await setChannel(acme, { webhookUrl: url }, deps)
    const id = await raise(world)
    await sendDue(deps)
    await clear(world)
    clock.add(MINUTE)
    await sendDue(deps)
    assert.equal(await raise(world), id, 'the same alert goes on')
    clock.add(5 * MINUTE)
    await sendDue(deps)
    assert.deepEqual(eventsOf(received), ['alert.raised'])
    await clear(world)
    clock.add(3 * MINUTE)
    await sendDue(deps)
    assert.deepEqual(eventsOf(received), ['alert.raised', 'alert.cleared'])
    assert.notEqual(await raise(world), id)
    assert.equal((await listAlerts(acme, { state: 'all', limit: 10 }, deps)).items.length, 2)
  }),
)

testOnBoth('nobody acknowledged: escalated once; acknowledged or muted: silence', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, clock, received, mails, url } = world
    await setChannel(acme, { webhookUrl: url, escalateTo: 'boss@other.example', escalateMinutes: 30 }, deps)
    await raise(world)
    clock.add(31 * MINUTE)
    await retellUnattended(deps, clock.now())
    await retellUnattended(deps, clock.now())
    await sendDue(deps)
    assert.deepEqual(eventsOf(received).sort(), ['alert.escalated', 'alert.raised'])
    assert.match(JSON.stringify(mails), /boss@other\.example/)
    await clear(world)
    clock.add(3 * MINUTE)
    await sendDue(deps)
    const second = await raise(world)
    const acknowledged = await acknowledgeAlert(acme, second, deps)
    assert.equal(acknowledged.state, 'acknowledged')
    assert.equal(acknowledged.acknowledgedBy, acme.actor.name)
    const muted = await muteAlert(acme, { id: second, hours: 2 }, deps)
    assert.equal(muted.state, 'muted')
    clock.add(60 * MINUTE)
    await retellUnattended(deps, clock.now())
    await sendDue(deps)
    assert.equal(eventsOf(received).filter((event) => event === 'alert.escalated').length, 1)
    assert.equal((await listAlerts(acme, { state: 'open', limit: 10 }, deps)).unattended, 0)
  }),
)

testOnBoth('what outlasts its muting is told again; a silenced kind is listed and never sent', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, clock, received, url } = world
    await setChannel(acme, { webhookUrl: url, escalateMinutes: null }, deps)
    const id = await raise(world)
    await sendDue(deps)
    await muteAlert(acme, { id, hours: 1 }, deps)
    clock.add(61 * MINUTE)
    await retellUnattended(deps, clock.now())
    await sendDue(deps)
    assert.deepEqual(eventsOf(received), ['alert.raised', 'alert.raised'])
    await setChannel(acme, { silenced: ['disk'] }, deps)
    const disk = { ...DOWN, kind: 'disk', subject: 'gateway', tenantId: acme.tenantId } as const
    await deps.store.transaction((trx) => raiseAlert(trx, disk, clock.now()))
    assert.equal(await sendDue(deps), 0)
    assert.equal((await listAlerts(acme, { state: 'open', limit: 10 }, deps)).items.length, 2)
  }),
)

test('a webhook inside our network is refused when it is sent, whatever its name says', () =>
  withFolder((dataFolder) =>
    inWorld(
      { database: null, dataFolder },
      async (world) => {
        const { deps, acme, received, url } = world
        await setChannel(acme, { webhookUrl: url }, deps)
        const { sends } = await testChannel(acme, deps)
        const hook = sends.find(({ channel }) => channel === 'webhook')
        assert.equal(hook?.state, 'failed')
        assert.match(hook.why ?? '', /127\.0\.0\.1 may not be connected to.*private network/)
        assert.equal(sends.find(({ channel }) => channel === 'mail')?.state, 'sent')
        assert.deepEqual(received, [])
        await assert.rejects(testChannel(acme, deps), { problemName: 'check-too-soon' })
      },
      [],
    ),
  ))

test('a channel takes good addresses alone; another host gets another secret', () =>
  withFolder((dataFolder) =>
    inWorld({ database: null, dataFolder }, async ({ deps, acme, url, clock }) => {
      const refused = [
        { webhookUrl: 'ftp://files.example/' },
        { webhookUrl: 'not an address' },
        { webhookUrl: 'https://me:secret@hooks.example/' },
        { email: 'nobody' },
        { escalateTo: 'a@b.example\r\nBcc: all' },
      ]
      for (const change of refused)
        await assert.rejects(
          setChannel(acme, change, deps),
          { problemName: 'invalid-input' },
          JSON.stringify(change),
        )
      const first = await setChannel(acme, { webhookUrl: url }, deps)
      const same = await setChannel(acme, { webhookUrl: `${url}/other` }, deps)
      assert.equal(same.secret, null, 'another path of the same host keeps it')
      const other = await setChannel(acme, { webhookUrl: 'https://hooks.example/' }, deps)
      assert.ok(other.secret !== null && other.secret !== first.secret)
      clock.add(1)
      assert.notEqual((await renewSecret(acme, deps)).secret, other.secret)
      const none = await setChannel(acme, { webhookUrl: null }, deps)
      assert.equal(none.channel.webhook, null)
      assert.equal(none.channel.mailCrossesUs, true, 'ann@acme.example alone is reached through us')
      const outside = await setChannel(acme, { email: 'duty@other.example' }, deps)
      assert.deepEqual(outside.channel.mailsTo, ['duty@other.example'])
      assert.equal(outside.channel.mailCrossesUs, false)
    }),
  ))

testOnBoth('sources raise what is wrong and clear what is over', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, clock } = world
    const { tenantId } = acme
    const all = acrossTenants(deps.store.db)
    await all
      .insertInto('sender_warning')
      .values({
        id: 'aud_1',
        tenant_id: tenantId,
        kind: 'author',
        identity: 'ann@acme.example',
        action: 'hold',
        began_at: clock.now(),
        recipients: 900,
        usual: 12,
        sample: '[]',
        released_at: null,
        released_by: null,
        revision: 1,
      })
      .execute()
    const item = {
      id: 'msg_1',
      direction: 'inbound',
      reversePath: 'a@b.example',
      receivedAt: clock.now() - 70 * MINUTE,
      size: 1,
      recipientCount: 1,
      recipients: [
        {
          index: 0,
          forwardPath: 'ann@acme.example',
          state: 'queued',
          attempts: 4,
          firstAttemptAt: clock.now() - 69 * MINUTE,
          nextAttemptAt: clock.now(),
          paused: false,
          lastReply: 'connect ECONNREFUSED',
          routeId: null,
          released: false,
        },
      ],
    } as const
    await all
      .insertInto('route')
      .values({
        id: 'rte_1',
        tenant_id: tenantId,
        name: 'Exchange',
        host: 'exchange.acme.example',
        port: 25,
        tls: 'opportunistic',
        alternate_id: null,
        default_for: 'inbound',
        last_test: null,
        created_at: 0,
        revision: 1,
      })
      .execute()
    let items: readonly (typeof item)[] = [item]
    const edge = { node: 'n', slot: 0 }
    const asked: SourceDeps = {
      ...deps,
      link: {
        ...deps.link,
        orderAll: async () => ({
          answers: [
            { ...edge, result: { kind: 'queue-list', items: structuredClone(items) as never, next: null } },
          ],
          unreachable: [],
        }),
      },
    }
    const kinds = async (): Promise<string[]> =>
      (await listAlerts(acme, { state: 'open', limit: 10 }, deps)).items
        .map(({ kind, subject }) => `${kind} ${subject}`)
        .sort()
    for (const source of [takeoverSource, queueSource, syncSource, agentSource])
      await applySource(source, asked)
    assert.deepEqual(await kinds(), [
      'queue-age inbound',
      'route-down exchange.acme.example',
      'takeover ann@acme.example',
    ])
    // Nobody answers: what was wrong stays wrong.
    await applySource(queueSource, deps)
    assert.equal((await kinds()).length, 3)
    items = []
    await applySource(queueSource, asked)
    assert.deepEqual(await kinds(), ['takeover ann@acme.example'])
    await all.updateTable('sender_warning').set({ released_at: clock.now() }).execute()
    await applySource(takeoverSource, asked)
    assert.deepEqual(await kinds(), [])
  }),
)

test('the mail of an alert is 7 bit outside, and words stay whole inside', () => {
  const body = {
    id: 'snd_1',
    event: 'alert.raised',
    at: 0,
    organization: { id: 'ten_1', slug: 'acme', name: 'Acme é' },
    alert: { ...DOWN, id: 'alr_1', subject: 'hôte\r\nBcc: x', raisedAt: 0, clearedAt: null },
  }
  const to = ['ann@acme.example', 'ü@acme.example']
  const text = alertLetter({
    id: 'snd_1',
    hostname: 'gw.example',
    author: 'postmaster@gw.example',
    to,
    body,
    page: 'http://x/',
    now: 0,
  })
  assert.match(text, /^[\x20-\x7e\r\n]*$/)
  assert.match(text, /\r\nSubject: Mail host does not take mail \(h\?te\?\?Bcc: x\)\r\n/)
  assert.match(text, /\r\nTo: <ann@acme\.example>\r\n/)
  const inside = Buffer.from(text.split('\r\n\r\n')[1] ?? '', 'base64').toString('utf8')
  assert.match(inside, /Acme é[\s\S]*What to do: Look at it\./)
})
