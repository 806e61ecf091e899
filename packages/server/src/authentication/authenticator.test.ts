// A whole message's authentication: look-ups are shared and bounded, and what hostile senders try
// (reliability §3, cases 29 to 34).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitMessage } from '@gatepost/mail/header.ts'
import type { Dns } from '#platform/dns-types.ts'
import { Authenticator } from './authenticator.ts'
import { rsaKey, signed } from './signing.fixture.ts'

const key = rsaKey()
const MESSAGE = 'From: Bob <bob@mail.sender.example>\r\nSubject: hi\r\n\r\nbody\r\n'

type Answers = { readonly [question: string]: readonly string[] | 'fails' }

function setUp(answers: Answers) {
  const asked: string[] = []
  let now = 1_795_000_000_000
  const query = async ({ name, type }: { readonly name: string; readonly type: string }) => {
    asked.push(`${name} ${type}`)
    await new Promise((resolve) => setImmediate(resolve))
    const records = answers[`${name} ${type}`]
    const rest = { ttl: 60, authenticated: false, server: 'test' }
    if (records === 'fails') return { kind: 'failed', why: 'time-out', server: 'test' }
    return records === undefined ? { kind: 'absent', ...rest } : { kind: 'found', records, ...rest }
  }
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const dns = { query } as unknown as Dns
  const authenticator = new Authenticator({ dns, clock, hostname: 'mx.gate.example' })
  const judge = async (content: string, authorDomains: readonly string[], from = 'mail.sender.example') => {
    const octets = Buffer.from(content, 'latin1')
    const reversePath = { localPart: 'bob', domain: from }
    const spf = await authenticator.spf.check({
      clientIp: '192.0.2.1',
      helo: 'mx.sender.example',
      reversePath,
    })
    const tap = authenticator.tap(octets)
    tap?.write(octets)
    return authenticator.judge({ spf, authorDomains }, tap)
  }
  const later = (ms: number): void => {
    now += ms
  }
  return { authenticator, judge, asked, later }
}

const ZONE: Answers = {
  'mail.sender.example TXT': ['v=spf1 ip4:192.0.2.1 -all'],
  's1._domainkey.sender.example TXT': [key.record],
  '_dmarc.sender.example TXT': ['v=DMARC1; p=reject; sp=quarantine'],
}

test('a message that is in order: all methods, alignment by tree walk', async () => {
  const { judge } = setUp(ZONE)
  const found = await judge(signed(MESSAGE, { key }), ['mail.sender.example'])
  assert.deepEqual(found, {
    spf: 'pass',
    spfDomain: 'mail.sender.example',
    spfAligned: true,
    dkim: [{ domain: 'sender.example', selector: 's1', result: 'pass', aligned: true }],
    dmarc: { result: 'pass', policy: 'quarantine', domain: 'mail.sender.example' },
    arc: 'none',
  })
})

test('a burst asks DNS once, the next minute not at all, and then anew', async () => {
  const { judge, asked, later } = setUp(ZONE)
  const content = signed(MESSAGE, { key })
  await Promise.all(Array.from({ length: 50 }, () => judge(content, ['mail.sender.example'])))
  const once = asked.length
  // The SPF record is asked for by us and by mailauth; the resolver's cache answers the second time.
  assert.equal(new Set(asked).size, once - 1, asked.join())
  await judge(content, ['mail.sender.example'])
  assert.equal(asked.length, once)
  later(61_000)
  await judge(content, ['mail.sender.example'])
  assert.ok(asked.length > once)
})

test('mail without a signature is not read again', () => {
  const { authenticator } = setUp({})
  const content = Buffer.from(MESSAGE)
  assert.equal(authenticator.tap(content), null)
  assert.equal(authenticator.begin([], splitMessage(content).bodyOffset), null)
})

test('without a DMARC record the registrable domain tells what is aligned', async () => {
  const { judge } = setUp({ ...ZONE, '_dmarc.sender.example TXT': [] })
  const found = await judge(signed(MESSAGE, { key }), ['mail.sender.example'])
  assert.equal(found.dmarc.result, 'none')
  assert.deepEqual([found.spfAligned, found.dkim[0]?.aligned], [true, true])
  const other = await judge(signed(MESSAGE, { key }), ['other.example'])
  assert.deepEqual([other.spfAligned, other.dkim[0]?.aligned], [false, false])
})

test('several authors: one that fails decides, by the stricter wish; else nobody knows', async () => {
  const { judge } = setUp({ ...ZONE, '_dmarc.soft.example TXT': ['v=DMARC1; p=none'] })
  const cases: readonly [readonly string[], string, string | null][] = [
    [['soft.example', 'sender.example'], 'fail', 'reject'],
    [['soft.example', 'nobody.example'], 'fail', 'none'],
    [['nobody.example', 'nowhere.example'], 'permerror', null],
    [['', 'sender.example'], 'fail', 'reject'],
    [[''], 'permerror', null],
    [[], 'none', null],
    [['a.example', 'b.example', 'c.example', 'd.example', 'e.example'], 'permerror', null],
    // Nobody's domain is hidden among many.
    [['sender.example', 'b.example', 'c.example', 'd.example', 'e.example'], 'fail', 'reject'],
  ]
  for (const [authors, result, policy] of cases) {
    const { dmarc } = await judge(MESSAGE, authors, 'elsewhere.example')
    assert.deepEqual(dmarc, { result, policy, domain: null }, authors.join())
  }
})

