// Routes with a login, from spool to host: inside TLS only, never a bounce for our own password, and no
// connection shared with another login.
import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import { createSecureContext } from 'node:tls'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { isLoginFault, ROUTE_PASSWORD_COLUMN } from '#link/route-login.ts'
import { systemClock } from '#platform/clock.ts'
import { createSecretBox } from '#platform/secret-box.ts'
import { selfSigned } from '#platform/tls.ts'
import type { RouteLogin, RouteSettings } from '#policy/settings.ts'
import { acceptedOf, contentOf, createBench, envelopeOf } from '#spool/spool.fixture.ts'
import { callForwardOf } from '../call-forward.ts'
import { fakeDns, routeOfHost, settingsOf, startScheduler, until } from '../delivery.fixture.ts'
import { probeRoute } from '../probe.ts'
import { destinationKey, routeOf } from '../route.ts'
import { type Sink, type SinkOptions, startSink } from '../smtp-sink.fixture.ts'
import { authHost } from './auth-host.fixture.ts'
import { Logins } from './logins.ts'

const bench = createBench()
const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})
after(() => bench.remove())

const secrets = createSecretBox()
const { certificate, key } = selfSigned('mail.acme.example', Date.now())
const tls = createSecureContext({ cert: certificate, key })
const account = { username: 'relay@acme.example', password: 'pencil' }
const ALL = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256']
let slot = 0

function loginOf(changes: Partial<RouteLogin> & { readonly password?: string } = {}): RouteLogin {
  const { password = account.password, ...rest } = changes
  const place = { tenantId: 'ten_1', column: ROUTE_PASSWORD_COLUMN, id: 'rte_1' }
  return { username: account.username, sealed: secrets.seal(password, place), ...rest }
}

async function sinkOf(options: SinkOptions): Promise<Sink> {
  const sink = await startSink(options)
  cleanUp.push(() => sink.close())
  return sink
}

/** Sends one message by a route to the sink; resolves with what was reported of it first. */
async function deliver(sink: Sink, route: Partial<RouteSettings>) {
  slot += 1
  const spool = await bench.open({}, slot)
  const logins = new Logins({ secrets, clock: systemClock })
  const settings = settingsOf([routeOfHost('127.0.0.1', sink.port, route)])
  const { scheduler, events } = startScheduler(spool, settings, { logins })
  cleanUp.push(() => scheduler.stop(200))
  const send = async (): Promise<void> => {
    const envelope = envelopeOf({}, ['ann@acme.example'])
    await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    scheduler.offer(envelope, contentOf())
  }
  const told = async () => {
    const reports = (await spool.outbox(10_000)).map(({ report }) => report)
    return reports.flatMap((report) => (report.kind === 'delivery' ? [report] : []))
  }
  await send()
  await until(async () => (await told()).length > 0, 'there is an outcome')
  const [report] = await told()
  assert.ok(report)
  return { report, told, send, scheduler, events }
}

const said = (sink: Sink, verb: string): readonly string[] =>
  sink.connections.flatMap(({ commands }) => commands.filter((line) => line.startsWith(verb)))

