// The DNS server is asked by Node's own resolver (c-ares), which shares no code with it.
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import packet from 'dns-packet'
import { type DnsServer, startDns } from './dns.ts'

/** Longer than a busy machine takes to answer. */
const PATIENCE_MS = 60_000

let dns: DnsServer
let resolver: Resolver

function resolverOf(timeout: number): Resolver {
  const asking = new Resolver({ timeout, tries: 1 })
  asking.setServers([dns.address])
  return asking
}

before(async () => {
  dns = await startDns()
  resolver = resolverOf(PATIENCE_MS)
  const read = dns.zones.importZone(`
    $ORIGIN acme.example.
    $TTL 60
@        SOA  ns1 hostmaster 7 3600 600 86400 5 ; the negative answers carry it
@        NS   ns1
ns1      A    127.0.0.1
@   120  IN MX 10 mx.oldhost.example.
@        MX   20 backup
@        TXT  "v=spf1 ip4:198.51.100.25 " "-all"
www      CNAME web
web      A    192.0.2.7
         AAAA 2001:db8::7
loop     CNAME loop2
loop2    CNAME loop
gone     CNAME nowhere
deep.below A  192.0.2.9
*.wild   A    192.0.2.10
_25._tcp.mx TLSA ( 3 1 1
            0123456789abcdef0123456789abcdef
            0123456789abcdef0123456789abcdef )
25.100.51.198.in-addr.arpa. PTR mail.acme.example.
`)
  assert.deepEqual(read, { ok: true, value: 15 })
})

after(() => dns.stop())

test('answers each record type', async () => {
  const exchanges = await resolver.resolveMx('acme.example')
  assert.deepEqual(
    exchanges.map((mx) => `${mx.priority} ${mx.exchange}`),
    ['10 mx.oldhost.example', '20 backup.acme.example'],
  )
  assert.deepEqual(await resolver.resolveTxt('ACME.example'), [['v=spf1 ip4:198.51.100.25 ', '-all']])
  assert.deepEqual(await resolver.resolveNs('acme.example'), ['ns1.acme.example'])
  assert.deepEqual(await resolver.resolve4('web.acme.example', { ttl: true }), [
    { address: '192.0.2.7', ttl: 60 },
  ])
  assert.deepEqual(await resolver.resolve6('web.acme.example'), ['2001:db8::7'])
  assert.deepEqual(await resolver.reverse('198.51.100.25'), ['mail.acme.example'])
  assert.equal((await resolver.resolveSoa('acme.example')).serial, 7)
  const [tlsa] = await resolver.resolveTlsa('_25._tcp.mx.acme.example')
  assert.equal(Buffer.from(tlsa!.data).toString('hex'), '0123456789abcdef'.repeat(4))
})

test('follows aliases and wildcards, and ends a loop', async () => {
  assert.deepEqual(await resolver.resolve4('www.acme.example'), ['192.0.2.7'])
  assert.deepEqual(await resolver.resolve4('a.b.wild.acme.example'), ['192.0.2.10'])
  assert.equal(dns.zones.store.lookUp('loop.acme.example', 'A').answers.length, 9)
  assert.equal(dns.zones.store.lookUp('gone.acme.example', 'A').rcode, 'NXDOMAIN')
})

test('tells a missing name from a missing record', async () => {
  await assert.rejects(resolver.resolve4('nobody.acme.example'), { code: 'ENOTFOUND' })
  await assert.rejects(resolver.resolveMx('web.acme.example'), { code: 'ENODATA' })
  await assert.rejects(
    resolver.resolve4('below.acme.example'),
    { code: 'ENODATA' },
    'an empty non-terminal exists',
  )
  const negative = await overTcp({ name: 'nobody.acme.example', type: 'A' })
  assert.equal(negative.flags! & 15, 3)
  assert.equal(negative.authorities?.[0]?.type, 'SOA')
  assert.equal(negative.authorities?.[0]?.name, 'acme.example')
})

