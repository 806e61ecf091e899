// DKIM: what passes, what does not, and that mailauth says the same of every message (decisions 54).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dns } from '#platform/dns-types.ts'
import { Authenticator } from './authenticator.ts'
import { oracleDkim } from './oracle.fixture.ts'
import { resolverOf } from './resolver.ts'
import { ed25519Key, rsaKey, type SignOptions, signed } from './signing.fixture.ts'

const NOW = 1_795_000_000_000
const clock = { now: () => NOW, sleep: () => Promise.resolve() }
const rsa = rsaKey()
const ed = ed25519Key()

const MESSAGE =
  'From: Bob <bob@sender.example>\r\nTo:  ann@acme.example\r\nSubject: =?utf-8?q?a?=\r\n\tb   c\r\n' +
  'Received: from x\r\n\r\nDear Ann,  \r\n\r\n good\tnews \r\n\r\n\r\n'

type Zone = { readonly [name: string]: string | readonly string[] | 'fails' }

function dnsOf(zone: Zone, asked: string[] = []): Dns {
  const query = ({ name }: { readonly name: string }) => {
    asked.push(name)
    const found = zone[name]
    const rest = { ttl: 60, authenticated: false, server: 'test' }
    if (found === 'fails') return Promise.resolve({ kind: 'failed', why: 'time-out', server: 'test' })
    if (found === undefined) return Promise.resolve({ kind: 'absent', ...rest })
    return Promise.resolve({ kind: 'found', records: [found].flat(), ...rest })
  }
  return { query } as unknown as Dns
}

const KEYS: Zone = { 's1._domainkey.sender.example': rsa.record, 'ed._domainkey.sender.example': ed.record }

async function verify(content: string, zone: Zone = KEYS, asked: string[] = []) {
  const authenticator = new Authenticator({ dns: dnsOf(zone, asked), clock, hostname: 'mx.gate.example' })
  const octets = Buffer.from(content, 'latin1')
  const tap = authenticator.tap(octets)
  for (let at = 0; tap !== null && at < octets.length; at += 7) tap.write(octets.subarray(at, at + 7))
  return (await tap?.finish())?.dkim ?? []
}

/** Our verdict, and mailauth's beside it. */
async function both(content: string, zone: Zone = KEYS): Promise<readonly [string, string]> {
  const ours = await verify(content, zone)
  const resolver = resolverOf(dnsOf(zone), clock, { ms: 0 })
  const theirs = await oracleDkim(Buffer.from(content, 'latin1'), { resolver, now: NOW })
  return [ours.map(({ result }) => result).join(), theirs.map(({ result }) => result).join()]
}

const SIGNED: readonly Omit<SignOptions, 'key'>[] = [
  {},
  { headerCanon: 'simple' },
  { bodyCanon: 'simple' },
  { headerCanon: 'simple', bodyCanon: 'simple' },
  { fields: ['from', 'from', 'to', 'subject', 'subject', 'cc', 'received', 'x-none'] },
  { tags: 't=1700000000; x=1900000000' },
  { tags: 'i=notifications+0123456789@sub\r\n\t.sender.example' },
  { tags: 'q=dns/txt; i=bob@sub.sender.example; z=From:a|To:b' },
]

test('valid signatures pass, and mailauth agrees', async () => {
  for (const options of SIGNED) {
    for (const [key, selector] of [
      [rsa, 's1'],
      [ed, 'ed'],
    ] as const) {
      const content = signed(MESSAGE, { ...options, key, selector })
      assert.deepEqual(await both(content), ['pass', 'pass'], JSON.stringify(options))
    }
  }
})

test('whatever is changed behind the signer breaks it, and mailauth agrees', async () => {
  const changes: readonly [string, string, string][] = [
    ['Dear Ann', 'Dear Eve', 'fail'],
    ['good\tnews', 'good \t news', 'pass'],
    ['\r\n\r\n\r\n', '\r\n', 'pass'],
    ['bob@', 'eve@', 'fail'],
    ['Bob <', 'bob <', 'fail'],
    ['To:  ann', 'tO : \r\n ann', 'pass'],
    ['Received: from x', 'Received: from y', 'pass'],
    ['bh=', 'bh=A', 'fail'],
    ['h=from', 'h=From', 'fail'],
  ]
  const content = signed(MESSAGE, { key: rsa })
  for (const [was, is, wanted] of changes) {
    assert.ok(content.includes(was), was)
    assert.deepEqual(await both(content.replace(was, is)), [wanted, wanted], `${was} → ${is}`)
  }
})