test('silent DNS is temperror everywhere, and is asked again', async () => {
  const silent: Answers = {
    'mail.sender.example TXT': 'fails',
    's1._domainkey.sender.example TXT': 'fails',
    '_dmarc.mail.sender.example TXT': 'fails',
  }
  const { judge, asked } = setUp(silent)
  const found = await judge(signed(MESSAGE, { key }), ['mail.sender.example'])
  assert.deepEqual(
    [found.spf, found.dkim[0]?.result, found.dmarc.result],
    ['temperror', 'temperror', 'temperror'],
  )
  const once = asked.length
  await judge(signed(MESSAGE, { key }), ['mail.sender.example'])
  assert.ok(asked.length > once)
})

test('what fails for a look-up that failed is temperror, and shows what would align', async () => {
  const cases: readonly [Answers, string, string, readonly string[]][] = [
    // The key cannot be had, and the signature would be aligned.
    [
      { 's1._domainkey.sender.example TXT': 'fails' },
      'elsewhere.example',
      'temperror quarantine',
      ['aligned'],
    ],
    // SPF cannot be had, for a domain that would be aligned; the signature's key is gone.
    [
      { 'mail.sender.example TXT': 'fails', 's1._domainkey.sender.example TXT': [] },
      'mail.sender.example',
      'temperror quarantine',
      ['spf'],
    ],
    // SPF of somebody else cannot be had: that would prove nothing.
    [
      { 'elsewhere.example TXT': 'fails', 's1._domainkey.sender.example TXT': [] },
      'elsewhere.example',
      'fail quarantine',
      [],
    ],
    // What passes passes, whatever else could not be had.
    [
      { 's1._domainkey.sender.example TXT': 'fails' },
      'mail.sender.example',
      'pass quarantine',
      ['aligned', 'spf'],
    ],
  ]
  for (const [answers, from, wanted, shows] of cases) {
    const { judge } = setUp({ ...ZONE, ...answers })
    const found = await judge(signed(MESSAGE, { key }), ['mail.sender.example'], from)
    const { dmarc, dkim, spfAligned } = found
    assert.equal(`${dmarc.result} ${dmarc.policy}`, wanted, from)
    assert.deepEqual([...(dkim[0]?.aligned ? ['aligned'] : []), ...(spfAligned ? ['spf'] : [])], shows, from)
  }
})

test('a key whose name is longer than DNS has is no time-out', async () => {
  const { judge, asked } = setUp(ZONE)
  const selector = Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.')
  const found = await judge(signed(MESSAGE, { key, selector }), ['mail.sender.example'], 'elsewhere.example')
  assert.deepEqual([found.dkim[0]?.result, found.dmarc.result], ['neutral', 'fail'])
  assert.ok(!asked.some((question) => question.includes('_domainkey')))
})

test('abuse 29: loops, voids, huge macros and long records cost a bounded number of questions', async () => {
  const many = (term: (at: number) => string): string[] => [
    `v=spf1 ${Array.from({ length: 500 }, (_, at) => term(at)).join(' ')} -all`,
  ]
  const records: readonly (readonly [string, readonly string[], string])[] = [
    ['loop', ['v=spf1 include:mail.sender.example -all'], 'permerror'],
    ['voids', many((at) => `a:n${at}.void.example`), 'permerror'],
    ['exists', many((at) => `exists:%{i}.n${at}.amplifier.example`), 'permerror'],
    ['mx', many((at) => `mx:n${at}.amplifier.example`), 'permerror'],
    ['macro', [`v=spf1 exists:${'%{l}'.repeat(25_000)}.example -all`], 'permerror'],
  ]
  for (const [name, txt, wanted] of records) {
    const { judge, asked } = setUp({ 'mail.sender.example TXT': txt })
    const started = performance.now()
    const { spf } = await judge(MESSAGE, ['mail.sender.example'])
    assert.ok(performance.now() - started < 15_000, `${name} took too long`)
    assert.ok(asked.length <= 25, `${name}: ${asked.length} questions`)
    assert.ok(spf === wanted || spf === 'fail', `${name}: ${spf}`)
  }
})

test('abuse 31: a chain of 300 sets is "fail" at the cost of a few', async () => {
  const { judge, asked } = setUp(ZONE)
  let content = MESSAGE
  for (let at = 1; at <= 300; at++) {
    content =
      `ARC-Seal: i=${at}; a=rsa-sha256; cv=${at === 1 ? 'none' : 'pass'}; d=evil.example; s=s${at}; b=AAAA\r\n` +
      `ARC-Message-Signature: i=${at}; a=rsa-sha256; d=evil.example; s=m${at}; h=from; bh=AAAA; b=AAAA\r\n` +
      `ARC-Authentication-Results: i=${at}; evil.example; dmarc=pass\r\n${content}`
  }
  const started = performance.now()
  const found = await judge(content, ['mail.sender.example'], 'elsewhere.example')
  assert.ok(performance.now() - started < 15_000)
  assert.equal(found.arc, 'fail')
  assert.equal(found.dmarc.result, 'fail')
  assert.ok(asked.length < 70, `${asked.length} questions`)
})

test('large content holds nobody up: 4 MB pass in slices of the loop', async () => {
  const { authenticator } = setUp(ZONE)
  const body = 'some words  and more\r\n'.repeat(10_000)
  const content = Buffer.from(signed(MESSAGE.replace('body\r\n', body.repeat(20)), { key }), 'latin1')
  const tap = authenticator.tap(content)
  assert.ok(tap !== null)
  let longest = 0
  for (let at = 0; at < content.length; at += 65_536) {
    // What the thread worked, not what it waited for a busy machine.
    const started = process.threadCpuUsage()
    tap.write(content.subarray(at, at + 65_536))
    const { user, system } = process.threadCpuUsage(started)
    longest = Math.max(longest, (user + system) / 1_000)
  }
  const { dkim } = await tap.finish()
  assert.equal(dkim[0]?.result, 'pass')
  // Some 0.3 ms on a machine that has time for us.
  assert.ok(longest < 1_000, `a chunk took ${longest} ms`)
})
