// Where mail goes: routes, mail exchangers, and addresses that must not be reached through us.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { createTargetGuard } from '#platform/target-guard.ts'
import type { RouteSettings } from '#policy/settings.ts'
import { type ConnectorDeps, openHop } from './connector.ts'
import { Deadlines } from './deadlines.ts'
import { fakeDns, routeOfHost, settingsOf } from './delivery.fixture.ts'
import { Hosts } from './hosts.ts'
import { Logins } from './login/logins.ts'
import { type ResolveDeps, resolveHost, resolveMx } from './mx.ts'
import { routeOf } from './route.ts'
import { openSocket } from './smtp-connection.ts'
import { TIMEOUTS } from './smtp-session.ts'
import { startSink } from './smtp-sink.fixture.ts'
import { NO_NEED } from './tls/need.ts'
import { TlsSessions } from './tls-sessions.ts'

const guard = createTargetGuard({
  privateTargets: ['10.1.0.0/16'],
  ownListeners: () => [
    { host: '198.51.100.1', port: 25 },
    { host: '0.0.0.0', port: 587 },
  ],
  localAddresses: () => ['198.51.100.9'],
})

function depsOf(zone: Parameters<typeof fakeDns>[0], random = 0): ResolveDeps {
  return { dns: fakeDns(zone), guard, hostname: 'gate.example', random: () => random }
}

const mx = (preference: number, exchange: string) => ({ preference, exchange })

describe('target guard', () => {
  const cases: [ip: string, port: number, expected: string | null][] = [
    ['203.0.113.1', 25, null],
    ['2001:db8::1', 25, null],
    ['169.254.169.254', 80, 'link-local'],
    ['fe80::1', 25, 'link-local'],
    ['fd00:ec2::254', 80, 'link-local'],
    ['100.100.100.200', 25, 'link-local'],
    ['127.0.0.1', 25, 'private'],
    ['10.0.0.1', 25, 'private'],
    ['10.1.2.3', 25, null],
    ['::ffff:10.0.0.1', 25, 'private'],
    ['64:ff9b::a00:1', 25, 'private'],
    ['198.51.100.1', 25, 'own-listener'],
    ['198.51.100.1', 26, null],
    ['198.51.100.9', 587, 'own-listener'],
    ['127.0.0.5', 587, 'own-listener'],
    ['mail.example', 25, 'no-address'],
  ]
  for (const [ip, port, expected] of cases) {
    it(`${ip}:${port} → ${expected ?? 'allowed'}`, () => assert.equal(guard.refusalOf(ip, port), expected))
  }
})

describe('resolveMx', () => {
  const four = { A: ['203.0.113.1'] } as const
  const cases: [name: string, zone: Parameters<typeof fakeDns>[0], expected: string][] = [
    ['no such domain', {}, 'permanent 5.1.2'],
    ['null MX', { 'x.example': { MX: [mx(0, '.')] } }, 'permanent 5.1.10'],
    ['failed look-up', { 'x.example': 'failed' }, 'transient 4.4.3'],
    ['implicit MX', { 'x.example': four }, 'x.example/203.0.113.1'],
    ['neither MX nor address', { 'x.example': { TXT: ['v'] } }, 'permanent 5.4.4'],
    ['hosts without address', { 'x.example': { MX: [mx(1, 'a.example')] } }, 'permanent 5.4.4'],
    [
      'a failed host',
      { 'x.example': { MX: [mx(1, 'a.example')] }, 'a.example': 'failed' },
      'transient 4.4.3',
    ],
    [
      'by preference, both families, a failed host left out',
      {
        'x.example': { MX: [mx(20, 'b.example'), mx(10, 'a.example'), mx(15, 'c.example')] },
        'a.example': { ...four, AAAA: ['2001:db8::1'] },
        'b.example': { A: ['203.0.113.2'] },
        'c.example': 'failed',
      },
      'a.example/203.0.113.1 a.example/2001:db8::1 b.example/203.0.113.2',
    ],
    ['private only', { 'x.example': { A: ['127.0.0.1'] } }, 'permanent 5.4.4'],
    [
      'ourselves and what is behind us are left out (RFC 5321 §5.1)',
      {
        'x.example': {
          MX: [mx(10, 'a.example'), mx(20, 'gate.example'), mx(20, 'b.example'), mx(30, 'c.example')],
        },
        'a.example': four,
        'gate.example': { A: ['198.51.100.1'] },
        'b.example': { A: ['203.0.113.2'] },
        'c.example': { A: ['203.0.113.3'] },
      },
      'a.example/203.0.113.1',
    ],
    [
      'only ourselves',
      { 'x.example': { MX: [mx(1, 'gate.example')] }, 'gate.example': { A: ['198.51.100.1'] } },
      'permanent 5.4.6',
    ],
  ]
  for (const [name, zone, expected] of cases) {
    for (const random of [0, 0.9]) {
      it(`${name} (${random})`, async () => {
        const resolution = await resolveMx('x.example', { port: 25 }, depsOf(zone, random))
        const told =
          resolution.kind === 'targets'
            ? resolution.targets.map(({ host, ip }) => `${host}/${ip}`).join(' ')
            : `${resolution.kind} ${resolution.status}`
        assert.equal(told, expected)
      })
    }
  }

  it('draws the order of equal preferences', async () => {
    const zone = {
      'x.example': { MX: [mx(1, 'a.example'), mx(1, 'b.example')] },
      'a.example': four,
      'b.example': { A: ['203.0.113.2'] },
    }
    const draws = [0.9, 0.1]
    const resolution = await resolveMx(
      'x.example',
      { port: 25 },
      { ...depsOf(zone), random: () => draws.shift() ?? 0 },
    )
    assert.equal(resolution.kind === 'targets' && resolution.targets[0]?.host, 'b.example')
  })
})

