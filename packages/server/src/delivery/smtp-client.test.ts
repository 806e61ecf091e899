// The client against hosts that answer as told at every stage.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createSecureContext } from 'node:tls'
import { systemClock } from '#platform/clock.ts'
import { selfSigned } from '#platform/tls.ts'
import type { RouteTls } from '#policy/settings.ts'
import { envelopeOf } from '#spool/spool.fixture.ts'
import type { Envelope } from '#spool/spool.ts'
import { Deadlines } from './deadlines.ts'
import { recipientOf } from './delivery.fixture.ts'
import { type Letter, SmtpClient, type Transmission } from './smtp-client.ts'
import { openSocket } from './smtp-connection.ts'
import { type OpenedSession, openSession, type SessionDeps, TIMEOUTS } from './smtp-session.ts'
import { type Answer, type Sink, type SinkOptions, startSink } from './smtp-sink.fixture.ts'
import { TlsSessions } from './tls-sessions.ts'
import { wireContent } from './wire-content.ts'

const sinks: Sink[] = []
after(async () => {
  for (const sink of sinks) await sink.close()
})

async function sinkOf(options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options)
  sinks.push(sink)
  return sink
}

function open(sink: Sink, tls: RouteTls = 'none', deps: Partial<SessionDeps> = {}): Promise<OpenedSession> {
  return openSession(
    { host: 'sink.example', ip: '127.0.0.1', port: sink.port, tls },
    {
      connect: openSocket,
      deadlines: new Deadlines(systemClock, 20),
      hostname: 'gate.example',
      timeouts: TIMEOUTS,
      tlsSessions: new TlsSessions(),
      ...deps,
    },
  )
}

type Times = { readonly [Step in keyof typeof TIMEOUTS]: number }
/** For the answer that never comes; all others have the usual minutes, however busy the machine is. */
const SHORT_MS = 100

async function clientOf(sink: Sink, times: Times = TIMEOUTS): Promise<SmtpClient> {
  const opened = await open(sink)
  assert.ok(opened.kind === 'open')
  return new SmtpClient(opened.session, times)
}

function letter(
  paths: string[],
  changes: Partial<Envelope> = {},
  text = 'Subject: hi\r\n\r\n.dot\r\n',
): Letter {
  const envelope = envelopeOf({ size: text.length, ...changes }, paths)
  const recipients = envelope.recipients.map((recipient) => recipientOf(recipient.forwardPath, recipient))
  const bytes = wireContent(envelope, [Buffer.from(text)])
  return { envelope, recipients, content: async () => [bytes] }
}

const kinds = ({ results }: Transmission): string[] =>
  results.map(({ kind, reply }) => `${kind} ${reply.code}`)
const none = (): null => null

function answering(stage: string, reply: string | null): Answer {
  return (line) => (line.startsWith(stage) ? reply : undefined)
}

describe('client: replies at each stage', () => {
  const cases: [stage: string, reply: string, expected: string[]][] = [
    ['MAIL', '451 4.3.0 later', ['transient 451', 'transient 451']],
    ['MAIL', '550 5.7.1 never', ['permanent 550', 'permanent 550']],
    // The first digit counts: a yes of another number is a yes.
    ['MAIL', '252 2.1.0 as you like', ['delivered 250', 'delivered 250']],
    ['RCPT TO:<a@', '252 2.1.5 not verified', ['delivered 250', 'delivered 250']],
    // An exchanger outside that asks for a login takes no mail.
    ['MAIL', '530 5.7.0 log in', ['permanent 530', 'permanent 530']],
    ['MAIL', '503 5.5.1 out of step', ['transient 503', 'transient 503']],
    ['RCPT TO:<a@', '450 4.2.1 later', ['transient 450', 'delivered 250']],
    ['RCPT TO:<a@', '550 5.1.1 nobody', ['permanent 550', 'delivered 250']],
    ['RCPT TO:<a@', '552 5.5.3 too many', ['transient 452', 'delivered 250']],
    ['RCPT', '550 5.1.1 nobody', ['permanent 550', 'permanent 550']],
    ['DATA', '451 4.3.0 later', ['transient 451', 'transient 451']],
    ['DATA', '554 5.7.1 never', ['permanent 554', 'permanent 554']],
    ['DATA', '250 what', ['transient 250', 'transient 250']],
    ['<dot>', '354 go on', ['transient 354', 'transient 354']],
    ['<dot>', '452 4.2.2 full', ['transient 452', 'transient 452']],
    ['<dot>', '554 5.7.1 spam', ['permanent 554', 'permanent 554']],
  ]
  for (const keywords of [['PIPELINING'], []]) {
    for (const [stage, reply, expected] of cases) {
      it(`${stage} → ${reply}${keywords.length > 0 ? ', pipelined' : ''}`, async () => {
        let isOver = false
        const answer: Answer = (line, at) => (isOver ? undefined : answering(stage, reply)(line, at))
        const client = await clientOf(await sinkOf({ keywords, answer }))
        const first = await client.transmit(letter(['a@x.example', 'b@x.example']), none)
        assert.deepEqual(kinds(first), expected)
        assert.equal(first.isUntried, false)
        // The connection is in step, and no transaction was left open on it.
        assert.equal(client.isUsable, reply !== '250 what' && expected[0] !== 'transient 354')
        if (!client.isUsable) return
        isOver = true
        assert.deepEqual(kinds(await client.transmit(letter(['z@x.example']), none)), ['delivered 250'])
        client.session.connection.quit()
      })
    }
  }

  it('ends DATA with an empty message when no recipient is left but the host goes on', async () => {
    const answer: Answer = (line) =>
      line.startsWith('RCPT TO:<a@') ? '550 no' : line === 'DATA' ? '354 go' : undefined
    const sink = await sinkOf({ answer })
    const client = await clientOf(sink)
    assert.deepEqual(kinds(await client.transmit(letter(['a@x.example']), none)), ['permanent 550'])
    client.session.connection.quit()
  })
})

