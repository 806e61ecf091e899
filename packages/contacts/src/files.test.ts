// Sources out of files: tracking logs, mbox and Maildir, whole and page by page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMaildir } from './maildir.ts'
import { createMbox } from './mbox.ts'
import { SourceFault } from './source.ts'
import { createTrackingLog, csvCells } from './tracking-log.ts'
import { filesOf, readAll } from './web.fixture.ts'

const FIELDS =
  'date-time,client-ip,source,event-id,recipient-address,return-path,sender-address,message-subject'
const LOG_HEAD = `#Software: Microsoft Exchange Server\r\n#Fields: ${FIELDS}\r\n`
const EXPORT = [
  '\ufeff"Timestamp","Source","EventId","Sender","Recipients","MessageSubject"',
  '"2026-01-02T03:04:05Z","STOREDRIVER","RECEIVE","leo@acme.example","c@z.example","Abwesenheitsnotiz: x"',
  '',
].join('\n')
const row = (source: string, event: string, to: string, from: string, subject = 'Hi'): string =>
  `2026-01-02T03:04:05.000Z,10.0.0.1,${source},${event},${to},${from},${from},"${subject.replaceAll('"', '""')}"\r\n`

test('tracking logs: what mailboxes submitted, once, with all recipients', async () => {
  const files = filesOf(
    new Map([
      [
        'logs/MSGTRK20260102-1.LOG',
        LOG_HEAD +
          row('STOREDRIVER', 'RECEIVE', 'a@x.example;b@y.example', 'maya@acme.example', 'So, "quoted"') +
          row('SMTP', 'SEND', 'a@x.example;b@y.example', 'maya@acme.example') +
          row('STOREDRIVER', 'DELIVER', 'leo@acme.example', 'maya@acme.example') +
          row('STOREDRIVER', 'RECEIVE', 'spam@x.example', '<>', 'Automatic reply: x'),
      ],
      ['logs/export.csv', EXPORT],
      ['logs/readme.txt', 'no log'],
    ]),
  )
  const all = await readAll(createTrackingLog(['logs'], files))
  assert.deepEqual(all.parts, ['MSGTRK20260102-1.LOG', 'export.csv'])
  assert.deepEqual(
    all.letters.map(({ author, recipients, isAutomatic }) => [author, recipients, isAutomatic]),
    [
      ['maya@acme.example', ['a@x.example', 'b@y.example'], false],
      ['<>', ['spam@x.example'], true],
      ['leo@acme.example', ['c@z.example'], true],
    ],
  )
  assert.equal(all.letters[0]?.at, Date.UTC(2026, 0, 2, 3, 4, 5))
  assert.deepEqual(csvCells('a,"b ""c"", d",,e'), ['a', 'b "c", d', '', 'e'])
})

test('tracking logs of several pages read the same whole and anew from every mark', async () => {
  const rows = Array.from({ length: 15_000 }, (_, n) =>
    row('STOREDRIVER', 'RECEIVE', `p${n}@x.example`, 'maya@acme.example'),
  )
  const files = filesOf(new Map([['big.log', LOG_HEAD + rows.join('')]]))
  const whole = await readAll(createTrackingLog(['big.log'], files))
  const anew = await readAll(createTrackingLog(['big.log'], files), { anew: true })
  assert.ok(whole.pages > 1)
  assert.equal(whole.letters.length, 15_000)
  assert.deepEqual(anew.letters, whole.letters)
})

const message = (n: number, body = 'text'): string =>
  [
    'From maya@acme.example Thu Jan  1 10:00:00 2026',
    'From: maya@acme.example',
    `To: p${n}@x.example`,
    'Date: Thu, 1 Jan 2026 10:00:00 +0000',
    '',
    `${body}\n>From here on\n\n`,
  ].join('\n')

test('mbox: every message once, whatever its size, whole and from every mark', async () => {
  const big = 'x'.repeat(76).concat('\n').repeat(112_000)
  const text = Array.from({ length: 9 }, (_, n) =>
    message(n, n === 3 || n === 7 ? big : 'y'.repeat(900_000)),
  ).join('')
  const files = filesOf(new Map([['sent/maya@acme.example.mbox', text]]))
  const source = () => createMbox(['sent'], { owner: null, files })
  const whole = await readAll(source())
  assert.deepEqual(
    whole.letters.map(({ recipients }) => recipients[0]),
    Array.from({ length: 9 }, (_, n) => `p${n}@x.example`),
  )
  assert.equal(whole.letters[0]?.owner, 'maya@acme.example')
  assert.deepEqual((await readAll(source(), { anew: true })).letters, whole.letters)
  const other = await readAll(createMbox(['a'], { owner: null, files: filesOf(new Map([['a', 'no mbox']])) }))
  assert.match(other.skipped[0] ?? '', /no mbox file/)
  const none = createMbox(['none'], { owner: null, files: filesOf(new Map([['none/.hidden', '']])) })
  await assert.rejects(readAll(none), SourceFault)
})

test('Maildir: Sent folders below a root, flags and new mail without counting twice', async () => {
  const header = (to: string): string => `From: m@acme.example\r\nTo: ${to}\r\n\r\nbody To: no@x.example`
  const files = filesOf(
    new Map([
      ['mail/maya@acme.example/cur/1.a:2,S', header('inbox@x.example')],
      ['mail/maya@acme.example/.Sent/cur/1.b:2,S', header('one@x.example')],
      ['mail/maya@acme.example/.Sent/new/2.c', header('two@x.example')],
      ['mail/leo@acme.example/.Sent Items/cur/1.d:2,RS', header('three@x.example')],
    ]),
  )
  const all = await readAll(createMaildir(['mail'], { owner: null, files }), { anew: true })
  assert.deepEqual(
    all.letters.map(({ owner, recipients }) => [owner, recipients[0]]),
    [
      ['leo@acme.example', 'three@x.example'],
      ['maya@acme.example', 'one@x.example'],
      ['maya@acme.example', 'two@x.example'],
    ],
  )
  const one = await readAll(
    createMaildir(['mail/maya@acme.example/.Sent'], { owner: 'x@acme.example', files }),
  )
  assert.equal(one.letters.length, 2)
})
