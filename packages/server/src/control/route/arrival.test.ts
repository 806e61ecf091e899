// What a dropped test message tells of the mail host, in the words that Exchange Online, Exchange and Postfix
// write.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArrival } from './arrival.ts'

const startedAt = Date.UTC(2026, 10, 22, 9, 0, 0, 400)
const sent = { hostname: 'mx.gate.example', startedAt, now: startedAt + 60_000 }
const id = 'prb_01jd8v9c7m5e0h3k2n4q6r8t0w'

function eml(...fields: readonly string[]): string {
  return [
    ...fields,
    'Date: Sun, 22 Nov 2026 09:00:00 +0000',
    'From: Gatepost <postmaster@mx.gate.example>',
    `Message-ID: <${id}@mx.gate.example>`,
    'Subject: Gatepost test message',
    '',
    'SCL:9 in the text counts for nothing',
    '',
  ].join('\n')
}

function statesOf(...fields: readonly string[]): Record<string, string> {
  const read = readArrival(eml(...fields), sent)
  assert.ok(read.ok)
  return Object.fromEntries(read.checks.map(({ name, state }) => [name, state]))
}

test('Exchange Online that sees the true client, and puts it into the inbox', () => {
  assert.deepEqual(
    statesOf(
      'Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=mx.gate.example; dkim=none;compauth=pass reason=100',
      'X-MS-Exchange-SkipListedInternetSender: ip=[192.0.2.1];domain=mx.gate.example',
      'X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM',
      'X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:0;dest:I;ENG:(5062000305)',
    ),
    {
      'seen-client': 'passed',
      'seen-authentication': 'passed',
      'seen-spam': 'passed',
      'seen-folder': 'passed',
    },
  )
})

test('Exchange Online without enhanced filtering, with a rule or with junk', () => {
  const report = (scl: number) => `X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:;SCL:${scl};SFV:SPM`
  assert.deepEqual(statesOf(report(5), 'X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;dest:J;'), {
    'seen-client': 'failed',
    'seen-spam': 'warning',
    'seen-folder': 'warning',
  })
  assert.equal(statesOf(report(-1))['seen-spam'], 'warning')
})

test('Exchange and Postfix tell the client in Received; a private one is told of', () => {
  assert.deepEqual(
    statesOf(
      'Received: from ex1.acme.example (10.0.0.7) by ex2.acme.example (10.0.0.8) with Microsoft SMTP Server',
      'Received: from mx.gate.example (192.0.2.1) by ex1.acme.example (10.0.0.7)\n with Microsoft SMTP Server; ' +
        'Sun, 22 Nov 2026 09:00:01 +0000',
      'X-MS-Exchange-Organization-SCL: -1',
    ),
    { 'seen-client': 'passed', 'seen-spam': 'passed' },
  )
  const postfix =
    'Received: from mx.gate.example (gw.acme.example [192.168.1.1]) by mail.acme.example (Postfix)'
  assert.deepEqual(statesOf(postfix, 'X-Spam-Status: Yes, score=6.1'), {
    'seen-client': 'warning',
    'seen-spam': 'warning',
  })
  assert.deepEqual(statesOf(), { 'seen-client': 'not-verified' })
})

test('an Authentication-Results field of ours is not the host’s word', () => {
  const own = 'Authentication-Results: mx.gate.example; spf=pass smtp.mailfrom=mx.gate.example'
  assert.equal(statesOf(own)['seen-authentication'], undefined)
  const theirs = 'Authentication-Results: mail.acme.example; spf=softfail smtp.mailfrom=mx.gate.example'
  assert.equal(statesOf(own, theirs)['seen-authentication'], 'warning')
})

test('another message, an older test and no message are refused with what to do', () => {
  const why = (text: string, at = sent) => {
    const read = readArrival(text, at)
    return read.ok ? 'taken' : read.why
  }
  assert.match(why(eml().replace(id, 'msg_01jd8v9c7m5e0h3k2n4q6r8t0w')), /not a test message/)
  assert.match(why(eml(), { ...sent, hostname: 'mx.other.example' }), /not a test message/)
  assert.match(why(eml(), { ...sent, startedAt: startedAt + 5_000 }), /earlier test/)
  assert.match(why(''), /not a test message/)
  assert.match(why(`X: ${'a'.repeat(300_000)}\n\n`), /no header/)
  assert.equal(why(eml()), 'taken')
})
