// Verified host names over real DNS of the sandbox, and which patterns of rules they meet (P3).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startDns } from '@gatepost/sandbox/dns.ts'
import { systemClock } from '#platform/clock.ts'
import { createDns } from '#platform/dns.ts'
import { HostTable } from '#policy/rules/host-name.ts'
import { ClientNames } from './client.ts'

let server: Awaited<ReturnType<typeof startDns>>
let names: ClientNames

before(async () => {
  server = await startDns({})
  const { zones } = server
  const host = (ip: string, ...pointers: string[]): void => {
    zones.set(`${ip.split('.').reverse().join('.')}.in-addr.arpa`, 'PTR', pointers)
  }
  // A pool of a survey service.
  host('192.0.2.4', 'ms4.ssmx.net')
  zones.set('ms4.ssmx.net', 'A', ['192.0.2.4'])
  host('192.0.2.12', 'MS12-eu.SSMX.net')
  zones.set('ms12-eu.ssmx.net', 'A', ['192.0.2.11', '192.0.2.12'])
  // Anybody can point the reverse name of an address of theirs at somebody else's host.
  host('203.0.113.66', 'ms4.ssmx.net')
  host('203.0.113.67', 'ms99.ssmx.net')
  // Two names, one of which leads back.
  host('198.51.100.7', 'liar.example', 'Real.Host.example')
  zones.set('liar.example', 'A', ['192.0.2.99'])
  zones.set('real.host.example', 'A', ['198.51.100.7'])
  host('198.51.100.8', 'broken.example')
  server.faults.set('broken.example', { kind: 'servfail' })
  server.faults.set('9.100.51.198.in-addr.arpa', { kind: 'servfail' })
  const nibbles = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'
  zones.set(nibbles, 'PTR', ['six.ssmx.net'])
  zones.set('six.ssmx.net', 'AAAA', ['2001:db8::1'])
  const dns = createDns({ clock: systemClock, resolver: server.address, authoritative: [] })
  names = new ClientNames(dns, systemClock)
})
after(() => server.stop())

const PATTERNS = ['ms*.ssmx.net', '.ssmx.net', 'ms4.ssmx.net', '.host.example', 'ssmx.net', '*.example']

test('only names that lead back to the address meet a pattern', async () => {
  const table = new HostTable()
  for (const pattern of PATTERNS) table.add(pattern)
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    ['192.0.2.4', ['ms4.ssmx.net'], ['.ssmx.net', 'ms*.ssmx.net', 'ms4.ssmx.net']],
    ['192.0.2.12', ['ms12-eu.ssmx.net'], ['.ssmx.net', 'ms*.ssmx.net']],
    ['2001:db8::1', ['six.ssmx.net'], ['.ssmx.net']],
    ['203.0.113.66', [], []],
    ['203.0.113.67', [], []],
    ['198.51.100.7', ['real.host.example'], ['.host.example']],
    ['198.51.100.99', [], []],
  ]
  for (const [ip, wanted, met] of cases) {
    const fact = await names.names(ip)
    assert.deepEqual(fact, { kind: 'known', value: wanted }, ip)
    assert.deepEqual([...table.matching(wanted)].sort(), [...met].sort(), ip)
  }
})

test('a look-up that fails is unknown: neither a match nor a "no"', async () => {
  for (const ip of ['198.51.100.8', '198.51.100.9']) {
    const fact = await names.names(ip)
    assert.equal(fact.kind, 'unknown', ip)
  }
})

test('names of one client are looked up once for many messages', async () => {
  const count = () => server.queries().length
  await names.names('192.0.2.4')
  const earlier = count()
  await Promise.all([1, 2, 3].map(() => names.names('192.0.2.4')))
  assert.equal(await names.name('192.0.2.4'), 'ms4.ssmx.net')
  assert.equal(count(), earlier)
})
