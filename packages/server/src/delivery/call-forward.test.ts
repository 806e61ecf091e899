// Asking a mail host for recipients: what counts as a no, what is kept, and what a silent host means (R1).
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type CallForward, callForwardOf } from './call-forward.ts'
import { fakeDns, routeOfHost, settingsOf } from './delivery.fixture.ts'
import { type Answer, type Sink, startSink } from './smtp-sink.fixture.ts'

const sinks: Sink[] = []
const askers: CallForward[] = []
after(async () => {
  for (const asker of askers) asker.close()
  for (const sink of sinks) await sink.close()
})

async function hostThat(answer: Answer, clock: Clock = systemClock) {
  const sink = await startSink({ answer })
  sinks.push(sink)
  const asker = callForwardOf({
    dns: fakeDns({ 'mail.acme.example': { A: ['127.0.0.1'] } }),
    clock,
    config: {
      hostname: 'gate.example',
      network: { privateTargets: ['127.0.0.0/8'] },
      delivery: { mxPort: 25, mtaStsPort: 443, connectionsPerHost: 2, messagesPerConnection: 10 },
    },
    tenantOfDomain: () => 'ten_1',
    ownListeners: () => [],
    ownMxListener: () => null,
    localAddresses: () => [],
  })
  askers.push(asker)
  const route = routeOfHost('mail.acme.example', sink.port, { tls: 'none' })
  const settings = settingsOf([route])
  const ask = async (recipient: string, reversePath: string | null = 'bob@sender.example') => {
    const fact = await asker.ask({
      settings,
      forwardPath: mailboxOf(recipient)!,
      reversePath: reversePath === null ? null : mailboxOf(reversePath),
    })
    return fact.kind === 'known' ? fact.value.answer : `unknown: ${fact.why}`
  }
  const asked = (verb: string) =>
    sink.connections.flatMap(({ commands }) => commands.filter((line) => line.startsWith(verb)))
  return { ask, asked, sink }
}

const says =
  (reply: string): Answer =>
  (line) =>
    line.startsWith('RCPT') ? reply : undefined

test('only a reply about the mailbox is a no (RFC 3463 §3.2)', async () => {
  const cases: [reply: string, expected: RegExp][] = [
    ['250 2.1.5 ok', /^accepted$/],
    ['251 2.1.5 will forward', /^accepted$/],
    ['252 2.1.5 cannot verify', /^accepted$/],
    ['550 5.1.1 no such user', /^refused$/],
    ['550 no such user', /^refused$/],
    ['550 5.2.1 mailbox disabled', /^refused$/],
    ['553 5.1.3 bad', /^refused$/],
    ['550 5.7.1 relaying denied', /^unknown: .*relaying denied/],
    ['554 5.7.1 go away', /^unknown/],
    ['451 4.7.1 greylisted', /^unknown/],
    ['421 4.3.2 closing', /^unknown/],
  ]
  for (const [reply, expected] of cases) {
    const { ask } = await hostThat(says(reply))
    assert.match(await ask('ann@acme.example'), expected, reply)
  }
})

test('answers are kept, the same question is asked once, and one connection serves many', async () => {
  const { ask, asked, sink } = await hostThat((line) =>
    line.startsWith('RCPT') && !line.includes('ann@') ? '550 5.1.1 nobody' : undefined,
  )
  const together = await Promise.all([
    ask('ann@acme.example'),
    ask('Ann@acme.example'),
    ask('bob@acme.example'),
  ])
  assert.deepEqual(together, ['accepted', 'accepted', 'refused'])
  assert.equal(await ask('bob@acme.example'), 'refused')
  assert.deepEqual(asked('RCPT').length, 2)
  assert.equal(sink.connections.length, 1)
})

test('the sender is asked with as it came, or empty', async () => {
  const { ask, asked } = await hostThat(() => undefined)
  await ask('ann@acme.example')
  await ask('bob@acme.example', null)
  assert.deepEqual(asked('MAIL'), ['MAIL FROM:<bob@sender.example>', 'MAIL FROM:<>'])
})

test('a host that refuses the sender or drops the line has said nothing of the recipient', async () => {
  const refusing = await hostThat((line) => (line.startsWith('MAIL') ? '550 5.7.1 not you' : undefined))
  assert.match(await refusing.ask('ann@acme.example'), /^unknown: .*not you/)
  const dropping = await hostThat((line) => (line.startsWith('RCPT') ? 'close' : undefined))
  assert.match(await dropping.ask('ann@acme.example'), /^unknown/)
})

test('a connection that ended between two questions says nothing of the second recipient', async () => {
  const gone = await hostThat(() => undefined)
  assert.equal(await gone.ask('ann@acme.example'), 'accepted')
  const [first] = gone.sink.connections
  const closed = new Promise((resolve) => first!.socket.once('close', resolve))
  first!.socket.end()
  await closed
  assert.equal(await gone.ask('bob@acme.example'), 'accepted')
  assert.equal(gone.sink.connections.length, 2)

  const tired = await hostThat((line, { commands }) =>
    line.startsWith('MAIL') && commands.includes('RSET') ? '421 4.3.2 enough' : undefined,
  )
  assert.equal(await tired.ask('ann@acme.example'), 'accepted')
  assert.equal(await tired.ask('bob@acme.example'), 'accepted')
  const never = await hostThat((line) => (line.startsWith('MAIL') ? '421 4.3.2 closing' : undefined))
  assert.match(await never.ask('ann@acme.example'), /^unknown: .*closing/)
})

test('a question is given up in time, also while the host is not even reached', async () => {
  const quick: Clock = {
    now: systemClock.now,
    sleep: (ms, signal) => systemClock.sleep(ms === 30_000 ? 20 : ms, signal),
  }
  const { ask } = await hostThat((line) => (line === '<greeting>' ? null : undefined), quick)
  assert.equal(await ask('ann@acme.example'), 'unknown: the mail host is slow')
})
