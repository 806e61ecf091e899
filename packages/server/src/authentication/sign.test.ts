// Our signatures and seals as others see them: our own verifier, mailauth and dkimpy.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import type { Dns } from '#platform/dns-types.ts'
import { arcFields } from './arc-fields.ts'
import { arcSeal } from './arc-seal.ts'
import { Authenticator } from './authenticator.ts'
import { BodyHash } from './body-hash.ts'
import { oracleDkim } from './oracle.fixture.ts'
import { dkimpyArc, dkimpyVerdicts, hasDkimpy } from './second-opinion.fixture.ts'
import { dkimSignature, MessageToSign, type SigningKey } from './sign.ts'
import { ed25519Key, rsaKey, type TestKey } from './signing.fixture.ts'

const NOW = Date.now()
const RSA = rsaKey(2_048)
const ED25519 = ed25519Key()
const records = new Map([
  ['r1._domainkey.acme.example', RSA.record],
  ['e1._domainkey.acme.example', ED25519.record],
])

function keyOf(test: TestKey, selector: string): SigningKey {
  const algorithm = test.type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256'
  return { id: selector, domain: 'acme.example', selector, algorithm, key: test.privateKey }
}

const HEADER =
  'From: Ann <ann@acme.example>\r\nTo: Bob <bob@far.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n' +
  '  and  more\r\nDate: Sun, 22 Nov 2026 03:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\n' +
  'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n'

const MESSAGES: readonly (readonly [name: string, content: string])[] = [
  ['plain', `${HEADER}\r\nHello,\r\n\r\nhow are  you? \t\r\n\r\n\r\n`],
  ['an empty body', `${HEADER}\r\n`],
  ['no end of line at the end', `${HEADER}\r\nlast line`],
  ['dots and blanks', `${HEADER}\r\n.dot\r\n..\r\n \t \r\ntext \t with\ttabs\r\n`],
  ['8 bit', `${HEADER}\r\nGr\xc3\xbc\xc3\x9fe\r\n`],
  [
    'long references',
    `References: ${'<x@acme.example>\r\n '.repeat(60)}<y@acme.example>\r\n${HEADER}\r\nx\r\n`,
  ],
  ['two of a field', `Cc: a@far.example\r\nCc: b@far.example\r\n${HEADER}\r\nx\r\n`],
]

function toSign(content: string): MessageToSign {
  const octets = Buffer.from(content, 'latin1')
  const { headerBytes, bodyOffset } = splitMessage(octets)
  const fields = parseHeaderFields(headerBytes)
  assert.ok(fields.ok)
  const body = new BodyHash({ canon: 'relaxed', algorithm: 'sha256', length: null })
  body.write(octets.subarray(bodyOffset))
  return new MessageToSign(fields.value, body.digest().hash)
}

async function signedBoth(content: string): Promise<string> {
  const message = toSign(content)
  const one = await dkimSignature(message, keyOf(RSA, 'r1'), NOW)
  const two = await dkimSignature(message, keyOf(ED25519, 'e1'), NOW)
  return one + two + content
}

const clock = { now: () => NOW, sleep: async () => {} }
const dns: Dns = {
  query: (async ({ name, type }: { name: string; type: string }) => {
    const common = { ttl: 60, authenticated: false, server: 'test' }
    const record = type === 'TXT' ? records.get(name) : undefined
    return record === undefined
      ? { kind: 'absent', ...common }
      : { kind: 'found', records: [record], ...common }
  }) as Dns['query'],
  authoritativeServers: async () => ({ kind: 'failed', why: 'not here' }),
  confirmedName: async () => ({ kind: 'none' }),
}

async function ours(content: string) {
  const octets = Buffer.from(content, 'latin1')
  const tap = new Authenticator({ dns, clock, hostname: 'gate.example' }).tap(octets)
  tap?.write(octets)
  return tap === null ? { dkim: [], arc: 'none' as const } : tap.finish()
}