describe('client: connections that end', () => {
  it('after the final dot: ambiguous, never lost', async () => {
    const client = await clientOf(await sinkOf({ answer: answering('<dot>', 'close') }))
    const transmission = await client.transmit(letter(['a@x.example']), none)
    assert.deepEqual(kinds(transmission), ['ambiguous 421'])
    assert.match(transmission.results[0]!.reply.text, /may have been taken/)
  })

  it('without an answer to the final dot: ambiguous after the time limit', async () => {
    const client = await clientOf(await sinkOf({ answer: answering('<dot>', null) }), {
      ...TIMEOUTS,
      finalDot: SHORT_MS,
    })
    assert.deepEqual(kinds(await client.transmit(letter(['a@x.example']), none)), ['ambiguous 421'])
  })

  for (const [stage, keywords] of [
    ['RCPT', []],
    ['DATA', []],
    ['MAIL', ['PIPELINING']],
  ] as const) {
    it(`at ${stage}: transient`, async () => {
      const client = await clientOf(await sinkOf({ keywords, answer: answering(stage, 'close') }))
      const transmission = await client.transmit(letter(['a@x.example']), none)
      assert.deepEqual(kinds(transmission), ['transient 421'])
      assert.equal(transmission.isUntried, false, 'the first letter of a connection is an attempt')
      assert.equal(client.isUsable, false)
    })
  }

  it('what a host says before it ends a content counts, not that it ended it', async () => {
    const answer: Answer = (line, { socket }) => {
      if (line === 'DATA') setTimeout(() => socket.end('552 5.3.4 too large\r\n'), 20)
      return undefined
    }
    const client = await clientOf(await sinkOf({ answer }))
    async function* content() {
      while (client.session.connection.isOpen) {
        yield Buffer.from('still more of it\r\n')
        await systemClock.sleep(5)
      }
      yield Buffer.from('the end\r\n')
    }
    const large = { ...letter(['a@x.example']), content }
    assert.deepEqual(kinds(await client.transmit(large, none)), ['permanent 552'])
  })

  for (const reply of ['close', '421 4.7.0 enough for now']) {
    it(`before a later letter was answered (${reply}): it was not tried`, async () => {
      const answer: Answer = (line, { messages }) =>
        messages > 0 && line.startsWith('MAIL') ? reply : undefined
      const client = await clientOf(await sinkOf({ answer }))
      await client.transmit(letter(['a@x.example']), none)
      const second = await client.transmit(letter(['b@x.example']), none)
      assert.equal(second.isUntried, true)
    })
  }

  it('case 4: a reply that drips in by single bytes does not extend the limit', async () => {
    const answer: Answer = (line, { socket }) => {
      if (!line.startsWith('MAIL')) return undefined
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write('2')), 20)
      socket.on('close', () => clearInterval(drip))
      return null
    }
    const client = await clientOf(await sinkOf({ keywords: [], answer }), { ...TIMEOUTS, mail: SHORT_MS })
    const began = Date.now()
    const { results } = await client.transmit(letter(['a@x.example']), none)
    assert.match(results[0]!.reply.text, /no answer in time/)
    assert.ok(Date.now() - began < 15_000)
  })

  for (const [name, reply] of [
    ['300 lines', `${'250-more\r\n'.repeat(300)}250 end`],
    ['a line without end', '2'.repeat(5000)],
    ['no reply at all', 'hello there'],
  ] as const) {
    it(`${name}: the protocol is broken`, async () => {
      const client = await clientOf(await sinkOf({ answer: answering('MAIL', reply) }))
      const { results } = await client.transmit(letter(['a@x.example']), none)
      assert.match(results[0]!.reply.text, /broke the protocol/)
      assert.equal(results[0]!.kind, 'transient')
    })
  }
})

