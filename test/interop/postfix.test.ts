// A real Postfix sends through us and receives from us; a real Dovecot is the last mailbox. Everything below
// our own fields arrives byte for byte.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ReceivedMessage } from '@gatepost/sandbox/received.ts'
import { type SendOptions, sendMessage } from '@gatepost/sandbox/senders.ts'
import { type Place, startPlace } from '../faults/lib/place.ts'
import { ACME_IP, live } from '../journeys/lib/acme.ts'
import { eventually } from '../journeys/lib/api.ts'
import { type Dovecot, dovecotMissing, startDovecot } from './lib/dovecot.ts'
import { type Postfix, postfixMissing, startPostfix } from './lib/postfix.ts'
import { type Recorder, startRecorder } from './lib/recorder.ts'

const skip = await postfixMissing()
const BIG_OCTETS = 30_000_000

let place: Place
let postfix: Postfix
let dovecot: Dovecot | null = null
/** From Postfix to us, and from us to Postfix. */
let inwards: Recorder
let outwards: Recorder
before(
  async () => {
    if (skip) return
    place = await startPlace()
    if (!dovecotMissing()) dovecot = await startDovecot()
    inwards = await startRecorder(() => place.port, ACME_IP)
    outwards = await startRecorder(() => postfix.port)
    postfix = await startPostfix({
      smartHostPort: inwards.port,
      mailboxPort: place.world.acme.port,
      lmtpPort: dovecot?.lmtpPort ?? 1,
    })
    place.world.acme.setRecipients(null)
    await place.api.call('POST', `${place.base}/users`, { email: 'jörg@acme.example', name: 'Jörg' })
    await place.routeTo(outwards.port, 'enforced-relaxed')
    await live(place.api, place.base)
  },
  { timeout: 240_000 },
)
after(async () => {
  await postfix?.stop()
  await place?.stop()
  await dovecot?.stop()
  await Promise.all([inwards?.stop(), outwards?.stop()])
})

type Mail = Pick<SendOptions, 'content'> & Partial<SendOptions>

/** Hands a message to Postfix as a program of the organisation does; it goes out through us. */
async function submit(mail: Mail): Promise<void> {
  const { accepted, replies } = await sendMessage({
    port: postfix.port,
    helo: 'app.acme.example',
    reversePath: 'ann@acme.example',
    forwardPaths: ['ben@bright.example'],
    timeoutMs: 60_000,
    ...mail,
  })
  assert.ok(accepted, JSON.stringify(replies.at(-1)))
}

/** Sends a message to us from outside; it goes on to Postfix. */
async function arrive(mail: Mail): Promise<void> {
  const { accepted, replies } = await sendMessage({
    port: place.port,
    proxy: { sourceIp: '203.0.113.10', sourcePort: 40_000 },
    helo: 'mail.bright.example',
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example'],
    timeoutMs: 60_000,
    ...mail,
  })
  assert.ok(accepted, JSON.stringify(replies.at(-1)))
}

/** Waits for the message with this subject; on failure Postfix' log says more than a time-out. */
async function received(host: 'acme' | 'outside', subject: string): Promise<ReceivedMessage> {
  return place.world
    .host(host)
    .waitFor((message) => message.subject === subject, 30_000)
    .catch(async (error) => {
      throw new Error(`${error}\n${(await postfix.log()).split('\n').slice(-20).join('\n')}`)
    })
}

const OUTSIDER = 'Ben <ben@bright.example>'

