// The bypass probe against hosts that are open, closed at each stage, or say nothing that proves anything.
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { type ProbeAnswer, type ProbeQuestion, probeMailHost } from './mail-host-probe.ts'

/** Replies by the verb they answer; '' is the greeting. Null hangs up. */
type Script = { readonly [verb: string]: string | null }

const OPEN: Script = {
  '': '220 mx.acme.example ESMTP',
  EHLO: '250-mx.acme.example\r\n250 SIZE 100',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  '.': '250 2.0.0 taken',
  QUIT: '221 bye',
}

async function ask(script: Script, change: Partial<ProbeQuestion> = {}): Promise<ProbeAnswer> {
  const server = createServer((socket) => serve(socket, script))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await probeMailHost({
      address: '127.0.0.1',
      port,
      localAddress: '127.0.0.77',
      helo: 'probe.gate.example',
      reversePath: 'probe@gate.example',
      forwardPath: 'ann@acme.example',
      content: null,
      timeoutMs: 300,
      ...change,
    })
  } finally {
    server.close()
  }
}

function serve(socket: Socket, script: Script): void {
  const answer = (verb: string): void => {
    const text = script[verb]
    if (text === null) socket.end()
    else if (text !== undefined) socket.write(`${text}\r\n`)
  }
  let isData = false
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    for (const line of chunk.toString('latin1').split('\r\n')) {
      if (isData && line === '.') answer('.')
      else if (!isData && line !== '') {
        const verb = line.slice(0, 4).toUpperCase()
        isData = verb === 'DATA'
        answer(verb)
      }
    }
  })
  answer('')
}

const cases: readonly (readonly [string, Script, Partial<ProbeQuestion>, string])[] = [
  ['takes a recipient', OPEN, {}, 'open at rcpt: 250 2.1.5 ok'],
  ['takes a message', OPEN, { content: 'Subject: x\r\n\r\n.dot' }, 'open at data: 250 2.0.0 taken'],
  ['hangs up', { '': null }, {}, 'closed at greeting: It closed the connection before greeting.'],
  ['greets with no', { '': '554 no' }, {}, 'closed at greeting: 554 no'],
  ['refuses the sender', { ...OPEN, MAIL: '550 5.7.1 no' }, {}, 'closed at mail: 550 5.7.1 no'],
  [
    'refuses at RCPT',
    { ...OPEN, RCPT: '550 5.7.51 TenantInboundAttribution' },
    {},
    'closed at rcpt: 550 5.7.51 TenantInboundAttribution',
  ],
  [
    'refuses the message',
    { ...OPEN, '.': '550 5.7.68 no' },
    { content: 'x' },
    'closed at data: 550 5.7.68 no',
  ],
  ['does not know the recipient', { ...OPEN, RCPT: '550 5.1.1 who' }, {}, 'unknown at rcpt: 550 5.1.1 who'],
  ['puts off', { ...OPEN, RCPT: '451 4.7.1 later' }, {}, 'unknown at rcpt: 451 4.7.1 later'],
  ['is silent', {}, {}, 'unknown at greeting: It did not answer in time.'],
]

for (const [what, script, change, expected] of cases) {
  test(`a host that ${what}`, async () => {
    const { kind, stage, reply } = await ask(script, change)
    assert.equal(`${kind} at ${stage}: ${reply}`, expected)
  })
}

test('a port that nobody listens on is closed; an address that is not ours tells nothing', async () => {
  const nobody = await ask(OPEN, { port: 1 })
  assert.deepEqual(nobody, { kind: 'closed', stage: 'connect', reply: 'The connection was refused.' })
  assert.equal((await ask(OPEN, { localAddress: '203.0.113.9' })).kind, 'unknown')
})
