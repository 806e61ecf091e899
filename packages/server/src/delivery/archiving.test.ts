// Archiving as a delivery: the row stays until the archive has the message, through failures and restarts.
import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import type { Upload } from '#link/archive-upload.ts'
import { systemClock } from '#platform/clock.ts'
import { acceptedOf, contentOf, createBench, envelopeOf } from '#spool/spool.fixture.ts'
import type { Envelope, EnvelopeRecipient } from '#spool/spool.ts'
import type { ThreadSpool } from '#spool/thread-spool.ts'
import { Archiving, type BringToArchive, uploadOf } from './archiving.ts'
import { routeOfHost, settingsOf, startScheduler, until } from './delivery.fixture.ts'
import type { InHand } from './in-hand.ts'
import { startSink } from './smtp-sink.fixture.ts'

const bench = createBench()
const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})
after(() => bench.remove())

const TO_ARCHIVE: EnvelopeRecipient = {
  index: 1,
  forwardPath: 'archive',
  originalRecipient: null,
  notify: ['NEVER'],
  state: 'queued',
  archive: 'gateway',
}

function archived(changes: Partial<Envelope> = {}): Envelope {
  const envelope = envelopeOf(changes)
  return { ...envelope, recipients: [...envelope.recipients, TO_ARCHIVE] }
}

async function start(spool: ThreadSpool, bringToArchive?: BringToArchive) {
  const sink = await startSink()
  const { scheduler, events } = startScheduler(
    spool,
    settingsOf([routeOfHost('127.0.0.1', sink.port)]),
    bringToArchive === undefined ? {} : { bringToArchive },
  )
  cleanUp.push(() => sink.close())
  cleanUp.push(() => scheduler.stop(200))
  return { sink, scheduler, events }
}

async function commit(spool: ThreadSpool, envelope: Envelope): Promise<void> {
  await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
}

describe('archiving', () => {
  it('keeps the row after delivery until the archive has the message, and brings it whole', async () => {
    const spool = await bench.open({}, 1)
    const taken: { upload: Upload; content: string }[] = []
    const gate = Promise.withResolvers<void>()
    const { sink, scheduler } = await start(spool, async (upload, chunks) => {
      const parts: Uint8Array[] = []
      for await (const chunk of chunks) parts.push(chunk)
      await gate.promise
      taken.push({ upload, content: Buffer.concat(parts).toString() })
    })
    const envelope = archived()
    await commit(spool, envelope)
    scheduler.offer(envelope, contentOf())
    await until(() => sink.messages.length === 1, 'the mailbox has it')
    assert.equal((await spool.counts()).messages, 1, 'the archive has not')
    gate.resolve()
    await until(async () => (await spool.counts()).messages === 0, 'the archive has it')
    assert.equal(taken[0]!.content, 'Subject: hi\r\n\r\nhello\r\n')
    assert.deepEqual(taken[0]!.upload.forwardPaths, [envelope.recipients[0]!.forwardPath])
    await until(() => scheduler.counts().inHand === 0, 'nothing is in hand')
  })

  it('waits without an archive and through a restart, while mail is delivered', async () => {
    const spool = await bench.open({}, 2)
    const first = await start(spool)
    const envelope = archived()
    await commit(spool, envelope)
    first.scheduler.offer(envelope, contentOf())
    await until(() => first.sink.messages.length === 1, 'the mailbox has it')
    await until(async () => (await spool.counts()).queued === 1, 'that is noted')
    await first.scheduler.stop(200)
    assert.equal((await spool.counts()).messages, 1)
    await spool.retryNow(envelope.id, Date.now())
    const ids: string[] = []
    const second = await start(spool, async ({ delivery }) => {
      ids.push(delivery)
    })
    await until(async () => (await spool.counts()).messages === 0, 'the archive has it')
    assert.deepEqual(ids, [envelope.id])
    assert.equal(second.sink.messages.length, 0, 'nobody gets it twice')
  })

  it('tells once that the archive takes nothing, and puts what waits back', async () => {
    const spool = await bench.open({}, 3)
    const { scheduler, events, sink } = await start(spool, async () => {
      throw new Error('the disk is full')
    })
    for (let at = 0; at < 20; at += 1) {
      const envelope = archived()
      await commit(spool, envelope)
      scheduler.offer(envelope, contentOf())
    }
    await until(() => sink.messages.length === 20, 'mail is delivered')
    await until(() => scheduler.counts().inHand === 0, 'all copies are back in the spool')
    assert.equal((await spool.counts()).messages, 20)
    assert.equal(events.filter(({ name }) => name === 'delivery.archive.waiting').length, 1)
  })
})

