// What people do with mail that waits, in the spool alone: rows, reports, walls between tenants, and kills.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EVERYTHING, mergeListed, type QueueFilter } from '#link/queue-orders.ts'
import { addCounts, NO_COUNTS } from '#link/queue-totals.ts'
import type { DeliveryReport } from '#link/reports.ts'
import { newId } from '#platform/random.ts'
import {
  acceptedOf,
  type Bench,
  changeOf,
  contentOf,
  createBench,
  envelopeOf,
  settlementOf,
} from './spool.fixture.ts'
import type { Envelope } from './spool.ts'
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

async function store(
  spool: ThreadSpool,
  forwardPaths?: string[],
  changes: Partial<Envelope> = {},
): Promise<string> {
  const envelope = envelopeOf(changes, forwardPaths)
  await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
  return envelope.id
}

async function listed(spool: ThreadSpool, filter: Partial<QueueFilter> = {}, tenantId = 'ten_1') {
  const look = { tenantId, filter: { ...EVERYTHING, ...filter }, after: null, limit: 100 }
  return (await spool.queue.select(look)).items
}

const statesIn = async (spool: ThreadSpool) =>
  (await listed(spool)).flatMap(({ recipients }) => recipients.map(({ state }) => state))

async function outcomes(spool: ThreadSpool): Promise<DeliveryReport[]> {
  const reports = (await spool.outbox(10_000)).map(({ report }) => report)
  return reports.filter((report) => report.kind === 'delivery')
}

