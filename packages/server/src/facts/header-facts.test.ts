// One pass over a header: what is found, counted, cut and refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HEADER_BYTES_MAX, HEADER_FIELDS_MAX, readHeaderFacts } from './header-facts.ts'

function facts(text: string) {
  const read = readHeaderFacts(Buffer.from(text.replaceAll('\n', '\r\n')), 'mx.gate.example')
  assert.ok(read.ok)
  return read.value
}

test('subject, id and authors are read as people would', () => {
  const read = facts(
    'Message-ID: <1@x>\nsubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nSubject: second\n' +
      'From: "x, y" <A@Sender.example>, b@other.example\n',
  )
  assert.equal(read.subject, 'Grüße')
  assert.equal(read.messageIdField, '<1@x>')
  assert.deepEqual(read.authors, ['a@sender.example', 'b@other.example'])
  assert.deepEqual(read.authorDomains, ['sender.example', 'other.example'])
})

test('absent fields are null, and an unreadable author is nobody', () => {
  const read = facts('X: y\n')
  assert.deepEqual(
    [read.subject, read.messageIdField, read.authors, read.authorDomains],
    [null, null, [], []],
  )
  const unreadable = facts('From: ann@acme.example, @@@\n')
  assert.ok(unreadable.authorDomains.includes('acme.example'))
  assert.ok(unreadable.authorDomains.includes(''))
})

test('all From fields count', () => {
  assert.deepEqual(facts('From: a@one.example\nFROM: b@two.example\n').authorDomains, [
    'one.example',
    'two.example',
  ])
})

test('Received fields are counted, our own by their "by" clause', () => {
  const own = 'Received: from a (a [192.0.2.1])\n\tby MX.gate.example with ESMTP id x; now\n'
  const others = [
    'Received: from mx.gate.example by b.example; now\n',
    'Received: from a by mx.gate.example.evil.example; now\n',
    'Received: from nearby mx.gate.example; now\n',
  ]
  const read = facts(own + others.join('') + own)
  assert.deepEqual([read.received, read.ownLoops], [5, 2])
})

test('cuts are the exact bytes of results that claim to be ours', () => {
  const before = 'From: a@b.example\r\n'
  const forged = 'Authentication-Results: mx.gate.example;\r\n spf=pass\r\n'
  const foreign = 'Authentication-Results: mx.other.example; spf=pass\r\n'
  const text = before + forged + foreign
  const read = readHeaderFacts(Buffer.from(text), 'mx.gate.example')
  assert.ok(read.ok)
  assert.deepEqual(read.value.cuts, [[before.length, before.length + forged.length]])
})

test('headers beyond the limits are refused by name', () => {
  const many = readHeaderFacts(Buffer.from('A: b\r\n'.repeat(HEADER_FIELDS_MAX + 1)), 'mx.gate.example')
  assert.deepEqual(many, { ok: false, fault: 'too-many-fields' })
  const big = readHeaderFacts(Buffer.alloc(HEADER_BYTES_MAX + 1, 'a'), 'mx.gate.example')
  assert.deepEqual(big, { ok: false, fault: 'header-too-big' })
})

test('fields of our own name that others wrote are cut', () => {
  const before = 'Subject: Hi\r\n'
  const forged = 'X-Gatepost-Spam: -9.0 (built-in)\r\nx-gatepost-tag: clean\r\n'
  const read = readHeaderFacts(Buffer.from(`${before}${forged}From: a@bright.example\r\n`), 'mx.acme.example')
  assert.ok(read.ok)
  assert.equal(read.value.cuts[0]?.[0], before.length)
  assert.equal(read.value.cuts.at(-1)?.[1], before.length + forged.length)
})

test('the name of an author is what a reader sees of it', () => {
  const [person] = facts(
    `From: =?utf-8?B?${Buffer.from('\u200b'.repeat(900)).toString('base64')}?= ann@acme.example <a@b.example>\n`,
  ).people
  assert.equal(person?.displayName.trim(), 'ann@acme.example')
})
