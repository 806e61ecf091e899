// Mail hosts and senders talk to each other over real sockets.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import type { AnswerRule } from './answers.ts'
import { type MailHost, startMailHost } from './mail-host.ts'
import { composeMessage } from './message-text.ts'
import { makeCertificate } from './platform.ts'
import { rawDialog, type SendOptions, sendMessage } from './senders.ts'

let host: MailHost

before(async () => {
  host = await startMailHost({
    name: 'exchange.acme.example',
    recipients: ['Ann@acme.example', 'bob@acme.example'],
  })
})
after(() => host.stop())
beforeEach(() => {
  host.clear()
  host.script()
})

const content = composeMessage({
  from: 'Ben <ben@bright.example>',
  to: ['ann@acme.example'],
  subject: 'Grüße',
  body: 'One line\n.a line with a dot\n..two dots\n.',
  messageId: '<one@bright.example>',
  at: 0,
})

const draft = (more: Partial<SendOptions> = {}): SendOptions => ({
  port: host.port,
  helo: 'mail.bright.example',
  reversePath: 'ben@bright.example',
  forwardPaths: ['ann@acme.example'],
  content,
  ...more,
})

test('a message arrives byte for byte', async () => {
  const waiting = host.waitFor((message) => message.messageId === '<one@bright.example>', 60_000)
  const result = await sendMessage(draft({ mailParameters: 'BODY=8BITMIME' }))
  assert.equal(result.accepted, true)
  assert.deepEqual(
    result.replies.map((reply) => [reply.command, reply.code, reply.status]),
    [
      ['connect', 220, null],
      ['EHLO mail.bright.example', 250, null],
      ['MAIL FROM:<ben@bright.example> BODY=8BITMIME', 250, '2.1.0'],
      ['RCPT TO:<ann@acme.example>', 250, '2.1.5'],
      ['DATA', 354, null],
      ['content', 250, '2.0.0'],
      ['QUIT', 221, '2.0.0'],
    ],
  )
  const message = await waiting
  assert.ok(message.content.equals(content))
  assert.deepEqual([message.subject, message.from], ['Grüße', 'Ben <ben@bright.example>'])
  assert.deepEqual([message.reversePath, message.mailParameters], ['ben@bright.example', 'BODY=8BITMIME'])
  assert.deepEqual([message.helo, message.clientIp], ['mail.bright.example', '127.0.0.1'])
})

