// What becomes of outcomes when the disk or a content is not what it was.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { envelopeOf } from '#spool/spool.fixture.ts'
import type { Settlement } from '#spool/spool.ts'
import { recipientOf } from './delivery.fixture.ts'
import type { DsnMessage } from './dsn.ts'
import type { InHand, Source } from './in-hand.ts'
import { Recorder } from './recorder.ts'

type Parts = { readonly signal?: AbortSignal; readonly store?: (message: DsnMessage) => Promise<void> }

/** A recorder, and what came of its outcomes in order. */
function recorderOf({ signal = new AbortController().signal, store = async () => {} }: Parts) {
  const done: string[] = []
  const recorder = new Recorder({
    clock: { now: () => 1_700_000_000_000, sleep: async () => {} },
    emit: () => {},
    hostname: 'gate.example',
    random: () => 0.5,
    settingsOf: () => null,
    signal,
    store: async (message) => {
      await store(message)
      done.push('report')
    },
    mayBeginAgain: () => {},
  })
  const settle = async (settlements: readonly Settlement[]): Promise<void> =>
    void done.push(...settlements.map(({ outcome, recipients }) => `${outcome.kind} ${recipients}`))
  const source = { spool: { settle } as unknown as Source['spool'] } as Source
  const paths = ['ann@acme.example', 'bob@acme.example']
  const chunks = [Buffer.from('Subject: hi\r\n\r\nhello\r\n')]
  const message: InHand = {
    envelope: envelopeOf({}, paths),
    source,
    chunks,
    bytes: 0,
    stamp: null,
    stamped: null,
    open: 1,
  }
  const refusal = { code: 550, status: '5.1.1', text: 'nobody here' }
  const results = [
    { recipient: recipientOf(paths[0]!), kind: 'permanent', reply: refusal, isOurs: false } as const,
    {
      recipient: recipientOf(paths[1]!, { index: 1 }),
      kind: 'delivered',
      reply: { code: 250, status: '2.0.0', text: 'taken' },
      isOurs: false,
    } as const,
  ]
  return { done, record: () => recorder.record(message, { results, session: null }) }
}

test('who was reached is recorded before the report on another is made', async () => {
  const { done, record } = recorderOf({})
  await record()
  assert.deepEqual(done, ['delivered 1', 'report', 'bounced 0'])
})

test('an outcome that comes while delivery stops is recorded, with its report where the spool takes it', async () => {
  const stopped = recorderOf({ signal: AbortSignal.abort() })
  await stopped.record()
  assert.deepEqual(stopped.done, ['delivered 1', 'report', 'bounced 0'])
  const closed = recorderOf({ signal: AbortSignal.abort(), store: () => Promise.reject(new Error('closed')) })
  await closed.record()
  assert.deepEqual(closed.done, ['delivered 1'])
})

test('a message whose content is lost ends with a report all the same, and holds up nobody', async () => {
  const stored: DsnMessage[] = []
  const settled: Settlement[] = []
  const recorder = new Recorder({
    clock: { now: () => 1_700_000_000_000, sleep: async () => {} },
    emit: () => {},
    hostname: 'gate.example',
    random: () => 0.5,
    settingsOf: () => null,
    signal: new AbortController().signal,
    store: async (message) => void stored.push(message),
    mayBeginAgain: () => {},
  })
  const spool = {
    // biome-ignore lint/correctness/useYield: it never comes to that.
    async *readContent() {
      throw new Error('no such file')
    },
    settle: async (settlements: readonly Settlement[]) => void settled.push(...settlements),
  } as unknown as Source['spool']
  const envelope = envelopeOf()
  const source = { spool } as Source
  const message: InHand = { envelope, source, chunks: null, bytes: 0, stamp: null, stamped: null, open: 1 }
  const reply = { code: 550, status: '5.1.1', text: 'nobody here' }
  const results = [
    { recipient: recipientOf('ann@acme.example'), kind: 'permanent', reply, isOurs: true } as const,
  ]
  assert.equal(await recorder.record(message, { results, session: null }), null)
  assert.deepEqual(
    settled.map(({ outcome }) => outcome.kind),
    ['bounced'],
  )
  assert.equal(stored.length, 1)
  const { content } = stored[0]!
  assert.ok(content.kind === 'memory')
  assert.match(Buffer.concat(content.chunks).toString(), /ann@acme\.example.*nobody here/s)
})
