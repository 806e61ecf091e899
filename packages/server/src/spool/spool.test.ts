// The spool keeps what it promised: through kills, full disks and restarts.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { EventFields } from '#events/emit.ts'
import { systemClock } from '#platform/clock.ts'
import { adoptSpools, listSpools, SpoolLocked, SpoolTooNew } from './open.ts'
import {
  acceptedOf,
  type Bench,
  contentOf,
  createBench,
  envelopeOf,
  refusedOf,
  settlementOf,
  textOf,
} from './spool.fixture.ts'
import { SpoolUnavailable } from './spool.ts'
import type { ThreadSpool } from './thread-spool.ts'

const CHILD = fileURLToPath(new URL('./crash-child.fixture.ts', import.meta.url))
const NONE: ReadonlySet<string> = new Set()
let bench: Bench
const benches: Bench[] = []

beforeEach(() => {
  bench = createBench()
  benches.push(bench)
})
after(async () => {
  for (const { remove } of benches) await remove()
})

async function store(spool: ThreadSpool, forwardPaths?: string[], text?: string): Promise<string> {
  const envelope = envelopeOf({}, forwardPaths)
  await spool.commitMessage(envelope, contentOf(text), acceptedOf(envelope))
  return envelope.id
}

describe('spool', () => {
  it('gives back envelope and content as they were stored', async () => {
    const spool = await bench.open()
    const envelope = envelopeOf({ cuts: [[1, 5]], reversePath: null })
    await spool.commitMessage(envelope, contentOf('a\r\n\0ÿ\r\n'), acceptedOf(envelope))
    const [due] = await spool.due(Date.now(), 10, NONE)
    assert.deepEqual(due?.envelope, envelope)
    assert.deepEqual(due?.recipients, [{ ...envelope.recipients[0], attempts: 0, firstAttemptAt: null }])
    assert.equal(await textOf(spool.readContent(envelope.id)), Buffer.from('a\r\n\0ÿ\r\n').toString('latin1'))
    assert.deepEqual(await spool.counts(), { messages: 1, queued: 1, held: 0, outbox: 1 })
    await spool.close()
  })

  it('keeps every message that was called durable when the process is killed', async () => {
    const child = spawn(process.execPath, [CHILD, bench.folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      if (said.length > 20_000) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.on('close', resolve))
    const ids = said.split('\n').filter((line) => line.length === 30)
    assert.ok(ids.length > 500)
    const spool = await bench.open()
    const found = new Set<string>()
    for (const { envelope } of await spool.due(Date.now(), 100_000, NONE)) found.add(envelope.id)
    assert.deepEqual(
      ids.filter((id) => !found.has(id)),
      [],
    )
    const reported = new Set((await spool.outbox(100_000)).map(({ report }) => report.at))
    assert.ok(reported.size > 0)
    assert.equal(
      (await spool.counts()).outbox,
      found.size,
      'a report rides in the transaction of its message',
    )
    await spool.close()
  })

  it('refuses a second owner and lets go when closed', async () => {
    const spool = await bench.open()
    await assert.rejects(bench.open(), SpoolLocked)
    const waiting = bench.open({ waitMs: 60_000 })
    await spool.close()
    await (await waiting).close()
  })

  it('refuses a file of a newer release', async () => {
    await (await bench.open()).close()
    const database = new DatabaseSync(join(bench.folder, '0.db'))
    database.exec('pragma user_version = 99')
    database.close()
    await assert.rejects(
      bench.open(),
      (error: Error) => error instanceof SpoolTooNew && /newer/.test(error.message),
    )
  })

  it('adopts spools of slots that are gone, but not those with a living owner', async () => {
    const other = await bench.open({}, 2)
    const id = await store(other)
    const own = await bench.open({}, 0)
    const told: string[] = []
    const options = { clock: systemClock, emit: (name: string) => void told.push(name) }
    assert.deepEqual(await adoptSpools(bench.folder, 1, { ...options, waitMs: 0 }), [])
    assert.deepEqual(told, ['spool.not-adopted'])
    assert.deepEqual(listSpools(bench.folder), [0, 2])
    // It drains still: what waits in it must not wait for the next start.
    const adopting = adoptSpools(bench.folder, 1, options)
    await systemClock.sleep(20)
    await other.close()
    const [adopted] = await adopting
    assert.equal(adopted?.slot, 2)
    const [due] = (await adopted?.due(Date.now(), 1, NONE)) ?? []
    assert.equal(due?.envelope.id, id)
    await adopted?.close()
    await own.close()
  })

  it('goes on without a spool that cannot be read, and says so', async () => {
    const folder = join(bench.folder, 'broken')
    mkdirSync(folder)
    writeFileSync(join(folder, '3.db'), 'this is no database'.repeat(1_000))
    const told: string[] = []
    const emit = (name: string, fields?: EventFields) => void told.push(`${name} ${fields?.slot}`)
    assert.deepEqual(await adoptSpools(folder, 1, { clock: systemClock, emit }), [])
    assert.deepEqual(told, ['spool.not-adopted 3'])
    assert.deepEqual(readdirSync(folder), ['3.db'])
  })
})

describe('spool: outcomes', () => {
  it('removes a message once no recipient is open', async () => {
    const spool = await bench.open()
    const id = await store(spool)
    await spool.settle([settlementOf(id, [0], { kind: 'delivered' })])
    assert.deepEqual(await spool.counts(), { messages: 0, queued: 0, held: 0, outbox: 2 })
    await assert.rejects(textOf(spool.readContent(id)))
    await spool.settle([settlementOf(id, [0], { kind: 'delivered' })])
    assert.equal((await spool.counts()).messages, 0, 'repeating an outcome is harmless')
    await spool.close()
  })

  it('keeps what is open: deferred recipients come back when due, held ones stay', async () => {
    const spool = await bench.open()
    const now = Date.now()
    const id = await store(spool, ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'])
    await spool.settle([
      settlementOf(id, [0], { kind: 'delivered' }),
      settlementOf(id, [1], { kind: 'deferred', nextAttemptAt: now + 60_000, attempts: 1 }),
      settlementOf(id, [2], { kind: 'held' }),
    ])
    assert.deepEqual(await spool.counts(), { messages: 1, queued: 2, held: 1, outbox: 4 })
    const first = await spool.due(now + 10_000, 10, NONE)
    assert.deepEqual(
      first[0]?.recipients.map(({ index }) => index),
      [3],
    )
    assert.equal(await spool.nextDueAt(now + 10_000), null, 'the least due time of the message is its row')
    await spool.settle([settlementOf(id, [3], { kind: 'bounced' })])
    assert.equal(await spool.nextDueAt(now + 10_000), now + 60_000)
    assert.deepEqual(await spool.due(now + 10_000, 10, NONE), [])
    assert.equal(await spool.retryNow(id, now + 20_000), 1)
    const [due] = await spool.due(now + 20_000, 10, NONE)
    assert.deepEqual(
      due?.recipients.map(({ index, attempts }) => [index, attempts]),
      [[1, 1]],
    )
    assert.ok((due?.recipients[0]?.firstAttemptAt ?? 0) >= now)
    assert.deepEqual(await spool.due(now + 20_000, 10, new Set([id])), [])
    await spool.settle([settlementOf(id, [1, 2], { kind: 'delivered' })])
    assert.deepEqual(await spool.counts(), { messages: 1, queued: 0, held: 1, outbox: 6 })
    assert.equal(await spool.retryNow(id, now), 0, 'held recipients wait for a person')
    await spool.close()
  })

  it('hands out the oldest first, up to the limit', async () => {
    const spool = await bench.open()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      const envelope = envelopeOf({ receivedAt: 1000 - i })
      ids.unshift(envelope.id)
      await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    }
    const due = await spool.due(2000, 3, new Set([ids[0]!]))
    assert.deepEqual(
      due.map(({ envelope }) => envelope.id),
      ids.slice(1, 4),
    )
    await spool.close()
  })
})

describe('spool: reports', () => {
  it('numbers reports, forgets acknowledged ones and never uses a number twice', async () => {
    let spool = await bench.open()
    await store(spool)
    spool.report([refusedOf('rep_a'), refusedOf('rep_b')])
    while ((await spool.counts()).outbox < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.deepEqual(
      (await spool.outbox(10)).map(({ sequence }) => sequence),
      [1, 2, 3],
    )
    await spool.acknowledge(2)
    assert.deepEqual(
      (await spool.outbox(10)).map(({ report }) => report.id),
      ['rep_b'],
    )
    assert.deepEqual(JSON.parse((await spool.outboxText(10)).json), await spool.outbox(10))
    await spool.acknowledge(3)
    await spool.close()
    spool = await bench.open()
    assert.deepEqual(await spool.outbox(10), [])
    await store(spool)
    assert.deepEqual(
      (await spool.outbox(10)).map(({ sequence }) => sequence),
      [4],
    )
    await spool.close()
  })

  it('drops refusals first when the outbox is at its bound, and says so', async () => {
    const spool = await bench.open({ outboxReportsMax: 3 })
    await store(spool)
    spool.report([refusedOf('rep_a')])
    while ((await spool.counts()).outbox < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    for (let i = 0; i < 2; i++) await store(spool)
    assert.deepEqual(
      (await spool.outbox(10)).map(({ report }) => report.kind),
      ['accepted', 'accepted', 'accepted'],
    )
    assert.ok(bench.events.some(({ name }) => name === 'spool.reports.dropped'))
    await spool.close()
  })
})

describe('spool: large content', () => {
  it('keeps it in a file until the message is done', async () => {
    const spool = await bench.open()
    const file = await spool.openContent()
    for (let i = 0; i < 30; i++) await file.write(Buffer.alloc(100_000, 65 + i))
    const content = await file.finish()
    assert.ok(content.kind === 'file' && content.size === 3_000_000)
    const envelope = envelopeOf()
    await spool.commitMessage(envelope, content, acceptedOf(envelope))
    const text = await textOf(spool.readContent(envelope.id))
    assert.equal(text.length, 3_000_000)
    assert.equal(text[2_999_999], String.fromCharCode(65 + 29))
    const copies: Uint8Array[] = []
    const memories = new Set<ArrayBufferLike>()
    for await (const chunk of spool.readContent(envelope.id, { reuse: true })) {
      memories.add(chunk.buffer)
      copies.push(new Uint8Array(chunk))
    }
    assert.equal(Buffer.concat(copies).toString('latin1'), text)
    assert.equal(memories.size, 1)
    const path = join(bench.folder, '0.content', content.kind === 'file' ? content.name : '')
    assert.ok(existsSync(path))
    await spool.settle([settlementOf(envelope.id, [0], { kind: 'delivered' })])
    await spool.counts()
    assert.equal(existsSync(path), false)
    await spool.close()
  })

  it('removes files of refused messages, and orphans at the next start', async () => {
    let spool = await bench.open()
    const refused = await spool.openContent()
    await refused.write(Buffer.from('x'))
    await refused.discard()
    assert.deepEqual(readdirSync(join(bench.folder, '0.content')), [])
    writeFileSync(join(bench.folder, '0.content', 'orphan'), 'x')
    await spool.close()
    spool = await bench.open()
    assert.deepEqual(readdirSync(join(bench.folder, '0.content')), [])
    await spool.close()
  })
})

describe('spool: a disk that refuses', () => {
  it('rejects commits, keeps the queue and recovers by itself', async () => {
    const spool = await bench.open({ bytesMax: 1_000_000 })
    const ids: string[] = []
    const text = `${'x'.repeat(70)}\r\n`.repeat(1000)
    let fault: unknown = null
    while (fault === null && ids.length < 100) {
      await store(spool, undefined, text).then(
        (id) => ids.push(id),
        (error: unknown) => {
          fault = error
        },
      )
    }
    assert.ok(fault instanceof SpoolUnavailable)
    assert.equal(spool.health().ok, false)
    await assert.rejects(store(spool), SpoolUnavailable)
    const due = await spool.due(Date.now(), 1000, NONE)
    assert.deepEqual(
      due.map(({ envelope }) => envelope.id).sort(),
      [...ids].sort(),
      'the queue is intact, the refused one is not in it',
    )
    await spool.settle(ids.map((id) => settlementOf(id, [0], { kind: 'delivered' })))
    assert.equal(spool.health().ok, true)
    await store(spool)
    assert.equal((await spool.counts()).messages, 1)
    const names = bench.events.map(({ name }) => name)
    assert.deepEqual(names.slice(-2), ['spool.unavailable', 'spool.recovered'])
    await spool.close()
  })

  it('refuses one message that cannot be stored without harming the others of its batch', async () => {
    const spool = await bench.open()
    const twice = envelopeOf()
    const outcomes = await Promise.allSettled([
      spool.commitMessage(twice, contentOf(), acceptedOf(twice)),
      store(spool),
      spool.commitMessage(twice, contentOf(), acceptedOf(twice)),
    ])
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected'])
    assert.equal((await spool.counts()).messages, 2)
    await spool.close()
  })
})

describe('spool: messages that kill the process', () => {
  it('are set aside after three deaths with them in hand; others are not', async () => {
    const spool = await bench.open()
    const id = await store(spool)
    await spool.close()
    // A clean stop is no death: the first taker is not counted, because nobody knows what was in hand.
    for (let death = 0; death < 4; death++) {
      const child = spawnSync(process.execPath, [CHILD, bench.folder, 'take'], { encoding: 'utf8' })
      assert.equal(child.stdout.trim(), id, `death ${death}`)
    }
    const again = await bench.open()
    assert.deepEqual(await again.due(Date.now(), 10, NONE), [])
    assert.deepEqual(await again.counts(), { messages: 1, queued: 0, held: 1, outbox: 2 })
    assert.equal((await again.outbox(10))[1]?.report.kind, 'delivery')
    assert.ok(
      bench.events.some(({ name, fields }) => name === 'spool.message.set-aside' && fields.messageId === id),
    )
    await again.close()
  })
})