for (const [name, content] of MESSAGES) {
  test(`three verifiers take both signatures: ${name}`, async () => {
    const mail = await signedBoth(content)
    assert.deepEqual(
      (await ours(mail)).dkim.map(({ result }) => result),
      ['pass', 'pass'],
    )
    const resolver = async (asked: string, type: string) => {
      const record = type === 'TXT' ? records.get(asked) : undefined
      if (record === undefined) throw Object.assign(new Error('absent'), { code: 'ENOTFOUND' })
      return [[record]]
    }
    const oracle = await oracleDkim(Buffer.from(mail, 'latin1'), { resolver, now: NOW })
    assert.deepEqual(
      oracle.map(({ result }) => result),
      ['pass', 'pass'],
    )
    if (hasDkimpy) assert.deepEqual(await dkimpyVerdicts(mail, records), [true, true])
  })
}

test('what is added on the way breaks the signature: a second From, a Reply-To, a changed subject', async () => {
  const mail = await signedBoth(MESSAGES[0]![1])
  for (const added of [
    'From: eve@evil.example\r\n',
    'Reply-To: eve@evil.example\r\n',
    'Cc: x@y.example\r\n',
  ]) {
    assert.deepEqual(
      (await ours(added + mail)).dkim.map(({ result }) => result),
      ['fail', 'fail'],
      added,
    )
    if (hasDkimpy) assert.deepEqual(await dkimpyVerdicts(added + mail, records), [false, false])
  }
  const received = await ours(`Received: from a by b; Sun, 22 Nov 2026 03:00:00 +0000\r\n${mail}`)
  assert.deepEqual(
    received.dkim.map(({ result }) => result),
    ['pass', 'pass'],
  )
})

test('signatures are relaxed, without l=, and have a start and an end', async () => {
  const text = await dkimSignature(toSign(MESSAGES[0]![1]), keyOf(RSA, 'r1'), NOW)
  const value = text.replace(/\s+/g, '')
  assert.match(
    value,
    /^DKIM-Signature:v=1;a=rsa-sha256;c=relaxed\/relaxed;d=acme\.example;s=r1;t=\d+;x=\d+;h=/,
  )
  assert.doesNotMatch(value, /;l=/)
  assert.match(value, /h=from:from:to:to:cc:subject:subject:date:date:reply-to:message-id:message-id:/)
  for (const line of text.split('\r\n')) assert.ok(line.length <= 78, line)
})

async function sealed(content: string, state: 'none' | 'pass'): Promise<string | null> {
  const message = toSign(content)
  const fields = parseHeaderFields(splitMessage(Buffer.from(content, 'latin1')).headerBytes)
  assert.ok(fields.ok)
  const chain = arcFields(fields.value)
  const results =
    'gate.example;\r\n\tspf=pass smtp.mailfrom=acme.example;\r\n\tdkim=pass header.d=acme.example;' +
    '\r\n\tdmarc=pass (p=none) header.from=acme.example'
  const text = await arcSeal({ message, chain, state, results, key: keyOf(RSA, 'r1'), now: NOW })
  return text === null ? null : text + content
}

test('a seal, and a seal on a seal, are taken by mailauth and dkimpy; a changed one is not', async () => {
  const once = await sealed(await signedBoth(MESSAGES[0]![1]), 'none')
  assert.ok(once !== null)
  const seen = await ours(once)
  assert.equal(seen.arc, 'pass')
  assert.deepEqual(seen.sealers, [{ domain: 'acme.example', dmarcPassFor: 'acme.example' }])
  const twice = await sealed(once, 'pass')
  assert.ok(twice !== null)
  assert.equal((await ours(twice)).arc, 'pass')
  assert.equal((await ours(twice.replace('spf=pass', 'spf=fail'))).arc, 'fail')
  if (hasDkimpy) {
    assert.deepEqual((await dkimpyArc(once, records))[0], 'pass')
    assert.deepEqual((await dkimpyArc(twice, records))[0], 'pass')
    assert.deepEqual((await dkimpyArc(twice.replace('spf=pass', 'spf=fail'), records))[0], 'fail')
  }
})

test('what was not validated is not vouched for: no seal on a chain of unknown state', async () => {
  const once = await sealed(MESSAGES[0]![1], 'none')
  assert.ok(once !== null)
  assert.equal(await sealed(once, 'none'), null)
  assert.equal(await sealed(MESSAGES[0]![1], 'pass'), null)
  assert.equal(await sealed(once.replace('ARC-Seal: i=1', 'ARC-Seal: i=2'), 'pass'), null)
})