describe('the queue of a spool', () => {
  it('lists open recipients with attempts, next attempt and the last reply', async () => {
    const spool = await bench.open()
    const id = await store(spool, ['ann@acme.example', 'bob@acme.example', 'cat@acme.example'])
    const next = Date.now() + 60_000
    await spool.settle([
      settlementOf(id, [0], { kind: 'delivered' }),
      settlementOf(id, [1], { kind: 'deferred', nextAttemptAt: next, attempts: 1 }),
    ])
    const [item, ...others] = await listed(spool)
    assert.equal(others.length, 0)
    assert.equal(item?.id, id)
    assert.equal(item?.recipientCount, 2)
    assert.deepEqual(
      item?.recipients.map(({ forwardPath, state, attempts, lastReply }) => [
        forwardPath,
        state,
        attempts,
        lastReply,
      ]),
      [
        ['bob@acme.example', 'queued', 1, '250 2.0.0 ok'],
        ['cat@acme.example', 'queued', 0, null],
      ],
    )
    assert.equal(item?.recipients[0]?.nextAttemptAt, next)
    await spool.close()
  })

  it('finds by state, domain, sender, recipient and id, and only for the tenant that asks', async () => {
    const spool = await bench.open()
    const one = await store(spool, ['ann@acme.example', 'bob@beta.example'])
    const two = await store(spool, ['ann@beta.example'], { reversePath: null })
    const foreign = await store(spool, ['ann@acme.example'], { tenantId: 'ten_2' })
    await spool.queue.change(changeOf('hold', [two]))
    const found = async (filter: Partial<QueueFilter>) =>
      (await listed(spool, filter)).map(
        ({ id, recipients }) => `${id === one ? 1 : 2}:${recipients.map(({ index }) => index)}`,
      )
    assert.deepEqual(await found({}), ['1:0,1', '2:0'])
    assert.deepEqual(await found({ state: 'held' }), ['2:0'])
    assert.deepEqual(await found({ state: 'queued' }), ['1:0,1'])
    assert.deepEqual(await found({ domain: 'beta.example' }), ['1:1', '2:0'])
    assert.deepEqual(await found({ domain: 'eta.example' }), [])
    assert.deepEqual(await found({ search: 'BOB@' }), ['1:0,1'], 'the sender is bob too: the whole message')
    assert.deepEqual(await found({ search: 'ann' }), ['1:0', '2:0'])
    assert.deepEqual(await found({ search: two }), ['2:0'])
    assert.deepEqual(await found({ search: '<>' }), ['2:0'])
    assert.deepEqual(
      (await listed(spool, {}, 'ten_2')).map(({ id }) => id),
      [foreign],
    )
    await spool.close()
  })

  it('goes on behind a page, and a look that finds nothing says how far it came', async () => {
    const spool = await bench.open()
    const envelopes = Array.from({ length: 1100 }, (_, at) =>
      envelopeOf({ id: newId('msg', 1_000 + at), tenantId: at === 1050 ? 'ten_2' : 'ten_1' }),
    )
    await Promise.all(envelopes.map((one) => spool.commitMessage(one, contentOf(), acceptedOf(one))))
    const seen: string[] = []
    let next: string | null = null
    do {
      const look = { tenantId: 'ten_1', filter: EVERYTHING, after: next, limit: 300 }
      const part: Awaited<ReturnType<typeof spool.queue.select>> = await spool.queue.select(look)
      seen.push(...part.items.map(({ id }) => id))
      next = part.next
    } while (next !== null)
    assert.equal(seen.length, 1099)
    assert.deepEqual(seen, [...seen].sort())
    const first = await spool.queue.select({ tenantId: 'ten_2', filter: EVERYTHING, after: null, limit: 10 })
    assert.deepEqual([first.items.length, first.next !== null], [0, true])
    await spool.close()
  })

  it('holds and releases: due now, from the start, marked, and reported with who did it', async () => {
    const spool = await bench.open()
    const id = await store(spool)
    await spool.settle([
      settlementOf(id, [0], { kind: 'deferred', nextAttemptAt: Date.now() + 9e6, attempts: 7 }),
    ])
    assert.deepEqual(await spool.queue.change(changeOf('hold', [id], { reason: 'looks odd' })), {
      found: 1,
      messages: 1,
      recipients: 1,
    })
    assert.deepEqual(await spool.counts(), { messages: 1, queued: 0, held: 1, outbox: 3 })
    assert.deepEqual(await spool.due(Date.now() + 1e9, 10, NONE), [])
    await spool.settle([settlementOf(id, [0], { kind: 'delivered' })])
    assert.deepEqual(await statesIn(spool), ['held'], 'delivery cannot settle what is held')
    assert.equal((await spool.queue.change(changeOf('hold', [id]))).messages, 0, 'held is held')
    await spool.queue.change(changeOf('release', [id]))
    const [due] = await spool.due(Date.now(), 10, NONE)
    assert.equal(due?.recipients[0]?.attempts, 0)
    assert.equal(due?.recipients[0]?.firstAttemptAt, null)
    assert.equal(due?.recipients[0]?.isReleased, true)
    const told = (await outcomes(spool)).filter(({ by }) => by !== undefined)
    assert.deepEqual(
      told.map(({ outcome, by, reply }) => [outcome, by, reply.text]),
      [
        ['held', 'Ada', 'looks odd'],
        ['released', 'Ada', ''],
      ],
    )
    await spool.settle([settlementOf(id, [0], { kind: 'deferred', nextAttemptAt: Date.now(), attempts: 1 })])
    assert.equal((await listed(spool))[0]?.recipients[0]?.released, true, 'it sticks through attempts')
    await spool.close()
  })

  it('discards only what is held, with its content, and says so', async () => {
    const spool = await bench.open()
    const file = await spool.openContent()
    await file.write(Buffer.from('Subject: large\r\n\r\nhello\r\n'))
    const envelope = envelopeOf()
    await spool.commitMessage(envelope, await file.finish(), acceptedOf(envelope))
    const { id } = envelope
    assert.equal((await spool.queue.change(changeOf('discard', [id]))).messages, 0)
    await spool.queue.change(changeOf('hold', [id]))
    await spool.queue.change(changeOf('discard', [id]))
    assert.deepEqual(await spool.counts(), { messages: 0, queued: 0, held: 0, outbox: 3 })
    assert.deepEqual(readdirSync(join(bench.folder, '0.content')), [])
    assert.equal((await outcomes(spool)).at(-1)?.outcome, 'discarded')
    assert.deepEqual(await spool.queue.change(changeOf('discard', [id])), {
      found: 0,
      messages: 0,
      recipients: 0,
    })
    await spool.close()
  })

  it('acts on the recipients that the filter means, and leaves the others', async () => {
    const spool = await bench.open()
    const id = await store(spool, ['ann@acme.example', 'bob@beta.example'])
    const filter = { ...EVERYTHING, domain: 'beta.example' }
    await spool.queue.change(changeOf('hold', [id], { filter }))
    assert.deepEqual(await statesIn(spool), ['queued', 'held'])
    await spool.queue.change(changeOf('discard', [id]))
    assert.deepEqual(await statesIn(spool), ['queued'])
    await spool.close()
  })

  it('keeps the chosen route through attempts, holds and restarts', async () => {
    let spool = await bench.open()
    const id = await store(spool)
    await spool.queue.change(changeOf('reroute', [id], { routeId: 'rte_9' }))
    await spool.settle([settlementOf(id, [0], { kind: 'deferred', nextAttemptAt: 5, attempts: 1 })])
    await spool.queue.change(changeOf('hold', [id]))
    await spool.queue.change(changeOf('release', [id]))
    await spool.close()
    spool = await bench.open()
    const [due] = await spool.due(Date.now(), 10, NONE)
    assert.equal(due?.recipients[0]?.routeId, 'rte_9')
    await spool.close()
  })

  it('never touches another tenant’s mail, whatever it is asked', async () => {
    const spool = await bench.open()
    const id = await store(spool, undefined, { tenantId: 'ten_2' })
    for (const action of ['retry', 'hold', 'release', 'discard', 'reroute'] as const) {
      const done = await spool.queue.change(changeOf(action, [id], { routeId: 'rte_1' }))
      assert.deepEqual(done, { found: 0, messages: 0, recipients: 0 }, action)
    }
    assert.equal(await spool.queue.open(id, 'ten_1', EVERYTHING), null)
    assert.equal((await outcomes(spool)).length, 0)
    await spool.close()
  })
})