describe('archiving, a message that the archive cannot take', () => {
  const world = (now = systemClock.now) => {
    const told = { kept: [] as string[], postponed: [] as string[], troubles: 0 }
    const waiting = new Map<string, PromiseWithResolvers<void>>()
    const archiving = new Archiving({
      clock: { ...systemClock, now },
      bring: ({ delivery }) => {
        const answer = Promise.withResolvers<void>()
        waiting.set(delivery, answer)
        return answer.promise
      },
      kept: ({ envelope }) => told.kept.push(envelope.id),
      postponed: ({ envelope }, _, delayMs) => told.postponed.push(`${envelope.id} ${delayMs}`),
      troubled: () => {
        told.troubles += 1
      },
    })
    const offer = (id: string) =>
      archiving.offer({ envelope: envelopeOf({ id }), chunks: [] } as unknown as InHand, [])
    const end = async (id: string, fault?: Error) => {
      if (fault === undefined) waiting.get(id)!.resolve()
      else waiting.get(id)!.reject(fault)
      await new Promise(setImmediate)
    }
    return { told, offer, end }
  }

  it('holds up none of the others', async () => {
    const { told, offer, end } = world()
    for (const id of ['bad', 'one', 'two']) offer(id)
    await end('one')
    await end('bad', new Error('400'))
    assert.deepEqual(told.postponed, ['bad 60000'])
    offer('three')
    await end('two')
    await end('three')
    assert.deepEqual(told.kept, ['one', 'two', 'three'])
  })

  it('waits no longer than it ever does when the clock is set back (abuse case 44)', async () => {
    let now = 10_000_000
    const { told, offer, end } = world(() => now)
    offer('bad')
    await end('bad', new Error('503'))
    now -= 3_600_000
    offer('one')
    await end('one')
    assert.deepEqual([told.kept, told.postponed], [['one'], ['bad 2000']])
  })

  it('ends the pause that it began, once another one is taken', async () => {
    const { told, offer, end } = world()
    for (const id of ['bad', 'one']) offer(id)
    await end('bad', new Error('400'))
    offer('two')
    assert.match(told.postponed[1] ?? '', /^two /, 'it might have been the archive')
    await end('one')
    offer('three')
    await end('three')
    assert.deepEqual(told.kept, ['one', 'three'])
  })
})

describe('what the archive is told', () => {
  it('names who was meant and who got it, once each', () => {
    const [one] = envelopeOf().recipients
    const recipients = [
      { ...one!, forwardPath: 'ann@elsewhere.example', originalRecipient: 'rfc822;sales@acme.example' },
      { ...one!, index: 1, forwardPath: 'ann@elsewhere.example' },
      { ...TO_ARCHIVE, index: 2 },
    ]
    const upload = uploadOf({ ...envelopeOf(), recipients })
    assert.deepEqual(upload.forwardPaths, ['sales@acme.example', 'ann@elsewhere.example'])
    assert.deepEqual([upload.as, upload.isHeld], ['gateway', false])
  })

  it('knows journal mail and what is held for everybody', () => {
    const [one] = envelopeOf().recipients
    const journal = uploadOf({ ...envelopeOf(), recipients: [{ ...one!, archive: 'journal' }] })
    assert.deepEqual([journal.as, journal.forwardPaths, journal.isHeld], ['journal', [], false])
    const held = uploadOf({ ...envelopeOf(), recipients: [{ ...one!, state: 'held' }, TO_ARCHIVE] })
    assert.equal(held.isHeld, true)
  })
})