describe('client: several letters', () => {
  it('sends the next envelope together with the content, and keeps replies apart', async () => {
    const answer: Answer = (line) => (line.startsWith('RCPT TO:<b@') ? '550 5.1.1 nobody' : undefined)
    const sink = await sinkOf({ answer })
    const client = await clientOf(sink)
    const letters = ['a@x.example', 'b@x.example', 'c@x.example'].map((path) => letter([path]))
    const outcomes: string[] = []
    let next: Letter | null = letters.shift() ?? null
    while (next !== null) {
      let following: Letter | null = null
      const transmission = await client.transmit(next, () => {
        following = letters.shift() ?? null
        return following
      })
      outcomes.push(...kinds(transmission))
      next = following ?? letters.shift() ?? null
      assert.ok(client.isUsable)
    }
    assert.deepEqual(outcomes, ['delivered 250', 'permanent 550', 'delivered 250'])
    assert.deepEqual(
      sink.messages.map(({ content }) => content),
      Array(2).fill('Received: from test\r\nSubject: hi\r\n\r\n.dot\r\n'),
    )
    client.session.connection.quit()
  })
})

describe('client: what a host does not offer', () => {
  const cases: [name: string, keywords: string[], letter: () => Letter, expected: string][] = [
    ['larger than SIZE', ['SIZE 10'], () => letter(['a@x.example']), '5.3.4'],
    [
      'UTF-8 address, no SMTPUTF8',
      [],
      () => letter(['ä@x.example'], { parameters: { ...envelopeOf().parameters, smtpUtf8: true } }),
      '5.6.7',
    ],
    ['UTF-8 address that the sender did not name, no SMTPUTF8', [], () => letter(['ä@x.example']), '5.6.7'],
    [
      'UTF-8 header, no SMTPUTF8',
      ['8BITMIME'],
      () =>
        letter(
          ['a@x.example'],
          { parameters: { ...envelopeOf().parameters, smtpUtf8: true } },
          'Subject: ä\r\n\r\nx\r\n',
        ),
      '5.6.7',
    ],
    ['8-bit text, no 8BITMIME', [], () => letter(['a@x.example'], {}, 'Subject: x\r\n\r\nä\r\n'), '5.6.3'],
    [
      'REQUIRETLS in clear',
      ['REQUIRETLS'],
      () => letter(['a@x.example'], { parameters: { ...envelopeOf().parameters, requireTls: true } }),
      '5.7.30',
    ],
    [
      'BINARYMIME with NUL',
      ['8BITMIME'],
      () =>
        letter(
          ['a@x.example'],
          { parameters: { ...envelopeOf().parameters, body: 'BINARYMIME' } },
          'a: b\r\n\r\n\0\r\n',
        ),
      '5.6.3',
    ],
  ]
  for (const [name, keywords, make, status] of cases) {
    it(`${name}: bounced with ${status}`, async () => {
      const sink = await sinkOf({ keywords })
      const client = await clientOf(sink)
      const { results } = await client.transmit(make(), none)
      assert.equal(results[0]!.kind, 'permanent')
      assert.equal(results[0]!.reply.status, status)
      assert.equal(results[0]!.isOurs, true)
      assert.equal(sink.connections[0]!.commands.length, 1, 'nothing but EHLO was said')
      client.session.connection.quit()
    })
  }

  it('sends what is plain text all the same, without the parameters', async () => {
    const sink = await sinkOf({ keywords: [] })
    const client = await clientOf(sink)
    const parameters = { ...envelopeOf().parameters, smtpUtf8: true, ret: 'FULL', envelopeId: 'x' } as const
    assert.deepEqual(kinds(await client.transmit(letter(['a@x.example'], { parameters }), none)), [
      'delivered 250',
    ])
    assert.equal(sink.messages[0]!.mail, 'MAIL FROM:<bob@sender.example>')
    client.session.connection.quit()
  })

  it('says SMTPUTF8 for an address that needs it, whoever named it', async () => {
    const sink = await sinkOf({ keywords: ['SMTPUTF8'] })
    const client = await clientOf(sink)
    await client.transmit(letter(['ä@x.example']), none)
    assert.equal(sink.messages[0]!.mail, 'MAIL FROM:<bob@sender.example> SMTPUTF8')
    client.session.connection.quit()
  })

  it('passes parameters on to a host that offers them', async () => {
    const sink = await sinkOf()
    const client = await clientOf(sink)
    const parameters = { ...envelopeOf().parameters, smtpUtf8: true, ret: 'HDRS', envelopeId: 'a b' } as const
    const sent = letter(['ä@x.example'], { parameters })
    const recipients = [
      {
        ...sent.recipients[0]!,
        notify: ['SUCCESS', 'DELAY'] as const,
        originalRecipient: 'rfc822;a+b@x.example',
      },
    ]
    await client.transmit({ ...sent, recipients }, none)
    const octets = sent.envelope.size + sent.envelope.traceFields.length
    assert.equal(
      sink.messages[0]!.mail,
      `MAIL FROM:<bob@sender.example> SIZE=${octets} SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=a+20b`,
    )
    assert.match(sink.messages[0]!.recipients[0]!, /NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a\+2Bb@x\.example$/)
    client.session.connection.quit()
  })
})