test('claims that cannot be judged are neutral or policy, as at mailauth, and no key is asked for', async () => {
  const cases: readonly [string, Partial<SignOptions>, string][] = [
    ['x= over', { tags: 't=1; x=1000' }, 'neutral'],
    ['x= before t=', { tags: 't=2000; x=1000' }, 'neutral'],
    ['t= twice', { tags: 't=1; t=2' }, 'neutral'],
    ['From not signed', { fields: ['to', 'subject'] }, 'neutral'],
    ['rsa-sha1', { algorithm: 'rsa-sha1' }, 'policy'],
    ['unknown algorithm', { algorithm: 'rsa-md5' }, 'neutral'],
    ['i= of another domain', { tags: 'i=bob@other.example' }, 'neutral'],
    ['q= unknown', { tags: 'q=http' }, 'neutral'],
    ['l= no number', { tags: 'l=ten' }, 'neutral'],
    ['d= no name', { domain: 'sender_example' }, 'neutral'],
    ['s= with a NUL', { selector: 's\x001' }, 'neutral'],
    ['no key', { selector: 'gone' }, 'neutral'],
  ]
  for (const [name, options, wanted] of cases) {
    const [ours, theirs] = await both(signed(MESSAGE, { key: rsa, ...options }))
    assert.equal(ours, wanted, name)
    if (name !== 'rsa-sha1') assert.equal(theirs, wanted, name)
  }
  const asked: string[] = []
  await verify(signed(MESSAGE, { key: rsa, fields: ['to'] }), KEYS, asked)
  assert.deepEqual(asked, [])
})

test('key records: what is no key, and what is not for this', async () => {
  const name = 's1._domainkey.sender.example'
  const p = rsa.record.slice(rsa.record.indexOf('p='))
  const cases: readonly [string | readonly string[], string][] = [
    [`v=DKIM1; ${p}`, 'pass'],
    [p, 'pass'],
    [`k=rsa; t=y; h=sha256:sha1; s=*; n=a note; ${p};`, 'pass'],
    [['v=spf1 -all', `v=DKIM1; ${p}`], 'pass'],
    [`v=DKIM2; ${p}`, 'neutral'],
    [`${p}; v=DKIM1`, 'neutral'],
    ['v=DKIM1; p=', 'neutral'],
    ['v=DKIM1; p=!!!', 'neutral'],
    [`v=DKIM1; h=sha1; ${p}`, 'neutral'],
    [`v=DKIM1; s=tlsrpt; ${p}`, 'neutral'],
    [`v=DKIM1; k=ed25519; ${p}`, 'neutral'],
    ['v=spf1 -all', 'neutral'],
    ['fails', 'temperror'],
    [rsaKey(512).record, 'policy'],
  ]
  const content = signed(MESSAGE, { key: rsa })
  for (const [record, wanted] of cases) {
    const [ours, theirs] = await both(content, { [name]: record })
    assert.equal(ours, wanted, String(record).slice(0, 40))
    if (typeof record === 'string') assert.equal(theirs, wanted, String(record).slice(0, 40))
  }
  const strict = { [name]: `v=DKIM1; t=s; ${p}` }
  assert.deepEqual(await both(content, strict), ['pass', 'pass'])
  const below = signed(MESSAGE, { key: rsa, tags: 'i=bob@sub.sender.example' })
  assert.deepEqual(await both(below, strict), ['neutral', 'neutral'])
})

test('abuse 30: what proves less than a reader sees is not "pass"', async () => {
  const partial = signed(MESSAGE, { key: rsa, tags: 'l=9', length: 9 })
  const cases: readonly [string, string, RegExp][] = [
    ['l= shorter than the body', partial, /covers 9 of \d+ octets/],
    ['l=0', signed(MESSAGE, { key: rsa, tags: 'l=0', length: 0 }), /covers 0 of/],
    ['text behind l=', `${partial}and more\r\n`, /covers 9 of/],
    [
      'a second From',
      `From: ceo@bank.example\r\n${signed(MESSAGE, { key: rsa })}`,
      /From field is not signed/,
    ],
  ]
  for (const [name, content, reason] of cases) {
    const [only] = await verify(content)
    assert.equal(only?.result, 'policy', name)
    assert.match(only?.reason ?? '', reason, name)
  }
  const whole = signed(`From: b@sender.example\r\n\r\nten octets`, { key: rsa, tags: 'l=12', length: 12 })
  assert.equal((await verify(whole))[0]?.result, 'pass')
  const oversigned = signed(MESSAGE, { key: rsa, fields: ['from', 'from'] })
  assert.equal((await verify(`From: ceo@bank.example\r\n${oversigned}`))[0]?.result, 'fail')
})

test('abuse 30: 500 signatures cost no more than ten', async () => {
  const one = signed(MESSAGE, { key: rsa })
  const field = one.slice(0, one.length - MESSAGE.length)
  const asked: string[] = []
  const findings = await verify(field.repeat(500) + MESSAGE, KEYS, asked)
  assert.equal(findings.length, 10)
  assert.equal(asked.length, 1)
  let many = MESSAGE
  for (let length = 1; length <= 10; length++) many = field.replace('h=from', `l=${length}; h=from`) + many
  const limited = await verify(many)
  assert.equal(limited.filter(({ reason }) => reason === 'too many ways to hash the body').length, 5)
})

test('a line that is no field counts to the field above it', async () => {
  const content = signed(MESSAGE, { key: rsa })
  const garbled = content.replace(
    'Subject: =?utf-8?q?a?=\r\n\tb   c\r\n',
    'Subject: =?utf-8?q?a?=\r\n\tb   c\r\nno field here\r\n',
  )
  assert.deepEqual(await both(garbled), ['fail', 'fail'])
})