describe('a route with a login', () => {
  for (const mechanism of ALL) {
    it(`logs in by ${mechanism} and delivers`, async () => {
      const sink = await sinkOf({ tls, answer: authHost({ ...account, mechanisms: [mechanism] }) })
      const { report } = await deliver(sink, { login: loginOf() })
      assert.equal(report.outcome, 'delivered', report.reply.text)
      assert.ok(report.tls)
    })
  }

  it('takes TLS where the route leaves it open, and says nothing in clear', async () => {
    const sink = await sinkOf({ answer: authHost({ ...account, mechanisms: ALL, inClear: true }) })
    const { report } = await deliver(sink, { login: loginOf() })
    // It says STARTTLS and has no certificate, which is as good as a forger who takes it away.
    assert.equal(report.outcome, 'deferred')
    assert.deepEqual([said(sink, 'AUTH'), said(sink, 'MAIL')], [[], []])
    const bare = await sinkOf({ keywords: ['AUTH PLAIN'] })
    const without = (await deliver(bare, { login: loginOf(), tls: 'none' })).report
    assert.equal(without.outcome, 'deferred')
    assert.match(without.reply.text, /offers no STARTTLS, and passwords are said inside TLS only/)
    assert.deepEqual(said(bare, 'AUTH'), [])
  })

  it('waits when the password is wrong, and does not say it again for a while', async () => {
    const sink = await sinkOf({ tls, answer: authHost({ ...account, mechanisms: ALL }) })
    const sent = await deliver(sink, { login: loginOf({ password: 'penicl' }) })
    assert.equal(sent.report.outcome, 'deferred')
    const { code, status, text } = sent.report.reply
    assert.match(text, /^the login of the delivery route failed: the host said 535/)
    assert.ok(isLoginFault(`${code} ${status} ${text}`))
    assert.doesNotMatch(JSON.stringify([sent.report, sent.events]), /penicl|relay@/)
    await sent.send()
    await until(async () => (await sent.told()).length > 1, 'the second one has an outcome')
    assert.equal(said(sink, 'AUTH').length, 1)
    await sent.scheduler.retryNow(sent.report.messageId)
    await until(() => said(sink, 'AUTH').length > 1, 'somebody asked to try now')
  })

  it('waits too when the host asks for a login and the route has none', async () => {
    const sink = await sinkOf({ tls, answer: authHost({ ...account, mechanisms: ALL }) })
    const { report } = await deliver(sink, {})
    assert.equal(report.outcome, 'deferred')
    assert.ok(isLoginFault(`${report.reply.code} ${report.reply.text}`))
  })

  it('opens for its own organisation and route alone', async () => {
    const sink = await sinkOf({ tls, answer: authHost({ ...account, mechanisms: ALL }) })
    const { report } = await deliver(sink, { login: loginOf(), id: 'rte_2' })
    assert.match(report.reply.text, /its password cannot be opened here/)
    assert.deepEqual(said(sink, 'AUTH'), [])
  })

  it('shares no connection with another login', () => {
    const keyOf = (login?: RouteLogin, tenantId = 'ten_1'): string => {
      const settings = { ...settingsOf([routeOfHost('127.0.0.1', 25, { login })]), tenantId }
      const question = { settings, direction: 'inbound', domain: 'acme.example' } as const
      const way = routeOf({ ...question, tenantOfDomain: () => null })
      assert.equal(way.kind, 'route')
      return way.kind === 'route' ? destinationKey(tenantId, way) : ''
    }
    const mine = loginOf()
    const keys = [mine, loginOf(), { ...mine, username: 'other' }, undefined].map((login) => keyOf(login))
    assert.equal(new Set([...keys, keyOf(mine, 'ten_2')]).size, 5)
    assert.equal(keyOf(mine), keyOf(mine))
    assert.ok(keys.every((one) => !one.includes(mine.sealed)))
  })
})

describe('with a login', () => {
  const world = {
    dns: fakeDns({ 'mail.acme.example': { A: ['127.0.0.1'] } }),
    clock: systemClock,
    ownListeners: () => [],
    localAddresses: () => [],
    logins: new Logins({ secrets, clock: systemClock }),
  }
  const delivery = { mxPort: 25, mtaStsPort: 443, connectionsPerHost: 2, messagesPerConnection: 10 }
  const config = { hostname: 'gate.example', network: { privateTargets: ['127.0.0.0/8'] }, delivery }

  it('call-forward asks', async () => {
    const sink = await sinkOf({ tls, answer: authHost({ ...account, mechanisms: ALL }) })
    const tenantOfDomain = () => 'ten_1'
    const asker = callForwardOf({ ...world, config, tenantOfDomain, ownMxListener: () => null })
    const settings = settingsOf([routeOfHost('mail.acme.example', sink.port, { login: loginOf() })])
    const fact = await asker.ask({ settings, forwardPath: mailboxOf('ann@acme.example')!, reversePath: null })
    asker.close()
    assert.deepEqual(fact.kind === 'known' && fact.value.answer, 'accepted')
  })

  it('the test of a route logs in, and says what is wrong', async () => {
    const probe = async (options: SinkOptions, login?: RouteLogin) => {
      const sink = await sinkOf(options)
      const order = {
        kind: 'probe-route',
        id: 'ord_1',
        tenantId: 'ten_1',
        host: 'mail.acme.example',
        port: sink.port,
        tls: 'opportunistic',
        reversePath: 'test@gate.example',
        forwardPath: 'ann@acme.example',
        content: null,
        ...(login === undefined ? {} : { login: { routeId: 'rte_1', ...login } }),
      } as const
      const result = await probeRoute(order, { ...world, config, stepMs: 30_000 })
      assert.ok(result.kind === 'probe-route')
      return result.results
    }
    const answer = authHost({ ...account, mechanisms: ALL })
    const [, , , encrypted, login, recipient] = await probe({ tls, answer }, loginOf())
    assert.deepEqual(
      [encrypted?.state, login?.check, login?.state, recipient?.state],
      ['passed', 'login', 'passed', 'passed'],
    )
    const wrong = (await probe({ tls, answer }, loginOf({ password: 'penicl' })))[4]
    assert.equal(wrong?.state, 'failed')
    assert.match(`${wrong?.saw} ${wrong?.remedy}`, /said 535 .*Compare user name and password/)
    const clear = (await probe({}, loginOf()))[3]
    assert.equal(clear?.state, 'failed')
    assert.match(clear?.saw ?? '', /passwords are said inside TLS only/)
    assert.equal((await probe({ tls })).length, 7, 'no login, no test of one')
  })
})