test('contents of every awkward form survive', async () => {
  const contents = [
    '',
    '.',
    '.\r\n',
    '..\r\n',
    'x: y\r\n\r\n.\r\n.x\r\n',
    `a: ${'b'.repeat(200_000)}\r\n\r\n.`,
  ]
  for (const text of contents) {
    host.clear()
    assert.equal((await sendMessage(draft({ content: text }))).accepted, true)
    const expected = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`
    assert.equal(host.messages()[0]?.content.toString(), expected)
  }
})

test('unknown recipients are refused, known ones of the same message are not', async () => {
  const result = await sendMessage(draft({ forwardPaths: ['nobody@acme.example', 'BOB@acme.example'] }))
  assert.deepEqual(
    result.replies.slice(3, 5).map((reply) => [reply.code, reply.status, reply.text]),
    [
      [550, '5.1.1', 'No such mailbox here'],
      [250, '2.1.5', 'Ok'],
    ],
  )
  assert.deepEqual(host.messages()[0]?.forwardPaths, ['BOB@acme.example'])
})

test('counts doubles by Message-ID', async () => {
  await sendMessage(draft())
  await sendMessage(draft())
  assert.equal(host.counts().get('<one@bright.example>'), 2)
})

test('the script changes single answers', async () => {
  const cases: readonly { rules: AnswerRule[]; codes: number[]; accepted: boolean; stored: number }[] = [
    { rules: [{ verb: 'CONNECT', reply: '421 4.3.2 Closed' }], codes: [421], accepted: false, stored: 0 },
    {
      rules: [{ verb: 'RCPT', match: 'ANN@', reply: '451 4.2.0 Later' }],
      codes: [220, 250, 250, 451],
      accepted: false,
      stored: 0,
    },
    {
      rules: [{ verb: 'CONTENT', reply: '554 5.7.1 No' }],
      codes: [220, 250, 250, 250, 354, 554],
      accepted: false,
      stored: 0,
    },
    { rules: [{ verb: 'CONTENT', cut: true }], codes: [220, 250, 250, 250, 354], accepted: false, stored: 1 },
    { rules: [{ verb: 'MAIL', cut: true }], codes: [220, 250], accepted: false, stored: 0 },
    {
      rules: [{ verb: 'MAIL', dripMs: 1 }],
      codes: [220, 250, 250, 250, 354, 250],
      accepted: true,
      stored: 1,
    },
  ]
  for (const { rules, codes, accepted, stored } of cases) {
    host.clear()
    host.script(...rules)
    const result = await sendMessage(draft())
    const seen = result.replies.filter((reply) => reply.command !== 'QUIT').map((reply) => reply.code)
    assert.deepEqual(
      [seen, result.accepted, host.messages().length],
      [codes, accepted, stored],
      rules[0]!.verb,
    )
    assert.equal(result.fault !== null, rules[0]!.cut === true)
  }
})

test('a rule with a count is used up', async () => {
  host.script({ verb: 'RCPT', reply: '451 4.2.0 Later', times: 1 })
  assert.equal((await sendMessage(draft())).accepted, false)
  assert.equal((await sendMessage(draft())).accepted, true)
})

test('STARTTLS', { skip: (await makeCertificate(['x.example'])) === null && 'no openssl' }, async () => {
  const result = await sendMessage(draft({ startTls: true }))
  assert.equal(result.accepted, true, JSON.stringify(result))
  assert.equal(host.messages()[0]?.tls?.version, 'TLSv1.3')
  const greetings = result.replies.filter((reply) => reply.command.startsWith('EHLO'))
  assert.deepEqual(
    greetings.map((reply) => reply.text.includes('STARTTLS')),
    [true, false],
  )
})

test('a host can be down and come back on its port', async () => {
  await host.setDown(true)
  const refused = await sendMessage(draft())
  assert.match(refused.fault ?? '', /ECONNREFUSED/)
  // Somebody else was given its port, for a moment.
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(host.port, '127.0.0.1', resolve))
  const isUp = host.setDown(false)
  setTimeout(() => other.close(), 50)
  await isUp
  assert.equal((await sendMessage(draft())).accepted, true)
})

test('the PROXY header names another client', async () => {
  const proxied = await startMailHost({ name: 'edge.example', certificate: null, proxy: true })
  for (const sourceIp of ['203.0.113.10', '2001:db8::10']) {
    await sendMessage(draft({ port: proxied.port, proxy: { sourceIp, sourcePort: 4321 } }))
    assert.deepEqual(
      [proxied.messages().at(-1)?.clientIp, proxied.messages().at(-1)?.clientPort],
      [sourceIp, 4321],
    )
  }
  await proxied.stop()
})

test('the PROXY header has the bytes of the specification', async () => {
  const seen = await new Promise<Buffer>((resolve) => {
    const server = createServer((socket) => {
      socket.once('data', (chunk: Buffer) => {
        resolve(chunk)
        socket.destroy()
        server.close()
      })
    }).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      const proxy = {
        sourceIp: '198.51.100.25',
        sourcePort: 4660,
        destinationIp: '192.0.2.1',
        destinationPort: 25,
      }
      void sendMessage(draft({ port, proxy }))
    })
  })
  assert.equal(seen.toString('hex'), '0d0a0d0a000d0a515549540a2111000cc6336419c000020112340019')
})

test('sends through a smart host from its public address', async () => {
  const smartHost = await startMailHost({ name: 'smart.example', certificate: null, proxy: true })
  const result = await host.send({
    smartHost: { host: '127.0.0.1', port: smartHost.port },
    reversePath: 'ann@acme.example',
    forwardPaths: ['ben@bright.example'],
    content,
    sourceAddress: '198.51.100.25',
  })
  assert.equal(result.accepted, true)
  const [message] = smartHost.messages()
  assert.deepEqual([message?.clientIp, message?.helo], ['198.51.100.25', 'exchange.acme.example'])
  await smartHost.stop()
})

test('a raw dialog says whatever it is told', async () => {
  const replies = await rawDialog(host.port, [
    'EHLO x',
    'RCPT TO:<ann@acme.example>',
    'BOGUS',
    Buffer.from('NOOP\r\n'),
  ])
  assert.deepEqual(
    replies.map((reply) => reply.code),
    [220, 250, 503, 500, 250],
  )
})

test('writes a Maildir', async () => {
  const maildir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  const other = await startMailHost({ name: 'x.example', certificate: null, maildir })
  await sendMessage(draft({ port: other.port }))
  const [file] = await readdir(join(maildir, 'new'))
  assert.ok((await readFile(join(maildir, 'new', file!))).equals(content))
  await other.stop()
  await rm(maildir, { recursive: true })
})

test('waiting in vain says what came instead', async () => {
  await sendMessage(draft())
  await assert.rejects(
    host.waitFor((message) => message.subject === 'never', 20),
    /<one@bright.example> Grüße/,
  )
})