function message(subject: string, body: Uint8Array, author = 'Ann <ann@acme.example>'): Buffer {
  const lines = [
    `From: ${author}`,
    'To: ben@bright.example',
    'Date: Sat, 21 Nov 2026 12:00:00 +0000',
    `Message-ID: <${Buffer.from(subject).toString('hex')}@acme.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: 8bit',
    `Subject: ${subject}`,
  ]
  const header = `${lines.join('\r\n')}\r\n\r\n`
  return Buffer.concat([Buffer.from(header), body])
}

/** Every octet from 128 on, and dots where they hurt. */
const EIGHT_BIT = Buffer.concat([
  Buffer.from('..\r\n.\r\n.a\r\n\r\n', 'latin1'),
  Buffer.from(Array.from({ length: 128 }, (_, i) => 128 + i)),
  Buffer.from('\r\n \r\n\t\r\nlast\r\n'),
])

function bigBody(): Buffer {
  const line = Buffer.from(`${'QUJD'.repeat(19)}\r\n`)
  return Buffer.alloc(Math.ceil(BIG_OCTETS / line.length) * line.length, line)
}

/** What arrived ends with what was sent. Compared by parts, because a difference of 30 MB is unreadable. */
function sameBelow(arrived: Buffer, sent: Buffer): void {
  const below = arrived.subarray(arrived.length - sent.length)
  if (below.equals(sent)) return
  let at = 0
  while (below[at] === sent[at]) at++
  const around = (bytes: Buffer): string => bytes.toString('latin1', Math.max(0, at - 40), at + 40)
  assert.equal(around(below), around(sent), `differs at octet ${at} of ${sent.length}`)
}

/** The field that a hop put on top. */
const receivedBy = ({ content }: ReceivedMessage, name: string): string => {
  const head = content.toString('latin1', 0, content.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
  return head.split('\r\n').find((line) => line.startsWith('Received:') && line.includes(`by ${name}`)) ?? ''
}

describe('Postfix sends through us', { skip }, () => {
  test('with STARTTLS, 8-bit text unchanged', async () => {
    const content = message('out8bit', EIGHT_BIT)
    await submit({ content, mailParameters: 'BODY=8BITMIME' })
    const arrived = await received('outside', 'out8bit')
    sameBelow(arrived.content, content)
    assert.match(receivedBy(arrived, 'mx.gatepost.example'), /with ESMTPS/)
    assert.match(await postfix.log(), /Untrusted TLS connection established to 127\.0\.0\.1.*TLSv1\.3/)
    assert.match(arrived.mailParameters, /BODY=8BITMIME/)
    assert.ok(arrived.tls, 'we went on with TLS')
  })

  test('pipelined in clear: the envelope is one group', async () => {
    inwards.clear()
    await submit({ content: message('outclear', EIGHT_BIT), forwardPaths: ['info@survey.example'] })
    await received('outside', 'outclear')
    const group = /^MAIL FROM:<ann@acme\.example>[^\r]*\r\nRCPT TO:<info@survey\.example>[^\r]*\r\nDATA\r\n/
    assert.ok(
      inwards.heard().some((read) => group.test(read)),
      inwards.heard().slice(0, 5).join('|'),
    )
  })

  test('with SMTPUTF8', async () => {
    const content = message('ütf8 öut', Buffer.from('Grüße\r\n'))
    await submit({
      content,
      reversePath: 'jörg@acme.example',
      forwardPaths: ['bén@bright.example'],
      mailParameters: 'BODY=8BITMIME SMTPUTF8',
    })
    const arrived = await received('outside', 'ütf8 öut')
    sameBelow(arrived.content, content)
    assert.match(arrived.mailParameters, /SMTPUTF8/)
    assert.equal(arrived.reversePath, 'jörg@acme.example')
  })

  test('with DSN parameters, which go on', async () => {
    const seen = {
      verb: 'RCPT',
      match: 'NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;original+2Bbox@bright.example',
      reply: '250 2.1.5 Ok',
      times: 1,
    } as const
    place.world.outside.script(seen)
    await submit({
      content: message('outdsn', EIGHT_BIT),
      mailParameters: 'RET=HDRS ENVID=QQ+2B31',
      rcptParameters: 'NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;original+2Bbox@bright.example',
    })
    const arrived = await received('outside', 'outdsn')
    assert.match(arrived.mailParameters, /RET=HDRS ENVID=QQ\+2B31/)
    assert.deepEqual(place.world.outside.rules(), [], 'the RCPT with NOTIFY and ORCPT did not come')
  })

  test('30 MB', async () => {
    const content = message('outbig', bigBody())
    await submit({ content })
    sameBelow((await received('outside', 'outbig')).content, content)
  })
})

describe('Postfix receives from us', { skip }, () => {
  test('with STARTTLS, 8-bit text unchanged', async () => {
    const content = message('in8bit', EIGHT_BIT, OUTSIDER)
    await arrive({ content, mailParameters: 'BODY=8BITMIME' })
    const arrived = await received('acme', 'in8bit')
    sameBelow(arrived.content, content)
    assert.match(receivedBy(arrived, 'exchange.acme.example'), /using TLSv1\.3 .*with ESMTPS/)
    assert.match(arrived.mailParameters, /BODY=8BITMIME/)
  })

  test('with SMTPUTF8', async () => {
    const content = message('ütf8 ïn', Buffer.from('Grüße\r\n'), OUTSIDER)
    await arrive({
      content,
      reversePath: 'bén@bright.example',
      forwardPaths: ['jörg@acme.example'],
      mailParameters: 'BODY=8BITMIME SMTPUTF8',
    })
    const arrived = await received('acme', 'ütf8 ïn')
    assert.deepEqual(arrived.forwardPaths, ['jörg@acme.example'])
    sameBelow(arrived.content, content)
    assert.match(receivedBy(arrived, 'exchange.acme.example'), /with UTF8SMTPS/)
  })

  test('30 MB', async () => {
    const content = message('inbig', bigBody(), OUTSIDER)
    await arrive({ content })
    sameBelow((await received('acme', 'inbig')).content, content)
  })

  test('and keeps it in Dovecot, where IMAP shows the same octets', { skip: dovecotMissing() }, async () => {
    const content = message('inmailbox', EIGHT_BIT, OUTSIDER)
    await arrive({ content, forwardPaths: ['bob@acme.example'], mailParameters: 'BODY=8BITMIME' })
    const messages = await eventually(
      () => dovecot?.messages('bob@acme.example') ?? [],
      (found) => found.length > 0,
      30_000,
    )
    sameBelow(messages[0]!, content)
  })

  test('pipelined, with DSN parameters, in clear where the route says so', async () => {
    await place.routeTo(outwards.port, 'none')
    outwards.clear()
    await arrive({
      content: message('indsn', EIGHT_BIT, OUTSIDER),
      mailParameters: 'BODY=8BITMIME RET=FULL ENVID=QQ314',
      rcptParameters: 'NOTIFY=FAILURE,DELAY ORCPT=rfc822;first@acme.example',
    })
    const arrived = await received('acme', 'indsn')
    assert.match(receivedBy(arrived, 'exchange.acme.example'), /with ESMTP /)
    const mail = /^MAIL FROM:<ben@bright\.example>[^\r]* RET=FULL ENVID=QQ314\r\n/.source
    const rcpt = 'RCPT TO:<ann@acme.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;first@acme.example'
    const group = new RegExp(`${mail}${rcpt}\\r\\nDATA\\r\\n`)
    assert.ok(
      outwards.heard().some((read) => group.test(read)),
      outwards.heard().slice(0, 5).join('|'),
    )
  })
})
