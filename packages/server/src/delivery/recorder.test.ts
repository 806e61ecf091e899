// What becomes of outcomes when the disk or a content is not what it was.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { envelopeOf } from '#spool/spool.fixture.ts'
import type { Settlement } from '#spool/spool.ts'
import { recipientOf } from './delivery.fixture.ts'
import type { DsnMessage } from './dsn.ts'
import type { InHand, Source } from './in-hand.ts'
import { Recorder } from './recorder.ts'

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
