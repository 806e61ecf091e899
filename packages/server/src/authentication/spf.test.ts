// SPF with our resolver: results, what is shared and remembered, and DNS that fails or never answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import type { Dns, DnsAnswer, DnsRecordType } from '#platform/dns-types.ts'
import { SpfChecker } from './spf.ts'

type Zone = { readonly [question: string]: readonly unknown[] | 'fails' | 'never' }

function setUp(zone: Zone) {
  let now = 1_000_000
  const asked: string[] = []
  const dns = {
    query: (query: { readonly name: string; readonly type: DnsRecordType }) => {
      const question = `${query.name} ${query.type}`
      asked.push(question)
      const rest = { ttl: 30, authenticated: false, server: 'test' }
      const records = zone[question]
      if (records === 'never') return new Promise(() => undefined)
      if (records === 'fails') return Promise.resolve({ kind: 'failed', why: 'time-out', server: 'test' })
      const answer = records ? { kind: 'found', records, ...rest } : { kind: 'absent', ...rest }
      return Promise.resolve(answer as DnsAnswer<DnsRecordType>)
    },
  } as unknown as Dns
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const checker = new SpfChecker({ dns, clock, hostname: 'mx.gate.example' })
  const check = async (from: string | null, clientIp = '192.0.2.1', helo = 'mx.sender.example') => {
    return checker.check({ clientIp, helo, reversePath: from === null ? null : mailboxOf(from) })
  }
  return {
    checker,
    check,
    asked,
    later: (ms: number) => {
      now += ms
    },
  }
}

test('results by record', async () => {
  const { check } = setUp({
    'sender.example TXT': ['v=spf1 a mx include:_spf.sender.example ip6:2001:db8::/32 -all', 'other text'],
    'sender.example A': ['192.0.2.9'],
    'sender.example MX': [{ preference: 10, exchange: 'out.sender.example' }],
    'out.sender.example A': ['192.0.2.1'],
    '_spf.sender.example TXT': ['v=spf1 ip4:198.51.100.0/24 ~all'],
    'two.example TXT': ['v=spf1 -all', 'v=spf1 +all'],
    'bad.example TXT': ['v=spf1 ip4:nonsense -all'],
    'mx.sender.example TXT': ['v=spf1 ip4:192.0.2.1 -all'],
    'lookalike.example TXT': ['v=spf10 +all'],
  })
  const cases: readonly [string | null, string, string][] = [
    ['bob@sender.example', '192.0.2.1', 'pass'],
    ['bob@sender.example', '192.0.2.9', 'pass'],
    ['bob@sender.example', '198.51.100.200', 'pass'],
    ['bob@sender.example', '2001:db8::5', 'pass'],
    ['bob@sender.example', '203.0.113.1', 'fail'],
    ['bob@two.example', '192.0.2.1', 'permerror'],
    ['bob@bad.example', '192.0.2.1', 'permerror'],
    ['bob@nothing.example', '192.0.2.1', 'none'],
    ['bob@lookalike.example', '192.0.2.1', 'none'],
    ['bob@[192.0.2.1]', '192.0.2.1', 'none'],
    [null, '192.0.2.1', 'pass'],
    [null, '192.0.2.2', 'fail'],
  ]
  for (const [from, ip, result] of cases)
    assert.equal((await check(from, ip)).result, result, `${from} ${ip}`)
  assert.equal((await check(null)).domain, 'mx.sender.example')
  assert.equal((await check(null, '192.0.2.1', '[192.0.2.1]')).result, 'none')
})

test('a dead name server is temperror, never "none" or "fail", and is asked again', async () => {
  const { check, asked } = setUp({
    'dead.example TXT': 'fails',
    'half.example TXT': ['v=spf1 include:dead.example -all'],
  })
  assert.equal((await check('bob@dead.example')).result, 'temperror')
  assert.equal((await check('bob@half.example')).result, 'temperror')
  const before = asked.length
  await check('bob@dead.example')
  assert.ok(asked.length > before)
})

test('limits of RFC 7208 §4.6.4: ten look-ups, two void ones', async () => {
  const zone: Record<string, readonly unknown[]> = {
    'loop.example TXT': ['v=spf1 include:loop.example -all'],
    'void.example TXT': ['v=spf1 a:n1.example a:n2.example a:n3.example -all'],
  }
  const { check, asked } = setUp(zone)
  assert.equal((await check('bob@loop.example')).result, 'permerror')
  assert.ok(asked.length < 25, `${asked.length} questions`)
  assert.equal((await check('bob@void.example')).result, 'permerror')
})

test('one evaluation serves a burst, is remembered for its lifetime, and then made anew', async () => {
  const { check, checker, asked, later } = setUp({ 'sender.example TXT': ['v=spf1 ip4:192.0.2.1 -all'] })
  await Promise.all([check('a@sender.example'), check('b@sender.example'), check('c@sender.example')])
  const once = asked.length
  const remembered = checker.check({
    clientIp: '192.0.2.1',
    helo: 'mx.sender.example',
    reversePath: mailboxOf('d@sender.example'),
  })
  assert.ok(!(remembered instanceof Promise))
  assert.equal(asked.length, once)
  later(31_000)
  await check('a@sender.example')
  assert.ok(asked.length > once)
})

test('a record that looks at the local part is evaluated for each', async () => {
  const { check } = setUp({
    'sender.example TXT': ['v=spf1 exists:%{l}.users.sender.example -all'],
    'ann.users.sender.example A': ['127.0.0.2'],
  })
  const [ann, bob] = await Promise.all([check('ann@sender.example'), check('bob@sender.example')])
  assert.deepEqual([ann.result, bob.result], ['pass', 'fail'])
  assert.equal((await check('bob@sender.example')).result, 'fail')
  assert.equal((await check('ann@sender.example')).result, 'pass')
})
