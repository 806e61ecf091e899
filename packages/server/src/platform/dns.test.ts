// The resolver against a real name server over UDP and TCP: answers, absences and failures must stay three
// things.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startDns } from '@gatepost/sandbox/dns.ts'
import { systemClock } from './clock.ts'
import { createDns } from './dns.ts'
import type { Dns } from './dns-types.ts'

let server: Awaited<ReturnType<typeof startDns>>
let dns: Dns

before(async () => {
  server = await startDns({})
  server.zones.importZone(`
$ORIGIN acme.example.
$TTL 300
@ IN SOA ns1.acme.example. admin.acme.example. 1 3600 600 86400 60
@ IN NS ns1.acme.example.
ns1 IN A 127.0.0.1
@ IN MX 10 mx1.acme.example.
mx1 IN A 192.0.2.10
www IN CNAME mx1.acme.example.
@ IN TXT "v=spf1 ip4:192.0.2.0/24" " -all"
`)
  dns = createDns({ clock: systemClock, resolver: server.address, authoritative: [server.address] })
})
after(() => server.stop())

test('found, none and absent are three answers', async () => {
  const mx = await dns.query({ name: 'ACME.example.', type: 'MX' })
  assert.equal(mx.kind, 'found')
  if (mx.kind === 'found') assert.deepEqual(mx.records, [{ preference: 10, exchange: 'mx1.acme.example' }])
  assert.equal((await dns.query({ name: 'mx1.acme.example', type: 'MX' })).kind, 'none')
  assert.equal((await dns.query({ name: 'nobody.acme.example', type: 'A' })).kind, 'absent')
})

test('the strings of a TXT record are joined without a space (RFC 7208 §3.3)', async () => {
  const txt = await dns.query({ name: 'acme.example', type: 'TXT' })
  assert.deepEqual(txt.kind === 'found' ? txt.records : [], ['v=spf1 ip4:192.0.2.0/24 -all'])
})

test('an alias is followed', async () => {
  const a = await dns.query({ name: 'www.acme.example', type: 'A' })
  assert.deepEqual(a.kind === 'found' ? a.records : [], ['192.0.2.10'])
})

test('a long answer comes by TCP', async () => {
  const long = Array.from({ length: 40 }, (_, at) => `entry-${at}-${'x'.repeat(80)}`)
  server.zones.importZone(
    [
      '$ORIGIN long.example.',
      '$TTL 60',
      '@ IN SOA ns1.long.example. a.long.example. 1 1 1 1 1',
      ...long.map((text) => `@ IN TXT "${text}"`),
    ].join('\n'),
  )
  const answer = await dns.query({ name: 'long.example', type: 'TXT' })
  assert.equal(answer.kind === 'found' ? answer.records.length : 0, 40)
})

test('a server that fails or is away is never a "no"', async () => {
  server.faults.set('broken.acme.example', { kind: 'servfail' })
  assert.equal((await dns.query({ name: 'broken.acme.example', type: 'A' })).kind, 'failed')
  const dead = await dns.query({ name: 'acme.example', type: 'A', servers: ['127.0.0.1:1'] })
  assert.equal(dead.kind, 'failed')
})

test('the same question asked at once goes out once, and its answer is kept', async () => {
  const count = (): number => server.queries().filter(({ name }) => name === 'mx1.acme.example').length
  const earlier = count()
  await Promise.all([1, 2, 3].map(() => dns.query({ name: 'mx1.acme.example', type: 'AAAA' })))
  await dns.query({ name: 'mx1.acme.example', type: 'AAAA' })
  assert.equal(count() - earlier, 1)
})

test('who asks again a few seconds after the server is back gets its answer, not the failure', async () => {
  let now = systemClock.now()
  const clock = { ...systemClock, now: () => now }
  const patient = createDns({ clock, resolver: server.address, authoritative: [] })
  const ask = () => patient.query({ name: 'www.acme.example', type: 'A' })
  server.faults.set('www.acme.example', { kind: 'servfail' })
  assert.equal((await ask()).kind, 'failed')
  server.faults.clear('www.acme.example')
  assert.equal((await ask()).kind, 'failed', 'questions of the same moment share the failure')
  now += 2_000
  assert.equal((await ask()).kind, 'found')
})

test('a name that no question can carry is a failure, again and again', async () => {
  for (let at = 0; at < 2; at++) {
    const answer = await dns.query({ name: `${'x'.repeat(70)}.acme.example`, type: 'A' })
    assert.notEqual(answer.kind, 'found')
  }
  const empty = await dns.query({ name: `a..${'y'.repeat(300)}.example`, type: 'TXT' })
  assert.notEqual(empty.kind, 'found')
})
