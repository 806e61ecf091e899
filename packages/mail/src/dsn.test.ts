// Delivery reports: valid multipart/report messages, whatever the original and the next hop hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeUtf8, encodeUtf8, fromLatin1 } from './bytes.ts'
import { bareLineEnding } from './data.ts'
import { buildDsn, type Dsn, type DsnRecipient } from './dsn.ts'
import { firstField, parseHeaderFields, splitMessage } from './header.ts'

const recipient: DsnRecipient = {
  forwardPath: { localPart: 'ann', domain: 'far.example' },
  originalRecipient: 'rfc822;ann+x@far.example',
  action: 'failed',
  status: '5.1.1',
  diagnostic: '550 5.1.1 no such user',
  remoteMta: 'mx.far.example',
  lastAttemptAt: 1_000_000,
}
const dsn: Dsn = {
  reportingMta: 'mx.example',
  arrivalAt: 0,
  envelopeId: 'id+1',
  originalReversePath: { localPart: 'bob', domain: 'near.example' },
  recipients: [recipient],
  ret: null,
  originalContent: encodeUtf8('Message-ID: <1@near.example>\r\nSubject: hi\r\n\r\nbody line\r\n'),
  maxOriginalBytes: 1000,
  messageId: 'dsn1@mx.example',
  at: 2_000_000,
  reasonText: '',
}