describe('paused recipients', () => {
  it('are never due, are told once, and do not grow old', async () => {
    let spool = await bench.open()
    const id = await store(spool, ['ann@acme.example', 'bob@beta.example'])
    const now = Date.now()
    await spool.settle([
      settlementOf(id, [0, 1], { kind: 'deferred', nextAttemptAt: now, attempts: 2 }),
      { ...settlementOf(id, [0], { kind: 'paused', at: now, why: 'delivery is paused' }) },
    ])
    const due = async () => (await spool.due(Date.now() + 1e12, 10, NONE))[0]?.recipients ?? []
    assert.deepEqual(
      (await due()).map(({ index }) => index),
      [1],
      'the other one goes on',
    )
    const [first] = (await listed(spool))[0]?.recipients ?? []
    assert.deepEqual(
      [first?.paused, first?.nextAttemptAt, first?.lastReply],
      [true, null, 'delivery is paused'],
    )
    await spool.settle([settlementOf(id, [1], { kind: 'delivered' })])
    await spool.close()
    spool = await bench.open()
    assert.deepEqual(await spool.queue.pausedTenants(), ['ten_1'])
    const hourLater = now + 3_600_000
    const look = { tenantId: 'ten_1', after: null, now: hourLater, limit: 10 }
    assert.deepEqual(await spool.queue.unpause(look), { messages: 1, next: null })
    const [again] = (await spool.due(hourLater, 10, NONE))[0]?.recipients ?? []
    assert.equal(again?.attempts, 2, 'no attempt was counted')
    assert.ok((again?.firstAttemptAt ?? 0) >= hourLater - 5_000, 'the pause does not count towards giving up')
    assert.equal(again?.isPauseTold, true)
    assert.deepEqual(await spool.queue.pausedTenants(), [])
    await spool.close()
  })
})

