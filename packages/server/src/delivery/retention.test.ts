// Held messages end after 14 days: returned where a report may go, else discarded; always told, never early.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { QueueActOrder } from '#link/queue-orders.ts'
import { systemClock } from '#platform/clock.ts'
import { acceptedOf, contentOf, createBench, envelopeOf } from '#spool/spool.fixture.ts'
import type { Envelope } from '#spool/spool.ts'
import { routeOfHost, settingsOf, startScheduler, until } from './delivery.fixture.ts'
import type { DsnMessage } from './dsn.ts'
import { endHeld } from './retention.ts'

const DAY = 24 * 3_600_000
const bench = createBench()
after(() => bench.remove())

test('a message held for 14 days is returned or discarded, recorded and told to the postmaster', async () => {
  const spool = await bench.open({}, 1)
  const base = systemClock.now()
  let days = 0
  const clock = { ...systemClock, now: () => base + days * DAY }
  const settings = settingsOf([routeOfHost('127.0.0.1', 1)], { postmaster: 'pat@acme.example' })
  const stored: DsnMessage[] = []
  const { scheduler, events } = startScheduler(spool, settings, { clock })
  const emit = (name: string): void => void events.push({ name, fields: {} })
  const deps = {
    clock,
    emit,
    config: { hostname: 'gate.example' },
    settingsOf: () => settings,
    sources: () => [],
    queue: scheduler.queue,
    store: async (message: DsnMessage) => void stored.push(message),
  }
  const source = scheduler.addSpool(await bench.open({}, 2))
  const hold = async (changes: Partial<Envelope>): Promise<string> => {
    const made = envelopeOf(changes)
    const envelope = {
      ...made,
      recipients: made.recipients.map((one) => ({ ...one, state: 'held' as const })),
    }
    await source.spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    return envelope.id
  }
  try {
    const proven = await hold({ reversePath: 'bob@sender.example', dsnAllowed: true })
    const unproven = await hold({ reversePath: 'eve@forged.example', dsnAllowed: false })
    days = 13.9
    assert.equal(await endHeld(source, deps), 0, 'not a moment early')
    days = 14.1
    assert.equal(await endHeld(source, deps), 2)
    assert.equal(await endHeld(source, deps), 0, 'once')
    await until(async () => (await source.spool.counts()).messages === 0, 'both are gone')
    const told = (await source.spool.outbox(100)).flatMap(({ report }) =>
      report.kind === 'delivery' ? [[report.messageId, report.outcome, report.by]] : [],
    )
    assert.deepEqual(told, [
      [proven, 'bounced', 'retention'],
      [unproven, 'discarded', 'retention'],
    ])
    // The report to bob stands in the own spool; eve, who proved nothing, gets none.
    const reports = (await spool.outbox(100)).flatMap(({ report }) =>
      report.kind === 'accepted' ? [[report.origin, report.recipients[0]?.forwardPath]] : [],
    )
    assert.deepEqual(reports, [['dsn', 'bob@sender.example']])
    assert.equal(stored.length, 1)
    const [{ envelope, content }] = stored as [DsnMessage]
    assert.deepEqual([envelope.reversePath, envelope.recipients[0]?.forwardPath], [null, 'pat@acme.example'])
    const text = content.kind === 'memory' ? Buffer.concat(content.chunks).toString() : ''
    assert.match(text, /Subject: 2 held messages ended after 14 days\r\n/)
    assert.match(text, new RegExp(`returned .*${proven}`))
    assert.match(text, new RegExp(`discarded .*${unproven}`))
  } finally {
    await scheduler.stop(200)
  }
})

test('a message held again later has its 14 days from then', async () => {
  const spool = await bench.open({}, 3)
  const envelope = envelopeOf({ receivedAt: Date.now() - 20 * DAY })
  await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
  const change = {
    ...({ action: 'hold', tenantId: 'ten_1', by: 'Ada', reason: null, routeId: null } as const),
    ...{ messageIds: [envelope.id], filter: { state: null, domain: null, search: null }, now: Date.now() },
  }
  await spool.queue.change(change)
  const look = (before: number) => spool.queue.expired({ before, after: null, limit: 10 })
  assert.equal((await look(Date.now() - DAY)).items.length, 0)
  assert.equal((await look(Date.now() + 1)).items.length, 1)
})

test('a message that is on its way to other recipients is left for the next look, and not discarded', async () => {
  const spool = await bench.open({}, 4)
  const made = envelopeOf({ receivedAt: Date.now() - 20 * DAY })
  const envelope = {
    ...made,
    recipients: made.recipients.map((one) => ({ ...one, state: 'held' as const })),
  }
  await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
  const actions: string[] = []
  const asked = { kind: 'queue-act', found: 1, messages: 0, recipients: 0, withheld: 0, next: null } as const
  const deps = {
    clock: systemClock,
    emit: () => assert.fail('nothing ended'),
    config: { hostname: 'gate.example' },
    settingsOf: () => null,
    sources: () => [],
    queue: {
      act: async ({ action }: QueueActOrder) => {
        actions.push(action)
        return { ...asked, busy: 1 }
      },
    },
    store: async () => assert.fail('nothing is told'),
  }
  assert.equal(await endHeld({ spool } as unknown as Parameters<typeof endHeld>[0], deps), 0)
  assert.deepEqual(actions, ['bounce'])
})
