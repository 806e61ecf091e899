// Journal reports: the shapes of Exchange and Microsoft 365, and what only looks like one.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeUtf8, encodeUtf8 } from './bytes.ts'
import { type JournalReport, parseJournalReport } from './journal-report.ts'

const INNER = ['From: j@partner.example', 'To: sales@corp.example', 'Subject: x', '', 'Hello.', ''].join(
  '\r\n',
)

function report(lines: readonly string[], options: { marker?: string; after?: string } = {}): Uint8Array {
  return encodeUtf8(
    [
      'From: Microsoft Outlook <m@corp.example>',
      options.marker ?? 'X-MS-Journal-Report:',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain; charset="utf-8"',
      '',
      ...lines,
      '--b',
      'Content-Type: message/rfc822',
      '',
      `${INNER}`,
      options.after ?? '--b--',
      '',
    ].join('\r\n'),
  )
}

function read(octets: Uint8Array, mayBeReturned = false): JournalReport {
  const parsed = parseJournalReport(octets, { mayBeReturned })
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.fault)
  return parsed.value
}

test('the envelope of a report: every recipient, and how it came to it', () => {
  const { sender, messageId, recipients, original } = read(
    report([
      'Sender: j@partner.example',
      'Subject: Sender: x, Expanded: y',
      'Message-Id: <a@partner.example>',
      'Recipient: o@external.example',
      'To: ann@corp.example, Expanded: sales@corp.example',
      'Cc: boss@corp.example, Forwarded: assistant@corp.example',
      'Bcc: secret@corp.example',
      'To: "a, Expanded: b"@corp.example',
      'To: "q\\", Forwarded: c"@corp.example, Expanded: "l, m"@corp.example',
    ]),
  )
  assert.equal(sender, 'j@partner.example')
  assert.equal(messageId, '<a@partner.example>')
  assert.deepEqual(
    recipients.map(({ as, address, expandedFrom, forwardedFrom }) => [
      as,
      address,
      expandedFrom,
      forwardedFrom,
    ]),
    [
      ['recipient', 'o@external.example', null, null],
      ['to', 'ann@corp.example', 'sales@corp.example', null],
      ['cc', 'boss@corp.example', null, 'assistant@corp.example'],
      ['bcc', 'secret@corp.example', null, null],
      ['to', '"a, Expanded: b"@corp.example', null, null],
      ['to', '"q\\", Forwarded: c"@corp.example', '"l, m"@corp.example', null],
    ],
  )
  assert.equal(recipients[4]!.mailbox?.localPart, 'a, Expanded: b')
  assert.equal(decodeUtf8(original), INNER)
})

test('what only looks like a report is not unwrapped', () => {
  const good = ['Sender: a@b.example', 'To: c@d.example']
  for (const [octets, fault] of [
    [report(good, { marker: 'X-Other: 1' }), 'not-a-report'],
    [report([...good, 'Kind regards, the attacker']), 'text-added'],
    [report([...good, 'Sender: other@b.example']), 'text-added'],
    [report([...good, 'Reply-To: x@y.example']), 'text-added'],
    [report(['To: c@d.example']), 'no-sender'],
    [report(['Sender: a@b.example']), 'no-recipients'],
    [report(['Sender: a@b.example', 'To: c@d.example, e@f.example']), 'recipient-unreadable'],
    [report(['Sender: a@b.example', 'To:']), 'recipient-unreadable'],
    [report(good, { after: '--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--' }), 'wrong-parts'],
    [encodeUtf8('X-MS-Journal-Report:\r\n\r\nSender: a@b.example\r\n'), 'wrong-parts'],
    [new Uint8Array(0), 'not-a-report'],
  ] as const) {
    const parsed = parseJournalReport(octets)
    assert.equal(parsed.ok ? 'read' : parsed.fault, fault)
  }
})

test('the marker of Exchange 2003, and a null sender', () => {
  const octets = report(['Sender: <>', 'To: c@d.example'], { marker: 'Content-Identifier: ExJournalReport' })
  assert.equal(read(octets).sender, null)
})

test('3,000 recipients are all there', () => {
  const lines = Array.from(
    { length: 3_000 },
    (_, at) => `Bcc: user${at}@corp.example, Expanded: all@corp.example`,
  )
  const { recipients } = read(report(['Sender: a@b.example', ...lines]))
  assert.equal(recipients.length, 3_000)
  assert.equal(recipients[2_999]!.address, 'user2999@corp.example')
})

test('a report that came back is read where that may be', () => {
  const inside = decodeUtf8(report(['Sender: a@b.example', 'To: c@d.example']))
  const returned = encodeUtf8(
    [
      'From: postmaster@corp.example',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
      '',
      '--r',
      'Content-Type: text/plain',
      '',
      'It could not be delivered.',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Final-Recipient: rfc822; journal@x.example',
      '--r',
      'Content-Type: message/rfc822',
      '',
      inside,
      '--r--',
      '',
    ].join('\r\n'),
  )
  assert.equal(parseJournalReport(returned).ok, false)
  const { isReturned, original } = read(returned, true)
  assert.equal(isReturned, true)
  assert.equal(decodeUtf8(original), INNER)
})

const folder = join(process.env.GATEPOST_TESTDATA ?? '../shared/testdata', 'journal')

const skip = !existsSync(folder) && 'component missing: testdata'

test('testdata/journal: originals octet for octet, envelopes complete', { skip }, () => {
  const full = ['other@external.example', 'ann@corp.example', 'boss@corp.example', 'secret@corp.example']
  const expected = new Map<string, readonly string[] | null>([
    ['01-full-envelope.eml', full],
    ['02-minimal-legacy.eml', ['ann@corp.example']],
    ['03-inner-base64.eml', full],
    // Without the marker anybody could have written it.
    ['04-no-marker-header.eml', null],
    ['05-ndr-of-journal.eml', full],
  ])
  const originals = new Set<string>()
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.eml'))) {
    const octets = encodeUtf8(readFileSync(join(folder, name), 'utf8').replaceAll(/\r?\n/g, '\r\n'))
    const parsed = parseJournalReport(octets, { mayBeReturned: true })
    const wanted = expected.get(name)
    assert.notEqual(wanted, undefined, `${name} is expected`)
    assert.deepEqual(parsed.ok ? parsed.value.recipients.map(({ address }) => address) : null, wanted, name)
    if (parsed.ok) originals.add(decodeUtf8(parsed.value.original).trimEnd())
  }
  assert.equal(originals.size, 1, 'the same message in every report')
})
