// The TLS test of a partner against hosts that speak TLS, do not, and are not there.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSecureContext } from 'node:tls'
import { systemClock } from '#platform/clock.ts'
import { fakeDns } from '../delivery.fixture.ts'
import { type Sink, startSink } from '../smtp-sink.fixture.ts'
import { makeAuthority } from './certificates.fixture.ts'
import { probeTls, type TlsProbeDeps } from './probe-tls.ts'

const authority = makeAuthority()
const made = authority.issue(['mx.far.example', 'far.example'])
let sink: Sink
let clear: Sink

before(async () => {
  sink = await startSink({ tls: createSecureContext({ cert: made.certificate, key: made.key }) })
  clear = await startSink({}, '127.0.0.2', sink.port)
})
after(async () => {
  await sink.close()
  await clear.close()
})

const order = { kind: 'probe-tls', id: 'prb_1', tenantId: 'ten_1', domain: 'far.example' } as const

function probe(zone: Parameters<typeof fakeDns>[0], more: Partial<TlsProbeDeps> = {}) {
  return probeTls(order, {
    dns: fakeDns(zone),
    clock: systemClock,
    config: {
      hostname: 'gate.example',
      network: { privateTargets: ['127.0.0.0/8'] },
      delivery: { mxPort: sink.port, mtaStsPort: 1, connectionsPerHost: 1, messagesPerConnection: 1 },
    },
    ownListeners: () => [],
    localAddresses: () => [],
    ca: authority.ca.certificate,
    stepMs: 3_000,
    ...more,
  })
}

const to = (address: string) =>
  ({
    'far.example': { MX: [{ preference: 1, exchange: 'mx.far.example' }] },
    'mx.far.example': { A: [address] },
  }) as const

describe('probeTls', () => {
  it('a host with a certificate for its name and for the domain', async () => {
    const { mx, hosts, sts } = await probe(to('127.0.0.1'))
    assert.equal(mx.state, 'found')
    assert.equal(sts.state, 'none')
    const [host] = hosts
    assert.deepEqual(
      [host?.state, host?.isVerified, host?.isForDomain, host?.dane, host?.isNamedBySts],
      ['encrypted', true, true, 'none', null],
    )
    assert.match(host?.certificate?.subject ?? '', /mx\.far\.example/)
    assert.match(host?.saw ?? '', /^TLSv1\.3, .*valid for this name/)
    assert.ok(!sink.connections.some(({ commands }) => commands.some((line) => line.startsWith('MAIL'))))
  })

  it('an authority that nobody knows is seen, not refused', async () => {
    const { hosts } = await probe(to('127.0.0.1'), { ca: makeAuthority('Stranger').ca.certificate })
    assert.deepEqual([hosts[0]?.state, hosts[0]?.isVerified], ['encrypted', false])
    assert.match(hosts[0]?.saw ?? '', /not verified/)
  })

  it('a host without STARTTLS', async () => {
    const { hosts } = await probe(to('127.0.0.2'))
    assert.equal(hosts[0]?.state, 'clear')
  })

  it('a host that is not there, and a domain that does not exist', async () => {
    assert.equal((await probe(to('127.0.0.3'))).hosts[0]?.state, 'unreachable')
    const gone = await probe({})
    assert.deepEqual([gone.mx.state, gone.hosts.length], ['none', 0])
    assert.equal((await probe({ 'far.example': 'failed' })).mx.state, 'failed')
  })

  it('TLSA records without DNSSEC are told as such', async () => {
    const tlsa = { usage: 3, selector: 1, matchingType: 1, certificate: new Uint8Array(32) }
    const zone = { ...to('127.0.0.1'), [`_${sink.port}._tcp.mx.far.example`]: { TLSA: [tlsa] } }
    assert.equal((await probe(zone)).hosts[0]?.dane, 'unavailable')
    const secure = await probe(zone, { dns: fakeDns(zone, () => true) })
    assert.equal(secure.hosts[0]?.dane, 'not-met')
  })
})
