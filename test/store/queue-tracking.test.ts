// Tracking of what people decide about waiting mail, and of pauses: status by recipient, and who did it.
import assert from 'node:assert/strict'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { openTracking, type Tracking } from '@gatepost/server/control/tracking/tracking.ts'
import type { DeliveryReport, Report } from '@gatepost/server/link/reports.ts'
import { type Place, testOnBoth } from './databases.ts'
import { accepted, addOrganisation, batchOf, delivery, START, withStore } from './fixtures.ts'

type World = {
  readonly tracking: Tracking
  readonly acme: Scope
  take(...reports: readonly Report[]): Promise<void>
}

function withTracking(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const tracking = await openTracking({ ...deps, ...place })
    try {
      await work({
        tracking,
        acme,
        take: async (...reports) => void (await tracking.take(batchOf(reports))),
      })
    } finally {
      await tracking.close()
    }
  })
}

testOnBoth('what people decide shows with who did it, recipient by recipient', (place) =>
  withTracking(place, async ({ acme, tracking, take }) => {
    const recipients = ['anna', 'ben', 'cara'].map((name, index) => ({
      index,
      forwardPath: `${name}@acme.example`,
      explanation: [],
      facts: {},
    }))
    const message = accepted(acme.tenantId, { recipients })
    let at = START
    const decide = async (
      outcome: DeliveryReport['outcome'],
      who: number[],
      more: Partial<DeliveryReport> = {},
    ) => {
      at += 1_000
      const ours = { code: 0, status: null, text: '' }
      await take(
        delivery(message, { outcome, recipients: who, at, by: 'Ada', reply: ours, nextHop: null, ...more }),
      )
      const shown = await tracking.getMessage(acme, message.id)
      return [shown.recipients.map(({ status }) => status).join(' '), shown.reason, shown.verdict]
    }
    await take(message)
    const reason = { reply: { code: 0, status: null, text: 'looks odd' } }
    assert.deepEqual(await decide('held', [0, 1, 2], reason), [
      'held held held',
      'Held by Ada: looks odd',
      'Accepted. Held by Ada: looks odd.',
    ])
    assert.equal((await decide('rerouted', [0]))[0], 'held held held', 'it is still held')
    assert.deepEqual(await decide('released', [0]), [
      'queued held held',
      'Released by Ada',
      'Accepted. Released by Ada; it is on its way again.',
    ])
    assert.deepEqual((await decide('discarded', [1])).slice(0, 2), [
      'queued discarded held',
      'Discarded by Ada',
    ])
    const told = { reply: { code: 550, status: '5.7.1', text: 'a mistake' }, dsnId: 'msg_report' }
    assert.deepEqual(await decide('bounced', [2], told), [
      'queued discarded bounced',
      'Returned to the sender by Ada',
      'Accepted. Returned to the sender by Ada. A delivery report went to the sender.',
    ])
    assert.equal(
      (await decide('released', [1, 2]))[0],
      'queued discarded bounced',
      'what is settled stays so',
    )
    const { attempts } = await tracking.getMessage(acme, message.id)
    assert.ok(attempts.every(({ by }) => by === 'Ada'))
  }),
)

testOnBoth('a message that waits for a paused route says so, and what to do', (place) =>
  withTracking(place, async ({ acme, tracking, take }) => {
    const message = accepted(acme.tenantId)
    const reply = { code: 0, status: null, text: 'delivery by Exchange is paused' }
    await take(message, delivery(message, { outcome: 'paused', reply, nextHop: null }))
    const shown = await tracking.getMessage(acme, message.id)
    assert.deepEqual(
      [shown.status, shown.reason, shown.verdict],
      ['queued', 'delivery by Exchange is paused', 'Accepted; it waits: delivery by Exchange is paused.'],
    )
    assert.match(shown.smallestChange ?? '', /^Resume delivery/)
  }),
)
