// A spool is copied while it takes mail, and what is made of the copy when it comes back.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentEmit } from '#events/emit.ts'
import type { DeliveryReport } from '#link/reports.ts'
import { systemClock } from '#platform/clock.ts'
import { placeOf } from './copy.ts'
import { openSpool } from './open.ts'
import { prepareRestored, RESTORED } from './restore.ts'
import {
  acceptedOf,
  type Bench,
  contentOf,
  createBench,
  envelopeOf,
  settlementOf,
  textOf,
} from './spool.fixture.ts'
import type { ThreadSpool } from './thread-spool.ts'

async function withCopy(
  work: (bench: Bench, spool: ThreadSpool, folder: string) => Promise<void>,
): Promise<void> {
  const bench = createBench()
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-copy-'))
  try {
    await work(bench, await bench.open(), folder)
  } finally {
    await bench.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Stores messages of so many recipients each; returns their ids. */
async function store(spool: ThreadSpool, count: number, recipients = 1): Promise<readonly string[]> {
  const paths = Array.from({ length: recipients }, (_, at) => `r${at}@acme.example`)
  const envelopes = Array.from({ length: count }, () => envelopeOf({}, paths))
  await Promise.all(envelopes.map((one) => spool.commitMessage(one, contentOf(), acceptedOf(one))))
  return envelopes.map(({ id }) => id)
}

async function storeLarge(spool: ThreadSpool): Promise<string> {
  const file = await spool.openContent()
  await file.write(Buffer.from('large\r\n'))
  const envelope = envelopeOf()
  await spool.commitMessage(envelope, await file.finish(), acceptedOf(envelope))
  return envelope.id
}

const held = { now: Date.now(), resend: false, lettersOf: () => null }

function reopened(folder: string): Promise<ThreadSpool> {
  return openSpool(folder, 0, { clock: systemClock, emit: silentEmit })
}

test('a copy holds what was durable when it began, while messages come and go', async () => {
  await withCopy(async (_bench, spool, folder) => {
    const before = [...(await store(spool, 300)), await storeLarge(spool)]
    let isCopied = false
    const copied = spool.copyTo(folder).finally(() => {
      isCopied = true
    })
    do {
      await store(spool, 20)
      // A slow disk may take more rounds than there are messages.
      const delivered = before.length > 100 ? before.pop() : undefined
      if (delivered) await spool.settle([settlementOf(delivered, [0], { kind: 'delivered' })])
    } while (!isCopied)
    const counts = await copied
    assert.ok(counts.messages >= 301, `${counts.messages} messages`)
    prepareRestored(placeOf(folder, 0), { ...held, resend: true })
    const copy = await reopened(folder)
    const due = await copy.due(Date.now() + 1000, 10_000, new Set())
    const ids = new Set(due.map(({ envelope }) => envelope.id))
    assert.equal(due.length, counts.messages)
    for (const id of before) assert.ok(ids.has(id))
    for (const { envelope } of due) {
      assert.match(await textOf(copy.readContent(envelope.id)), /^Subject: hi\r\n\r\nhello\r\n$|^large\r\n$/)
    }
    await copy.close()
  })
})

test('a content that is done with meanwhile stays for the copy and goes afterwards', async () => {
  await withCopy(async (bench, spool, folder) => {
    const id = await storeLarge(spool)
    const copied = spool.copyTo(folder)
    // From its first file on the copy has begun.
    while (!existsSync(join(folder, '0.db'))) await new Promise((resolve) => setImmediate(resolve))
    await spool.settle([settlementOf(id, [0], { kind: 'delivered' })])
    await copied
    assert.equal(readdirSync(join(folder, '0.content')).length, 1)
    await spool.counts()
    assert.equal(readdirSync(join(bench.folder, '0.content')).length, 0)
    assert.equal(statSync(join(folder, '0.db')).mode & 0o777, 0o600)
  })
})

test('one copy at a time, and a stop meanwhile is said', async () => {
  await withCopy(async (_bench, spool, folder) => {
    await store(spool, 10)
    const first = spool.copyTo(join(folder, 'one'))
    await assert.rejects(spool.copyTo(join(folder, 'two')), /copied already/)
    await first
    const cut = spool.copyTo(join(folder, 'three'))
    const closed = spool.close()
    // A copy that was quicker than the stop is whole; one that was not says why it is none.
    const told = await cut.then(
      ({ messages }) => `whole: ${messages}`,
      (error: Error) => error.message,
    )
    assert.match(told, /^whole: 10$|reopened|closed/)
    await closed
  })
})

test('a restored queue waits for a person, and tracking hears why', async () => {
  await withCopy(async (_bench, spool, folder) => {
    const [queued, partly] = await store(spool, 2, 2)
    await spool.settle([settlementOf(partly!, [0], { kind: 'held' })])
    await spool.copyTo(folder)
    assert.deepEqual(prepareRestored(placeOf(folder, 0), held), {
      messages: 2,
      held: 3,
      queued: 0,
      settled: 0,
    })
    const copy = await reopened(folder)
    assert.deepEqual(await copy.due(Date.now() + 1e9, 10, new Set()), [])
    assert.equal((await copy.counts()).held, 4)
    const filter = { state: null, domain: null, search: 'Restored from' }
    const { items } = await copy.queue.select({ tenantId: 'ten_1', filter, after: null, limit: 10 })
    assert.equal(items.length, 2)
    const told = (await copy.outbox(100)).map(({ report }) => report as DeliveryReport)
    const restored = told.filter(({ reply }) => reply?.text === RESTORED)
    assert.deepEqual(
      restored.map(({ messageId, recipients, outcome }) => [messageId, recipients, outcome]).sort(),
      [
        [queued, [0, 1], 'held'],
        [partly, [1], 'held'],
      ].sort(),
    )
    await copy.close()
  })
})

test('what tracking knows as settled is not sent again, not even when all is', async () => {
  await withCopy(async (_bench, spool, folder) => {
    const [gone, half, open] = await store(spool, 3, 2)
    const large = await storeLarge(spool)
    await spool.copyTo(folder)
    const letters = new Map([
      [gone, 'db'],
      [half, 'xf'],
      [open, 'qq'],
      [large, 'd'],
    ])
    const lettersOf = (id: string): string | null => letters.get(id) ?? null
    assert.deepEqual(prepareRestored(placeOf(folder, 0), { ...held, resend: true, lettersOf }), {
      messages: 2,
      held: 0,
      queued: 3,
      settled: 4,
    })
    assert.deepEqual(readdirSync(join(folder, '0.content')), [])
    const copy = await reopened(folder)
    const due = await copy.due(Date.now() + 1000, 10, new Set())
    assert.deepEqual(
      due.map(({ envelope, recipients }) => [envelope.id, recipients.map(({ index }) => index)]).sort(),
      [
        [half, [1]],
        [open, [0, 1]],
      ].sort(),
    )
    await copy.close()
  })
})
