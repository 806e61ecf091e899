// DANE with real DNSSEC: good, wrong, insecure and bogus, by Knot and Unbound, against a host that speaks
// TLS.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { Deadlines } from '@gatepost/server/delivery/deadlines.ts'
import { resolveMx } from '@gatepost/server/delivery/mx.ts'
import { openSocket } from '@gatepost/server/delivery/smtp-connection.ts'
import { openSession, TIMEOUTS } from '@gatepost/server/delivery/smtp-session.ts'
import { type Sink, startSink } from '@gatepost/server/delivery/smtp-sink.fixture.ts'
import { certificatesIn, makeAuthority } from '@gatepost/server/delivery/tls/certificates.fixture.ts'
import { NO_NEED } from '@gatepost/server/delivery/tls/need.ts'
import { TlsSessions } from '@gatepost/server/delivery/tls-sessions.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { createDns } from '@gatepost/server/platform/dns.ts'
import { createTargetGuard } from '@gatepost/server/platform/target-guard.ts'
import { type Dnssec, dnssecMissing, startDnssec } from './lib/dnssec.ts'

const skip = dnssecMissing()
const authority = makeAuthority()
const made = authority.issue(['mx.signed.test'])
const [leaf] = certificatesIn(made.certificate)
const digest = createHash('sha256')
  .update(leaf!.publicKey.export({ type: 'spki', format: 'der' }))
  .digest('hex')

let sink: Sink
let dnssec: Dnssec

before(
  async () => {
    if (skip) return
    sink = await startSink({ tls: createSecureContext({ cert: made.certificate, key: made.key }) })
    const tlsa = (host: string, hash: string) => `_${sink.port}._tcp.${host} TLSA 3 1 1 ${hash}`
    dnssec = await startDnssec([
      '@ MX 10 mx',
      'mx A 127.0.0.1',
      tlsa('mx', digest),
      'wrong MX 10 wrong-mx',
      'wrong-mx A 127.0.0.1',
      tlsa('wrong-mx', '0'.repeat(64)),
      'bare MX 10 bare-mx',
      'bare-mx A 127.0.0.1',
    ])
  },
  { timeout: 240_000 },
)
after(async () => {
  await sink?.close()
  await dnssec?.stop()
})

/** What delivery to a domain would do: the state of TLS, or the refusal. */
async function deliverTo(domain: string, need = NO_NEED): Promise<string> {
  const dns = createDns({ clock: systemClock, resolver: dnssec.resolver, authoritative: [] })
  const guard = createTargetGuard({
    privateTargets: ['127.0.0.0/8'],
    ownListeners: () => [],
    localAddresses: () => [],
  })
  const deps = { dns, guard, hostname: 'gate.example', random: Math.random }
  const found = await resolveMx(domain, { port: sink.port, need }, deps)
  if (found.kind !== 'targets') return `${found.kind} ${found.status} ${found.text}`
  const session = await openSession(found.targets[0]!, {
    connect: openSocket,
    deadlines: new Deadlines(systemClock, 50),
    hostname: 'gate.example',
    timeouts: TIMEOUTS,
    tlsSessions: new TlsSessions(),
  })
  if (session.kind === 'failed') return `failed ${session.reply.status} ${session.reply.text}`
  const { tls, tlsTold, connection } = session.session
  connection.quit()
  const word = tls?.verified === true ? 'verified' : 'unverified'
  const isSeen = tlsTold?.certificate?.fingerprint === leaf!.fingerprint256
  return `${word} ${tlsTold?.by ?? 'offered'} ${isSeen}`
}

describe('DANE (abuse case 36)', { skip, timeout: 240_000 }, () => {
  test('a record that names the host’s key makes an unknown authority’s certificate good', async () => {
    assert.equal(await deliverTo('signed.test'), 'verified dane true')
  })

  test('a record that names another key: the mail waits, nothing goes in clear', async () => {
    const told = await deliverTo('wrong.signed.test')
    assert.match(told, /^failed 4\.7\.5 DANE: its certificate is not the one that its TLSA records name/)
    assert.ok(sink.connections.every(({ commands }) => !commands.some((line) => line.startsWith('MAIL'))))
  })

  test('the same records in a zone without DNSSEC prove nothing: TLS where it is offered', async () => {
    assert.equal(await deliverTo('plain.test'), 'unverified offered true')
    assert.equal(await deliverTo('wrong.plain.test'), 'unverified offered true')
  })

  test('a host without TLSA records in a signed zone is taken as it is', async () => {
    assert.equal(await deliverTo('bare.signed.test'), 'unverified offered true')
  })

  test('a zone whose signatures are wrong: the mail waits', async () => {
    assert.match(await deliverTo('bogus.test'), /^transient 4\.4\.3 /)
  })

  test('a policy that asks for DANE refuses what DNSSEC does not vouch for', async () => {
    const need = { ...NO_NEED, level: 'dane' as const }
    assert.equal(await deliverTo('signed.test', need), 'verified dane true')
    assert.match(await deliverTo('plain.test', need), /^transient 4\.7\.5 DANE is asked for/)
    assert.match(await deliverTo('bare.signed.test', need), /^transient 4\.7\.5 DANE is asked for/)
  })
})