describe('a spool of the first release', () => {
  it('is brought forward with its messages', async () => {
    const spool = await bench.open()
    const id = await store(spool)
    await spool.close()
    const database = new DatabaseSync(join(bench.folder, '0.db'))
    database.exec(
      'drop index message_paused; alter table message drop column paused; pragma user_version = 1',
    )
    database.close()
    const again = await bench.open()
    assert.equal((await listed(again))[0]?.id, id)
    await again.queue.change(changeOf('hold', [id]))
    assert.deepEqual(await statesIn(again), ['held'])
    await again.close()
  })
})

describe('a kill between decisions', () => {
  it('leaves each either done and reported, or not done at all', async () => {
    const child = spawn(process.execPath, [CHILD, bench.folder, 'hold'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      if (said.length > 31 * 60) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.on('close', resolve))
    assert.ok(existsSync(join(bench.folder, '0.db-wal')), 'it was no clean stop')
    const ids = said.split('\n').filter((line) => line.length === 30)
    const spool = await bench.open()
    const held = new Set<string>()
    let next: string | null = null
    do {
      const look = {
        tenantId: 'ten_1',
        filter: { ...EVERYTHING, state: 'held' },
        after: next,
        limit: 500,
      } as const
      const part: Awaited<ReturnType<typeof spool.queue.select>> = await spool.queue.select(look)
      for (const { id } of part.items) held.add(id)
      next = part.next
    } while (next !== null)
    assert.ok(ids.length >= 60)
    assert.deepEqual(
      ids.filter((id) => !held.has(id)),
      [],
      'what was answered is done',
    )
    const reported = (await outcomes(spool)).map(({ messageId }) => messageId)
    assert.deepEqual(reported.sort(), [...held].sort(), 'one report for each, none without')
    await spool.close()
  })
})

describe('totals', () => {
  it('count messages, recipients by state and destination, octets and the oldest, of one tenant', async () => {
    const spool = await bench.open()
    const base = Date.now() - 10_000
    const old = await store(spool, ['ann@acme.example', 'bo@b.example'], { receivedAt: base, size: 100 })
    const id = await store(spool, ['cy@b.example'], { receivedAt: base + 1, size: 50 })
    await store(spool, ['zoe@other.example'], { tenantId: 'ten_2', receivedAt: base - 5_000 })
    await spool.queue.change(changeOf('hold', [id]))
    await spool.settle([settlementOf(old, [0], { kind: 'paused', at: base, why: 'paused' })])
    const { counts, next } = await spool.queue.count({ tenantId: 'ten_1', after: null })
    assert.equal(next, null)
    const { destinations, ...sums } = counts
    assert.deepEqual(sums, { messages: 2, queued: 1, held: 1, paused: 1, bytes: 150, oldestAt: base })
    const places = [
      { domain: 'acme.example', queued: 0, held: 0, paused: 1 },
      { domain: 'b.example', queued: 1, held: 1, paused: 0 },
    ]
    assert.deepEqual(destinations, places)
    const twice = addCounts([counts, counts, NO_COUNTS])
    assert.deepEqual([twice.messages, twice.oldestAt, twice.destinations[0]?.domain], [4, base, 'b.example'])
    await spool.close()
  })
})

describe('lists of several spools', () => {
  it('show nothing beyond where one of them stopped looking', () => {
    const part = (ids: string, next: string | null) => ({ items: [...ids].map((id) => ({ id })), next })
    const merged = (limit: number, ...parts: ReturnType<typeof part>[]) => {
      const { items, next } = mergeListed(parts, limit)
      return `${items.map(({ id }) => id).join('')} ${next}`
    }
    assert.equal(merged(10, part('ac', null), part('bd', null)), 'abcd null')
    assert.equal(merged(3, part('ac', null), part('bd', null)), 'abc c')
    assert.equal(merged(2, part('ac', 'c'), part('bd', 'd')), 'ab b')
    assert.equal(merged(10, part('af', null), part('', 'd')), 'a d')
    assert.equal(merged(10), ' null')
  })
})
