// Where a banner stands in messages of every shape, read back by our own reader of MIME; and what keeps its
// text octet by octet.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leaves, parseMime, textOf } from '@gatepost/mail/mime.ts'
import { bodyOffset } from './html-body.ts'
import { placeBanner } from './place.ts'
import { bannerSentences } from './words.ts'

const GERMAN = bannerSentences('de', ['internal-name'])
const crlf = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
const EIGHT_BIT = { isSevenBit: false }

/** Texts of the bodies of a message after the banner was placed. */
function textsWith(message: Buffer, way = EIGHT_BIT): readonly (readonly [type: string, text: string])[] {
  const placed = placeBanner(message, GERMAN, way)
  assert.equal(placed.kind, 'placed')
  const { content } = placed as Extract<typeof placed, { kind: 'placed' }>
  const { root, faults } = parseMime(content)
  assert.deepEqual(faults, [])
  return [...leaves(root)].map((part) => [part.type, textOf(content, part)] as const)
}

test('a plain message has the banner first, in its charset and encoding', () => {
  const cases: readonly (readonly [name: string, header: readonly string[], body: string, umlaut: string])[] =
    [
      ['no header at all', ['Subject: x'], 'Hello', 'Anhaengen'],
      [
        'utf-8',
        ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'],
        'Hello',
        'Anhängen',
      ],
      [
        'latin1',
        ['Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: 8bit'],
        'Gr\u00fc\u00dfe',
        'Anhängen',
      ],
      ['ascii', ['Content-Type: text/plain; charset=us-ascii'], 'Hello', 'Anhaengen'],
      [
        'shift_jis',
        ['Content-Type: text/plain; charset=shift_jis', 'Content-Transfer-Encoding: 8bit'],
        'Hello',
        'Anhaengen',
      ],
      [
        'quoted',
        ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable'],
        'Gr=C3=BC=C3=9Fe =\r\nund mehr=20\r\n=2E',
        'Anhängen',
      ],
      [
        'base64',
        ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
        Buffer.from('Grüße\r\nan alle Leute, die das hier lesen').toString('base64'),
        'Anhängen',
      ],
    ]
  for (const [name, header, body, umlaut] of cases) {
    const message = crlf(...header, '', body)
    const [[, before]] = [...leaves(parseMime(message).root)].map((part) => ['', textOf(message, part)]) as [
      [string, string],
    ]
    const [[, after]] = textsWith(message) as [[string, string]]
    assert.match(after, /^=+\r\nErste Nachricht/, name)
    assert.ok(after.includes(umlaut), `${name}: ${after}`)
    assert.ok(after.trimEnd().endsWith(before.trimEnd()), `${name}: ${after}`)
  }
})

test('what was announced as 7 bit stays so', () => {
  const message = crlf(
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Hello',
  )
  const [[, text]] = textsWith(message, { isSevenBit: true }) as [[string, string]]
  assert.match(text, /Anhaengen/)
})

test('alternatives have it in each text, files and forwarded messages do not', () => {
  const message = crlf(
    'Content-Type: multipart/mixed; boundary=out',
    '',
    'preamble',
    '--out',
    'Content-Type: multipart/alternative; boundary=in',
    '',
    '--in',
    'Content-Type: text/plain',
    '',
    'plain words',
    '--in',
    'Content-Type: multipart/related; boundary=rel',
    '',
    '--rel',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '<html><head><title>=3Cbody=3E</title></head><body class=3D"a">words</body></html>',
    '--rel',
    'Content-Type: image/gif',
    'Content-Transfer-Encoding: base64',
    '',
    'R0lGODlhAQABAAAAACw=',
    '--rel--',
    '--in--',
    '--out',
    'Content-Type: text/plain; name=notes.txt',
    'Content-Disposition: attachment',
    '',
    'a file',
    '--out',
    'Content-Type: message/rfc822',
    '',
    'Subject: inside',
    '',
    'inner words',
    '--out--',
  )
  const texts = textsWith(message)
  const shown = texts.filter(([, text]) => text.includes('Erste Nachricht'))
  assert.deepEqual(
    shown.map(([type]) => type),
    ['text/plain', 'text/html'],
  )
  const html = shown[1]![1]
  assert.match(html, /<body class="a"><div style="[^"]+"><b>Erste Nachricht[^<]*<\/b>[^<]*Anh&#228;ngen/)
  assert.ok(texts.some(([, text]) => text.trim() === 'a file'))
  assert.ok(texts.some(([, text]) => text.trim() === 'inner words'))
})

test('a multipart that begins with a file gets a text of its own', () => {
  const message = crlf(
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0=',
    '--b--',
  )
  const texts = textsWith(message)
  assert.deepEqual(
    texts.map(([type]) => type),
    ['text/plain', 'application/pdf'],
  )
  assert.match(texts[0]![1], /Erste Nachricht/)
})

test('what people signed or encrypted, reports and bare files stay as they are', () => {
  const wrapped = (type: string) =>
    crlf(`Content-Type: ${type}; boundary=b`, '', '--b', '', 'words', '--b', '', 'x', '--b--')
  const cases = [
    [wrapped('multipart/signed; protocol="application/pgp-signature"'), 'signed'],
    [wrapped('multipart/encrypted'), 'encrypted'],
    [wrapped('multipart/report; report-type=delivery-status'), 'report'],
    [crlf('Content-Type: application/pkcs7-mime; smime-type=signed-data', '', 'MII'), 'signed'],
    [crlf('Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data', '', 'MII'), 'encrypted'],
    [crlf('Subject: x', '', 'words', '-----BEGIN PGP SIGNED MESSAGE-----', 'Hash: SHA256'), 'encrypted'],
    [
      crlf(
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        'Content-Type: multipart/signed; boundary=b',
        '',
        '--b',
        '',
        'w',
        '--b--',
        '--o',
        '',
        'list footer',
        '--o--',
      ),
      'signed',
    ],
    [crlf('Content-Type: application/pdf', '', 'JVBERi0='), 'no-text'],
    [crlf('Content-Type: text/plain; charset=utf-16', '', 'x'), 'no-text'],
    [crlf('Content-Type: text/plain', 'Content-Type: text/html', '', 'x'), 'unreadable'],
  ] as const
  for (const [message, why] of cases) {
    assert.deepEqual(placeBanner(message, GERMAN, EIGHT_BIT), { kind: 'left', why }, message.toString())
  }
})

test('the banner stands where a browser shows it', () => {
  const cases = [
    ['<!doctype html><html><body>|words', ''],
    ['<!-- <body> --><html><body bgcolor=">">|words', ''],
    ['<style>/* <body> */</style><body>|words', ''],
    ['<title><body></title>|<p>words', ''],
    ['|<p>words<body>', ''],
    ['|words', ''],
    ['|<!-- never closed', ''],
    ['<head><meta charset=utf-8></head>\r\n|<div>x', ''],
    ['', ''],
  ] as const
  for (const [marked] of cases) {
    const at = marked.indexOf('|')
    assert.equal(bodyOffset(Buffer.from(marked.replace('|', ''))), Math.max(at, 0), marked)
  }
})

test('every language has a sentence for every sign', () => {
  const signs = ['internal-address', 'internal-name', 'look-alike-domain', 'reply-to-mismatch'] as const
  for (const language of ['en', 'de', 'fr'] as const) {
    const sentences = bannerSentences(language, signs)
    assert.equal(sentences.length, 6)
    for (const sentence of sentences) assert.match(sentence, /^[\x20-\x7e\u00a0-\u00ff]+\.$/)
  }
})
