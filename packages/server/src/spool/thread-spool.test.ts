// The calling side alone, with a writer that answers as told.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { systemClock } from '#platform/clock.ts'
import { acceptedOf, contentOf, envelopeOf } from './spool.fixture.ts'
import { SpoolUnavailable } from './spool.ts'
import { ThreadSpool } from './thread-spool.ts'
import type { FromWriter, ToWriter } from './wire.ts'

class FakeWriter extends EventEmitter {
  readonly heard: ToWriter[] = []

  postMessage(message: ToWriter): void {
    this.heard.push(message)
    // It has nothing to close.
    if (message.kind === 'ask' && message.question.kind === 'close')
      queueMicrotask(() => this.say({ kind: 'answer', number: message.number, value: null }))
  }

  say(message: FromWriter): void {
    this.emit('message', message)
  }

  async terminate(): Promise<number> {
    return 0
  }
}

test('a question that the disk refuses leaves the batch behind it alone: that has an answer of its own', async () => {
  const writer = new FakeWriter()
  const folder = join(tmpdir(), 'gatepost-nothing-here')
  const spool = new ThreadSpool(writer as unknown as Worker, {
    emit: () => {},
    clock: systemClock,
    slot: 0,
    folder,
    start: {
      file: join(folder, '0.db'),
      contentFolder: join(folder, '0.content'),
      outcomesFile: join(folder, '0.outcomes'),
      now: 0,
      bytesMax: null,
      outboxReportsMax: 10,
      keepsContents: false,
    },
  })
  const counts = spool.counts()
  const envelope = envelopeOf()
  const stored = spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
  while (!writer.heard.some(({ kind }) => kind === 'batch')) await systemClock.sleep(1)
  writer.say({ kind: 'failed', number: 1, why: 'disk I/O error', disk: true })
  await assert.rejects(counts, SpoolUnavailable)
  assert.equal(spool.health().ok, false)
  writer.say({ kind: 'durable', refused: [], dropped: 0 })
  // It is on disk: a 452 would bring it a second time.
  await stored
  await spool.close()
})