describe('session', () => {
  it('says HELO to a host that does not know EHLO', async () => {
    const sink = await sinkOf({ answer: answering('EHLO', '502 5.5.1 what') })
    const client = await clientOf(sink)
    assert.deepEqual(kinds(await client.transmit(letter(['a@x.example']), none)), ['delivered 250'])
    assert.equal(sink.connections[0]!.commands[1], 'HELO gate.example')
    client.session.connection.quit()
  })

  for (const [stage, reply] of [
    ['<greeting>', '554 5.7.1 go away'],
    ['<greeting>', '421 4.7.0 busy'],
    ['<greeting>', null],
    ['<greeting>', 'close'],
    ['EHLO', '421 4.7.0 busy'],
    ['EHLO', 'close'],
  ] as const) {
    it(`${stage} → ${reply}: the host cannot be talked to now`, async () => {
      const timeouts = { ...TIMEOUTS, ...(reply === null ? { greeting: SHORT_MS } : {}) }
      const opened = await open(await sinkOf({ answer: answering(stage, reply) }), 'none', { timeouts })
      assert.equal(opened.kind, 'failed')
    })
  }

  const { certificate, key } = selfSigned('sink.example', Date.now())
  const context = createSecureContext({ cert: certificate, key })
  const tlsCases: [tls: RouteTls, sink: SinkOptions, deps: Partial<SessionDeps>, expected: string][] = [
    ['none', { tls: context }, {}, 'clear'],
    ['opportunistic', { tls: context }, {}, 'tls unverified'],
    ['opportunistic', {}, {}, 'clear'],
    ['opportunistic', { tls: context, answer: answering('STARTTLS', '454 4.7.0 not now') }, {}, 'clear'],
    ['enforced-relaxed', { tls: context }, {}, 'tls unverified'],
    ['enforced-relaxed', {}, {}, 'failed 4.7.4'],
    ['enforced-strict', { tls: context }, {}, 'failed 4.7.5'],
    ['enforced-strict', { tls: context }, { ca: certificate }, 'tls verified'],
  ]
  for (const [tls, options, deps, expected] of tlsCases) {
    it(`TLS ${tls}, ${options.tls ? 'offered' : 'not offered'}${deps.ca ? ', trusted' : ''}: ${expected}`, async () => {
      const opened = await open(await sinkOf(options), tls, deps)
      if (opened.kind === 'failed') return assert.equal(`failed ${opened.reply.status}`, expected)
      const state = opened.session.tls
      assert.equal(state === null ? 'clear' : `tls ${state.verified ? 'verified' : 'unverified'}`, expected)
      const client = new SmtpClient(opened.session, TIMEOUTS)
      assert.deepEqual(kinds(await client.transmit(letter(['a@x.example']), none)), ['delivered 250'])
      client.session.connection.quit()
    })
  }

  it('case 4: discards what was sent in clear behind the STARTTLS reply', async () => {
    const answer = answering('STARTTLS', '220 2.0.0 go\r\n250-forged\r\n250 SIZE 1\r\n')
    const opened = await open(await sinkOf({ tls: context, answer }), 'opportunistic')
    assert.ok(opened.kind === 'open' && opened.session.tls !== null)
    assert.equal(opened.session.capabilities.sizeMax, 10_485_760)
    opened.session.connection.quit()
  })

  it('goes on in clear when an opportunistic handshake fails', async () => {
    const answer: Answer = (line, { socket }) => {
      if (line !== 'STARTTLS') return undefined
      socket.end('220 2.0.0 go\r\nthis is no handshake')
      return null
    }
    const sink = await sinkOf({ keywords: ['STARTTLS'], answer })
    const opened = await open(sink, 'opportunistic')
    assert.ok(opened.kind === 'open' && opened.session.tls === null)
    assert.equal(sink.connections.length, 2)
    opened.session.connection.quit()
  })
})
