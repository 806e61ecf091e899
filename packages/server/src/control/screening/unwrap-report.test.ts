// What is found in forwarded reports: attached messages in every dress that mail programs give them, items
// that nobody can read, and quotations in several languages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ourIdOf, REPORTED_MAX, unwrapReport } from './unwrap-report.ts'

const INNER = [
  'Received: from out.shop.example by mx.gate.example with ESMTP id msg_06fk2p9v3m0000000000000000;',
  '\tSun, 22 Nov 2026 10:00:00 +0000',
  'From: Offers <offers@shop.example>',
  'Subject: Pills for you',
  '',
  'Buy now at http://shop.example/buy',
].join('\r\n')
const OWN = 'From: Ann <ann@acme.example>\r\nSubject: FW: Pills for you\r\n'

const multipart = (...parts: readonly string[]): Buffer =>
  Buffer.from(
    `${OWN}Content-Type: multipart/mixed; boundary=b\r\n\r\n` +
      `--b\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n` +
      `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
  )
const plain = (text: string): Buffer =>
  Buffer.from(`${OWN}Content-Type: text/plain; charset=utf-8\r\n\r\n${text.replaceAll('\n', '\r\n')}`)
const coded = (octets: string | Buffer): string => Buffer.from(octets).toString('base64')

const html = [
  '<div>fyi</div><hr><b>From:</b> Offers &lt;offers@shop.example&gt;<br><b>Sent:</b> Sunday<br>',
  '<b>Subject:</b> Pills for you<br><br><p>Buy <a href="http://shop.example/x">here</a></p>',
].join('')

test('attached messages are found as they are, and items of mail programs are named', () => {
  const cases: readonly (readonly [string, Buffer, readonly string[]])[] = [
    ['as message/rfc822', multipart(`Content-Type: message/rfc822\r\n\r\n${INNER}`), ['attached']],
    [
      'in base64, against the book',
      multipart(`Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${coded(INNER)}`),
      ['attached'],
    ],
    [
      'as a file of no type',
      multipart(
        `Content-Type: application/octet-stream; name="a.eml"\r\nContent-Transfer-Encoding: base64\r\n\r\n${coded(INNER)}`,
      ),
      ['attached'],
    ],
    ['the letter itself', Buffer.from(`Content-Type: message/rfc822\r\n\r\n${INNER}`), ['attached']],
    [
      'as an item of Outlook',
      multipart(
        'Content-Type: application/octet-stream; name="a.msg"\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
          coded(Buffer.from('d0cf11e0a1b11ae1', 'hex')),
      ),
      ['unreadable'],
    ],
    [
      'a program with the name of a message',
      multipart('Content-Type: application/octet-stream; name="run.eml"\r\n\r\nMZ\x90'),
      ['unreadable'],
    ],
    ['nothing', plain('Please look into my mailbox.'), []],
    ['an empty letter', Buffer.alloc(0), []],
  ]
  for (const [name, letter, kinds] of cases) {
    const found = unwrapReport(letter)
    assert.deepEqual([name, ...found.map(({ kind }) => kind)], [name, ...kinds])
    const [one] = found
    if (one?.kind === 'attached') {
      assert.match(Buffer.from(one.content).toString(), /Subject: Pills for you/, name)
      assert.equal(ourIdOf(one.content, 'mx.gate.example'), 'msg_06fk2p9v3m0000000000000000', name)
      assert.equal(ourIdOf(one.content, 'mx.other.example'), null, name)
    }
  }
  const many = Array.from({ length: 40 }, () => `Content-Type: message/rfc822\r\n\r\n${INNER}`)
  assert.equal(unwrapReport(multipart(...many)).length, REPORTED_MAX)
})

test('a quotation is found by its author and subject, whatever the language, and its links come along', () => {
  const cases: readonly (readonly [string, Buffer])[] = [
    [
      'Outlook',
      plain(
        'fyi\n\n-----Original Message-----\nFrom: Offers <offers@shop.example>\nSent: Sunday\nTo: Ann\nSubject: Pills for you\n\nBuy now\n',
      ),
    ],
    [
      'Gmail',
      plain(
        '---------- Forwarded message ---------\nFrom: Offers <offers@shop.example>\nDate: Sun\n' +
          'Subject: Pills for you\nTo: <ann@acme.example>\n\nBuy now\n',
      ),
    ],
    [
      'German',
      plain(
        'Von: Offers [mailto:offers@shop.example]\nGesendet: Sonntag\nAn: Ann\nBetreff: Pills for you\n\nBuy now\n',
      ),
    ],
    ['French', plain('> De : Offers <offers@shop.example>\n> Objet : Pills for you\n>\n> Buy now\n')],
    ['bold signs', plain('*From:* Offers <Offers@Shop.example>\n*Subject:* Pills for you\n\nBuy now\n')],
    ['HTML alone', Buffer.from(`${OWN}Content-Type: text/html\r\n\r\n${html}`)],
  ]
  for (const [name, letter] of cases) {
    const [one, ...more] = unwrapReport(letter)
    assert.ok(one?.kind === 'quoted', name)
    assert.deepEqual(
      [name, one.author, one.subject, more.length],
      [name, 'offers@shop.example', 'Pills for you', 0],
    )
    assert.match(Buffer.from(one.content).toString(), /Buy/, name)
  }
  const [linked] = unwrapReport(cases.at(-1)![1])
  assert.match(
    linked?.kind === 'quoted' ? Buffer.from(linked.content).toString() : '',
    /http:\/\/shop\.example\/x/,
  )
})