describe('resolveHost', () => {
  const endpoint = { port: 25, tls: 'none' } as const
  it('takes an address as it is', async () => {
    const resolution = await resolveHost('203.0.113.7', endpoint, depsOf({}))
    assert.deepEqual(resolution, {
      kind: 'targets',
      targets: [{ host: '203.0.113.7', ip: '203.0.113.7', ...endpoint }],
    })
  })
  it('waits for the administrator where the route leads nowhere', async () => {
    for (const host of ['missing.example', '127.0.0.1', '169.254.169.254', '198.51.100.1']) {
      const resolution = await resolveHost(host, endpoint, depsOf({}))
      assert.deepEqual(
        [resolution.kind, 'status' in resolution && resolution.status],
        ['transient', '4.4.4'],
        host,
      )
    }
  })
})

describe('routeOf', () => {
  const first = routeOfHost('one.example', 25)
  const second = routeOfHost('two.example', 25, { id: 'rte_2', alternateId: 'rte_1' })
  const domain = settingsOf([first]).domains[0]!
  const settings = settingsOf([first, second], {
    domains: [domain, { ...domain, id: 'dom_2', name: 'lab.example', routeId: 'rte_2' }],
  })
  const question = { settings, tenantOfDomain: (name: string) => (name === 'other.example' ? 'ten_2' : null) }
  const told = (changes: object) => {
    const hop = routeOf({ ...question, direction: 'outbound', domain: 'x.example', ...changes })
    if (hop.kind === 'route') return [hop.route, ...hop.alternates].map(({ host }) => host).join('>')
    if (hop.kind === 'paused') return hop.why
    return hop.kind === 'none' ? 'none' : `${hop.kind} ${hop.domain}`
  }
  it('decides by direction and domain', () => {
    assert.equal(told({ direction: 'inbound', domain: 'acme.example' }), 'one.example')
    assert.equal(told({ direction: 'inbound', domain: 'lab.example' }), 'two.example>one.example')
    assert.equal(told({ domain: 'acme.example' }), 'one.example')
    assert.equal(told({ domain: 'other.example' }), 'gateway other.example')
    assert.equal(told({}), 'mx x.example')
    assert.equal(told({ settings: { ...settings, smartHostRouteId: 'rte_2' } }), 'two.example>one.example')
    assert.equal(
      told({ settings: { ...settings, defaultRouteId: null }, direction: 'inbound', domain: 'acme.example' }),
      'none',
    )
    assert.equal(
      told({
        settings: { ...settings, defaultRouteId: 'rte_9' },
        direction: 'inbound',
        domain: 'acme.example',
      }),
      'none',
    )
  })
  it('takes the route a person chose, unless it is gone', () => {
    const inbound = { direction: 'inbound', domain: 'acme.example' }
    assert.equal(told({ ...inbound, chosenRouteId: 'rte_2' }), 'two.example>one.example')
    assert.equal(told({ chosenRouteId: 'rte_1' }), 'one.example')
    assert.equal(told({ ...inbound, chosenRouteId: 'rte_9' }), 'one.example')
  })
  it('waits where a route or all delivery is paused, and leaves paused alternates out', () => {
    const paused = { ...settings, routes: [{ ...first, paused: true }, second] }
    assert.equal(told({ settings: paused, domain: 'acme.example' }), 'delivery by Mail host is paused')
    assert.equal(told({ settings: paused, domain: 'lab.example' }), 'two.example')
    assert.equal(told({ settings: paused }), 'mx x.example')
    assert.equal(told({ settings: { ...settings, deliveryPaused: true } }), 'delivery is paused')
    assert.equal(told({ settings: paused, chosenRouteId: 'rte_1' }), 'delivery by Mail host is paused')
  })
  it('follows alternates that go round in a circle once', () => {
    const circle = settingsOf([{ ...first, alternateId: 'rte_2' }, second])
    assert.equal(told({ settings: circle, domain: 'acme.example' }), 'one.example>two.example')
  })
})

