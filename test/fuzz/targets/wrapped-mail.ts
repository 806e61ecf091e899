// Mail within mail: journal reports, what people forward to be learned from, and winmail.dat. Whatever is
// wrapped how often, the answer is bounded and comes at once.
import assert from 'node:assert/strict'
import { parseJournalReport } from '@gatepost/mail/journal-report.ts'
import { decompressRtf, textOfRtf } from '@gatepost/mail/rich-text.ts'
import { isTnef, readTnef } from '@gatepost/mail/tnef.ts'
import { ourIdOf, REPORTED_MAX, unwrapReport } from '@gatepost/server/control/screening/unwrap-report.ts'
import type { Target } from '../target.ts'

const INNER = [
  'Received: from out.shop.example by mx.gate.example with ESMTP id msg_06fk2p9v3m0000000000000000;',
  '\tSun, 22 Nov 2026 10:00:00 +0000',
  'From: Offers <offers@shop.example>',
  'Subject: Pills',
  '',
  'Buy now.',
].join('\r\n')
const wrapped = (text: string, type = 'Content-Type: message/rfc822', marker = 'Subject: FW') =>
  [
    'From: ann@acme.example',
    marker,
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    text,
    '--b',
    type,
    '',
    INNER,
    '--b--',
    '',
  ].join('\r\n')

const REPORT =
  'Sender: j@partner.example\r\nSubject: x\r\nMessage-Id: <a@b>\r\n' +
  'To: ann@acme.example\r\nBcc: bob@acme.example, Expanded: all@acme.example'

export const journalReports: Target = {
  name: 'journal-reports',
  seeds: [
    wrapped(REPORT, undefined, 'X-MS-Journal-Report:'),
    wrapped(
      'Recipient: ann@acme.example, Forwarded: bob@acme.example',
      undefined,
      'Content-Identifier: ExJournalReport',
    ),
    wrapped(wrapped(REPORT, undefined, 'X-MS-Journal-Report:'), 'Content-Type: message/delivery-status'),
  ],
  words: [
    'To: ',
    'Bcc: ',
    ', Expanded: ',
    ', Forwarded: ',
    '"',
    '@',
    '\r\n',
    '\r\n\r\n',
    '--b\r\n',
    '--b--\r\n',
    'Sender: ',
    '<',
    '>',
  ],
  check(input) {
    for (const mayBeReturned of [false, true]) {
      const read = parseJournalReport(input, { mayBeReturned })
      if (!read.ok) continue
      assert.ok(read.value.recipients.length <= input.length, 'no recipient comes from nothing')
      assert.ok(read.value.recipients.every(({ address }) => typeof address === 'string'))
    }
  },
}

const quoted = (from: string, subject: string) =>
  `Subject: FW\r\n\r\nfyi\r\n\r\n${from}: Offers <offers@shop.example>\r\n${subject}: Pills\r\nCc: x\r\n\r\nBuy http://shop.example/\r\n`

export const reportLetters: Target = {
  name: 'report-letters',
  seeds: [
    wrapped('See.'),
    wrapped('See.', 'Content-Type: application/octet-stream; name="a.eml"'),
    wrapped('See.', 'Content-Type: application/octet-stream; name="a.msg"'),
    quoted('From', 'Subject'),
    quoted('Von', 'Betreff'),
    quoted('> *De ', '> Objet '),
    'Content-Type: text/html\r\n\r\n<b>From:</b> a@b.example<br><b>Subject:</b> x<p><a href="http://c.example">go</a>',
  ],
  words: [
    ...[
      'From: ',
      'Subject: ',
      '> ',
      '*',
      '\r\n',
      '\r\n\r\n',
      '@',
      '<',
      '--b\r\n',
      '--b--\r\n',
      ': ',
      ' by mx.gate.example id ',
    ],
    ...[
      'Content-Type: message/rfc822\r\n',
      'Content-Transfer-Encoding: base64\r\n',
      'name=x.eml',
      '<a href="http://',
      'a'.repeat(70),
    ],
  ],
  check(input) {
    const found = unwrapReport(input)
    assert.ok(found.length <= REPORTED_MAX)
    for (const one of found) {
      if (one.kind === 'unreadable') continue
      assert.ok(one.content.length <= 300_000)
      const id = ourIdOf(one.content, 'mx.gate.example')
      assert.ok(id === null || /^msg_[0-9a-z]{10,40}$/.test(id))
      if (one.kind === 'quoted') assert.ok(one.subject.length <= 500 && (one.author?.includes('@') ?? true))
    }
  },
}

const attribute = (level: number, id: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUInt8(level, 0)
  head.writeUInt32LE(id, 1)
  head.writeUInt32LE(data.length, 5)
  const sum = Buffer.alloc(2)
  sum.writeUInt16LE(data.reduce((all, one) => (all + one) & 0xffff, 0))
  return Buffer.concat([head, data, sum])
}
const winmail = Buffer.concat([
  Buffer.from('789f3e220100', 'hex'),
  attribute(1, 0x00018004, Buffer.from('Offer\0')),
  attribute(1, 0x0002800c, Buffer.from('words\0')),
  attribute(2, 0x00069002, Buffer.alloc(14)),
  attribute(2, 0x00018010, Buffer.from('run.exe\0')),
  attribute(2, 0x0006800f, Buffer.from('MZ')),
])
const rtf = Buffer.from(
  '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
  'hex',
)

export const winmailDat: Target = {
  name: 'winmail-dat',
  seeds: [
    winmail,
    rtf,
    Buffer.from("{\\rtf1\\ansicpg1252 M\\'fcnchen{\\*\\htmltag64 <p>}\\u8364?5\\par}"),
  ].map((octets) => octets.toString('latin1')),
  words: [
    '\x00',
    '\xff\xff\xff\xff',
    '\x0f\x80\x06\x00',
    '\x03\x90\x06\x00',
    'LZFu',
    '{\\',
    '\\par',
    "\\'",
    '}',
    '\\u-1?',
    '\\bin9999 ',
  ],
  check(input) {
    if (isTnef(input)) {
      const { files, subject, text, html } = readTnef(input)
      assert.ok(files.every(({ octets }) => octets.length <= input.length))
      assert.ok([subject, text, html].every((one) => typeof one === 'string'))
    }
    const plain = decompressRtf(input)
    assert.equal(typeof textOfRtf(plain ?? input.toString('latin1')), 'string')
  },
}