/** The parts of a report, by a plain reading of MIME: header fields and content. */
function partsOf(report: Uint8Array) {
  assert.equal(bareLineEnding(report), null)
  const { headerBytes, bodyOffset } = splitMessage(report)
  const fields = parseHeaderFields(headerBytes)
  assert.ok(fields.ok)
  const type = firstField(fields.value, 'content-type')?.value ?? ''
  const boundary = /boundary="([^"]+)"/.exec(type)?.[1]
  assert.ok(boundary)
  const body = decodeUtf8(report.subarray(bodyOffset))
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`)
  assert.equal(pieces.pop(), '--\r\n')
  const parts = pieces.slice(1).map((piece) => {
    const bytes = encodeUtf8(piece.slice(2))
    const part = splitMessage(bytes)
    const partFields = parseHeaderFields(part.headerBytes)
    assert.ok(partFields.ok)
    return {
      type: firstField(partFields.value, 'content-type')?.value,
      text: decodeUtf8(bytes.subarray(part.bodyOffset)),
    }
  })
  return { fields: fields.value, type, parts }
}

test('a failure: header, words, status and the original', () => {
  const { fields, type, parts } = partsOf(buildDsn(dsn))
  assert.match(type, /^multipart\/report; report-type=delivery-status;/)
  assert.deepEqual(fields.map(({ name, value }) => `${name}: ${value}`).slice(0, 8), [
    'Date: Thu, 1 Jan 1970 00:33:20 +0000',
    'From: Mail Delivery System <mailer-daemon@mx.example>',
    'To: <bob@near.example>',
    'Subject: Your message could not be delivered',
    'Message-ID: <dsn1@mx.example>',
    'In-Reply-To: <1@near.example>',
    'References: <1@near.example>',
    'Auto-Submitted: auto-replied',
  ])
  assert.deepEqual(
    parts.map((part) => part.type),
    ['text/plain; charset=utf-8', 'message/delivery-status', 'message/rfc822'],
  )
  assert.match(
    parts[0]!.text,
    / {2}ann@far\.example\r\n {4}The server mx\.far\.example said: 550 5\.1\.1 no such user/,
  )
  assert.match(parts[0]!.text, /Check the address/)
  assert.equal(
    parts[1]!.text,
    [
      'Reporting-MTA: dns; mx.example',
      'Original-Envelope-Id: id+2B1',
      'Arrival-Date: Thu, 1 Jan 1970 00:00:00 +0000',
      '',
      'Original-Recipient: rfc822; ann+2Bx@far.example',
      'Final-Recipient: rfc822; ann@far.example',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.far.example',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      'Last-Attempt-Date: Thu, 1 Jan 1970 00:16:40 +0000',
      '',
    ].join('\r\n'),
  )
  assert.equal(parts[2]!.text, decodeUtf8(dsn.originalContent))
})

test('each kind of failure has its advice, once, and none says what did not happen', () => {
  const advice = (...failures: Partial<DsnRecipient>[]): string => {
    const recipients = failures.map((failure) => ({ ...recipient, ...failure }))
    return partsOf(buildDsn({ ...dsn, recipients })).parts[0]!.text.replaceAll('\r\n', ' ')
  }
  // Nobody was reached for days: the domain leads nowhere at once.
  const nowhere = advice({ status: '5.4.4', diagnostic: '550 5.4.4 no address', remoteMta: null })
  assert.match(nowhere, /Check the part behind the @/)
  assert.doesNotMatch(nowhere, /days/)
  assert.match(advice({ status: '5.4.7', diagnostic: '452 4.2.2 mailbox full' }), /did not take the message/)
  assert.match(advice({ status: '5.1.10', remoteMta: null }), /Check the address/)
  const ours = advice({ status: '5.7.1', diagnostic: '550 5.7.1 returned', remoteMta: null })
  assert.match(ours, /was not passed on/)
  assert.doesNotMatch(ours, /Their mail system/)
  const both = advice({}, { status: '5.2.2' }, {})
  assert.equal(both.match(/Check the address/g)?.length, 1)
  assert.match(both, /The mailbox is full/)
})

test('RET, size and action decide how much of the original comes back', () => {
  const typeOf = (change: Partial<Dsn>) => partsOf(buildDsn({ ...dsn, ...change })).parts[2]
  assert.equal(typeOf({ ret: 'FULL' })?.type, 'message/rfc822')
  const header = 'Message-ID: <1@near.example>\r\nSubject: hi\r\n'
  for (const change of [
    { ret: 'HDRS' as const },
    { maxOriginalBytes: 50 },
    { recipients: [{ ...recipient, action: 'delayed' as const, status: '4.4.1' }] },
  ]) {
    assert.deepEqual(typeOf(change), { type: 'text/rfc822-headers', text: header })
  }
  assert.equal(typeOf({ maxOriginalBytes: 40 })?.text, 'Message-ID: <1@near.example>\r\n')
})

test('a reason in other letters than ASCII is said to be 8-bit text', () => {
  const bytes = buildDsn({
    ...dsn,
    recipients: [{ ...recipient, diagnostic: '451 4.7.5 policy “TLS” asks' }],
  })
  const text = decodeUtf8(bytes)
  assert.match(text, /text\/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n/)
  assert.match(text, /said: 451 4\.7\.5 policy “TLS” asks/)
  assert.match(text, /Diagnostic-Code: smtp; 451 4\.7\.5 policy \?TLS\? asks/)
  const { fields } = partsOf(bytes)
  assert.equal(firstField(fields, 'content-transfer-encoding')?.value, '8bit')
})

test('subjects, delays and many recipients', () => {
  const delayed = { ...recipient, action: 'delayed' as const, status: '4.4.1', willRetryUntil: 86_400_000 }
  const late = partsOf(buildDsn({ ...dsn, recipients: [delayed] }))
  assert.equal(firstField(late.fields, 'subject')?.value, 'Your message is delayed')
  assert.match(
    late.parts[1]!.text,
    /Action: delayed\r\nStatus: 4\.4\.1.*Will-Retry-Until: Fri, 2 Jan 1970 00:00:00 \+0000/s,
  )
  assert.match(late.parts[0]!.text, /We keep trying until/)
  const many = partsOf(buildDsn({ ...dsn, recipients: Array.from({ length: 60 }, () => recipient) }))
  assert.match(many.parts[0]!.text, /and 10 more/)
  assert.equal(many.parts[1]!.text.match(/Final-Recipient/g)?.length, 60)
  const done = partsOf(
    buildDsn({
      ...dsn,
      recipients: [{ ...recipient, action: 'relayed', status: '2.0.0', diagnostic: null }],
    }),
  )
  assert.equal(firstField(done.fields, 'subject')?.value, 'Your message was passed on')
})

test('texts of a next hop stay in their place', () => {
  const evil = `550 x\r\n\r\n--=_dsn1mx.example_0\r\nContent-Type: text/html\r\n\r\n<b>${'long '.repeat(500)}\u0000ü`
  const { parts } = partsOf(
    buildDsn({
      ...dsn,
      recipients: [{ ...recipient, diagnostic: evil, remoteMta: 'a\r\nb: c' }],
      reasonText: `${'x '.repeat(38)}--=_dsn1mx.example_0 y`,
    }),
  )
  assert.equal(parts.length, 3)
  assert.doesNotMatch(parts[1]!.text, /^b: c/m)
  for (const part of parts) for (const line of part.text.split('\r\n')) assert.ok(line.length <= 998)
})

test('an original that holds the boundary gets another one', () => {
  const { parts } = partsOf(
    buildDsn({ ...dsn, originalContent: encodeUtf8('A: b\r\n\r\n--=_dsn1mx.example_0--\r\n') }),
  )
  assert.equal(parts.length, 3)
})

test('UTF-8 addresses make an international report (RFC 6533)', () => {
  const { parts } = partsOf(
    buildDsn({
      ...dsn,
      recipients: [
        {
          ...recipient,
          forwardPath: { localPart: 'jörg', domain: 'far.example' },
          originalRecipient: 'utf-8;jörg@far.example',
        },
      ],
      originalContent: encodeUtf8('Subject: grün\r\n\r\nbody\r\n'),
    }),
  )
  assert.deepEqual(
    parts.map((part) => part.type),
    ['text/plain; charset=utf-8', 'message/global-delivery-status', 'message/global'],
  )
  assert.match(
    parts[1]!.text,
    /Original-Recipient: utf-8; j\\x\{F6\}rg@far\.example\r\nFinal-Recipient: utf-8; jörg@far\.example/,
  )
})

test('an 8-bit original in an unknown charset is passed as it is', () => {
  const original = fromLatin1('Subject: x\r\n\r\ngr\u00fcn\r\n')
  const report = buildDsn({ ...dsn, originalContent: original })
  assert.ok(Buffer.from(report).includes(original))
  assert.match(decodeUtf8(report), /Content-Type: message\/rfc822\r\nContent-Transfer-Encoding: 8bit/)
})