describe('openHop', () => {
  it('spreads connections over the hosts of a route and passes by one that is down', async () => {
    const first = await startSink({}, '127.0.0.1')
    const second = await startSink({}, '127.0.0.2', first.port)
    const zone = { 'one.example': { A: ['127.0.0.1'] }, 'two.example': { A: ['127.0.0.2'] } } as const
    const draws = [0, 0.9, 0.1, 0.6]
    const route = (moreHosts: readonly string[]) =>
      routeOfHost('one.example', first.port, { tls: 'none', moreHosts })
    const deps = depsTo(zone, { connectionsPerHost: 9, mxPort: 25 }, () => draws.shift() ?? 0.9)
    const open = (moreHosts: readonly string[]) => openHop(hopOf(route(moreHosts)), deps)
    const met: string[] = []
    for (let at = 0; at < 4; at += 1) met.push(await hostOf(open(['two.example'])))
    await second.close()
    met.push(await hostOf(open(['two.example'])))
    await first.close()
    assert.deepEqual(met, ['one.example', 'two.example', 'one.example', 'two.example', 'one.example'])
  })

  it('tells whose words a failure is in', async () => {
    const whose = async (said: string) => {
      const sink = await startSink({ answer: (line) => (line === '<greeting>' ? said : undefined) })
      const route = routeOfHost('127.0.0.1', sink.port, { tls: 'none' })
      const opened = await openHop(hopOf(route), depsTo({}, { connectionsPerHost: 1, mxPort: 25 }))
      await sink.close()
      return opened.kind === 'failed' ? `${opened.isOurs} ${opened.reply.code}` : opened.kind
    }
    assert.equal(await whose('421 4.7.0 too many connections'), 'false 421')
    assert.equal(await whose('close'), 'true 421')
  })

  it('waits for a host that is there and full instead of using its backup', async () => {
    const first = await startSink({}, '127.0.0.1')
    const second = await startSink({}, '127.0.0.2', first.port)
    const zone = {
      'x.example': { MX: [mx(10, 'one.example'), mx(20, 'two.example')] },
      'one.example': { A: ['127.0.0.1'] },
      'two.example': { A: ['127.0.0.2'] },
    } as const
    const backup = routeOfHost('two.example', first.port, { id: 'rte_2', tls: 'none' })
    const primary = routeOfHost('one.example', first.port, { tls: 'none' })
    for (const hop of [
      { kind: 'mx', domain: 'x.example', need: NO_NEED } as const,
      hopOf(primary, [backup]),
    ]) {
      const deps = depsTo(zone, { connectionsPerHost: 1, mxPort: first.port })
      const taken = await openHop(hop, deps)
      assert.ok(taken.kind === 'open')
      assert.equal(taken.session.target.host, 'one.example')
      assert.deepEqual(await openHop(hop, deps), { kind: 'busy' })
      taken.session.connection.quit()
      taken.release()
      assert.equal(await hostOf(openHop(hop, deps)), 'one.example')
    }
    // Nobody was answered there yet: it may be down, and then the backup is what it is for.
    const deps = depsTo(zone, { connectionsPerHost: 1, mxPort: first.port })
    deps.hosts.acquire({ host: 'one.example', ip: '127.0.0.1', port: first.port, tls: 'none' })
    assert.equal(await hostOf(openHop(hopOf(primary, [backup]), deps)), 'two.example')
    await first.close()
    await second.close()
  })
})

function hopOf(route: RouteSettings, alternates: readonly RouteSettings[] = []) {
  return { kind: 'route', tenantId: 'ten_1', route, alternates, need: NO_NEED } as const
}

function depsTo(
  zone: Parameters<typeof fakeDns>[0],
  { connectionsPerHost, mxPort }: { readonly connectionsPerHost: number; readonly mxPort: number },
  random = () => 0.9,
): ConnectorDeps {
  return {
    resolve: { ...depsOf(zone), guard: openGuard, random },
    session: {
      connect: openSocket,
      deadlines: new Deadlines(systemClock, 50),
      hostname: 'gate.example',
      timeouts: TIMEOUTS,
      tlsSessions: new TlsSessions(),
    },
    hosts: new Hosts({ connectionsPerHost, connections: 9 }),
    logins: new Logins({ secrets: null, clock: systemClock }),
    mxPort,
    ownListener: () => null,
  }
}

const openGuard = createTargetGuard({
  privateTargets: ['127.0.0.0/8'],
  ownListeners: () => [],
  localAddresses: () => [],
})

async function hostOf(opening: ReturnType<typeof openHop>): Promise<string> {
  const opened = await opening
  if (opened.kind !== 'open') return opened.kind
  opened.session.connection.quit()
  return opened.session.target.host
}
