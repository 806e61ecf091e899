// Abuse case 35: what a host may show where TLS is enforced. Whatever is wrong with it, nothing goes in clear
// and no message is begun.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSecureContext, type SecureContext } from 'node:tls'
import { systemClock } from '#platform/clock.ts'
import { Deadlines } from '../deadlines.ts'
import { openSocket } from '../smtp-connection.ts'
import { openSession, TIMEOUTS } from '../smtp-session.ts'
import { startSink } from '../smtp-sink.fixture.ts'
import { TlsSessions } from '../tls-sessions.ts'
import { makeAuthority } from './certificates.fixture.ts'

const authority = makeAuthority()
const good = authority.issue(['mx.far.example'])
const contextOf = (made: { certificate: string; key: string }, more = {}): SecureContext =>
  createSecureContext({ cert: made.certificate, key: made.key, ...more })
const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

type Case = { readonly tls: SecureContext | undefined; readonly fault: RegExp | null }
const cases: readonly (readonly [string, Case])[] = [
  ['a certificate for the host', { tls: contextOf(good), fault: null }],
  [
    'one for another name',
    { tls: contextOf(authority.issue(['other.example'])), fault: /altname|Hostname/i },
  ],
  [
    'one of nobody’s',
    { tls: contextOf(makeAuthority('Stranger').issue(['mx.far.example'])), fault: /self-signed|verify/i },
  ],
  [
    'one that is over',
    { tls: contextOf(authority.issue(['mx.far.example'], { days: -1 })), fault: /expired/i },
  ],
  ['TLS 1.0 alone', { tls: contextOf(good, old), fault: /version|protocol|alert/i }],
  ['no STARTTLS', { tls: undefined, fault: /does not offer STARTTLS/ }],
]

describe('enforced TLS (abuse case 35)', () => {
  for (const [name, { tls, fault }] of cases) {
    it(`${name}: ${fault === null ? 'goes' : 'waits'}`, async () => {
      const sink = await startSink(tls === undefined ? {} : { tls })
      try {
        const target = {
          host: 'mx.far.example',
          ip: '127.0.0.1',
          port: sink.port,
          tls: 'enforced-strict',
        } as const
        const opened = await openSession(target, {
          connect: openSocket,
          deadlines: new Deadlines(systemClock, 50),
          hostname: 'gate.example',
          timeouts: TIMEOUTS,
          tlsSessions: new TlsSessions(),
          ca: authority.ca.certificate,
        })
        if (opened.kind === 'open') opened.session.connection.quit()
        assert.equal(opened.kind, fault === null ? 'open' : 'failed')
        if (opened.kind === 'failed') {
          assert.match(opened.reply.text, fault!)
          assert.match(String(opened.reply.status), /^4\.7\./)
        }
        assert.ok(
          sink.connections.every(({ commands }) => commands.every((line) => !line.startsWith('MAIL'))),
        )
      } finally {
        await sink.close()
      }
    })
  }
})

describe('a TLS session that is resumed', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`is not more verified than the handshake it came from (${version})`, async () => {
      const tls = contextOf(authority.issue(['other.example']), { minVersion: version, maxVersion: version })
      const sink = await startSink({ tls })
      const host = { host: 'mx.far.example', ip: '127.0.0.1', port: sink.port, tls: 'opportunistic' } as const
      const tlsSessions = new TlsSessions()
      try {
        for (let i = 0; i < 3; i++) {
          const before = tlsSessions.get(host)
          const opened = await openSession(host, {
            connect: openSocket,
            deadlines: new Deadlines(systemClock, 50),
            hostname: 'gate.example',
            timeouts: TIMEOUTS,
            tlsSessions,
            ca: authority.ca.certificate,
          })
          assert.ok(opened.kind === 'open')
          assert.equal(before === undefined, i === 0, 'there is one to resume from the second on')
          const { verified, fault } = opened.session.tls!
          assert.deepEqual([i, verified, fault], [i, false, 'it is for another name'])
          opened.session.connection.quit()
          await opened.session.connection.closed
        }
      } finally {
        await sink.close()
      }
    })
  }
})