test('sets AA and RA, and AD only for signed domains', async () => {
  const before = await overTcp({ name: 'web.acme.example', type: 'A' })
  assert.deepEqual([before.flag_aa, before.flag_ra, before.flag_ad], [true, true, false])
  dns.zones.setSigned('acme.example', true)
  assert.equal((await overTcp({ name: 'web.acme.example', type: 'A' })).flag_ad, true)
  dns.zones.setSigned('acme.example', false)
})

test('truncates over UDP and answers whole over TCP', async () => {
  const values = Array.from(
    { length: 40 },
    (_, index) => `a value long enough to fill the packet, number ${index}`,
  )
  dns.zones.set('big.acme.example', 'TXT', values)
  dns.clearQueries()
  assert.equal((await resolver.resolveTxt('big.acme.example')).length, 40)
  const transports = dns.queries().map((query) => query.transport)
  assert.ok(transports.includes('udp') && transports.includes('tcp'), transports.join())
})

test('shows a change at once and forgets what is removed', async () => {
  dns.zones.set('new.acme.example', 'TXT', ['gatepost=abc'])
  assert.deepEqual(await resolver.resolveTxt('new.acme.example'), [['gatepost=abc']])
  assert.throws(() => dns.zones.set('new.acme.example', 'A', ['300.1.1.1']), RangeError)
  dns.zones.remove('new.acme.example')
  await assert.rejects(resolver.resolveTxt('new.acme.example'), { code: 'ENOTFOUND' })
})

test('names can fail', async () => {
  const cases = [
    { fault: { kind: 'servfail' }, code: 'ESERVFAIL' },
    { fault: { kind: 'refused' }, code: 'EREFUSED' },
    { fault: { kind: 'timeout' }, code: 'ETIMEOUT' },
  ] as const
  for (const { fault, code } of cases) {
    dns.faults.set('acme.example', fault, { below: true })
    const asking = fault.kind === 'timeout' ? resolverOf(300) : resolver
    await assert.rejects(asking.resolve4('web.acme.example'), { code })
  }
  dns.faults.clear()
  dns.faults.set('web.acme.example', { kind: 'delay', delayMs: 30 })
  const begin = performance.now()
  assert.deepEqual(await resolver.resolve4('web.acme.example'), ['192.0.2.7'])
  assert.ok(performance.now() - begin >= 25)
  dns.faults.clear()
})

test('answers what is no query without falling over', async () => {
  const socket = connect(dns.port, '127.0.0.1')
  socket.write(Buffer.from([0, 3, 1, 2, 255]))
  const [length] = (await new Promise<Buffer>((done) => socket.once('data', done))).subarray(1, 2)
  assert.equal(length, 12)
  socket.destroy()
  assert.deepEqual(await resolver.resolve4('web.acme.example'), ['192.0.2.7'])
})

test('a zone survives being written and read again', async () => {
  const copy = await startDns()
  const text = dns.zones.exportZone()
  assert.equal(copy.zones.importZone(text).ok, true)
  assert.equal(copy.zones.exportZone(), text)
  await copy.stop()
})

test('faults in a zone text name their line', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['acme.example. A 1.2.3', 'line 1: not an IPv4 address'],
    [
      '\n\nacme.example. MX mx.acme.example.',
      'line 3: expected a preference and a host, as in 10 mx.example.',
    ],
    [
      'acme.example. HINFO x',
      'line 1: expected one of A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TLSA, TXT after the name',
    ],
    ['acme.example. TXT "open', 'line 1: a quoted text does not end'],
    [
      'ac me.example. A',
      'line 1: expected one of A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TLSA, TXT after the name',
    ],
    [`${'a'.repeat(64)}.example. A 1.2.3.4`, 'line 1: each label has 1 to 63 characters'],
  ]
  for (const [text, fault] of cases) {
    const result = dns.zones.importZone(text)
    assert.equal(result.ok ? 'read' : result.fault, fault)
  }
})

async function overTcp(question: packet.Question): Promise<packet.DecodedPacket> {
  const socket = connect(dns.port, '127.0.0.1')
  socket.write(
    packet.streamEncode({ type: 'query', id: 9, flags: packet.RECURSION_DESIRED, questions: [question] }),
  )
  const reply = await new Promise<Buffer>((done) => socket.once('data', done))
  socket.destroy()
  return packet.decode(reply.subarray(2))
}
