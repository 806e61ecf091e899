// What is due while memory is full is looked for as soon as there is room again, however the room came about.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { envelopeOf } from '#spool/spool.fixture.ts'
import type { DueMessage, Settlement } from '#spool/spool.ts'
import { recipientOf, routeOfHost, settingsOf, startScheduler, until } from './delivery.fixture.ts'
import type { Source } from './in-hand.ts'
import { TIMEOUTS } from './smtp-session.ts'

const MESSAGES = 12_000
const DESTINATIONS = 3

test('what was due while memory was full is taken up when a dead host has let go of it', async () => {
  const waiting: DueMessage = { envelope: envelopeOf(), recipients: [recipientOf('ann@acme.example')] }
  const settled = new Set<string>()
  let looks = 0
  const spool = {
    due: async () => {
      looks += 1
      return looks === 1 || settled.size === 0 ? [] : [waiting]
    },
    // Nothing else becomes due, and a look each minute is all that is left.
    nextDueAt: async (now: number) => (looks === 1 ? now + 300 : null),
    settle: async (settlements: readonly Settlement[]) => {
      for (const { messageId } of settlements) settled.add(messageId)
    },
    queue: { pausedTenants: async () => [] },
  } as unknown as Source['spool']
  const domains = Array.from({ length: DESTINATIONS }, (_, i) => ({
    id: `dom_${i}`,
    name: `d${i}.example`,
    recipientMode: 'accept-all' as const,
    unknownRecipient: 'reject' as const,
    routeId: `rte_${i}`,
  }))
  const routes = domains.map(({ routeId }, i) => routeOfHost(`127.0.0.${i + 2}`, 25, { id: routeId }))
  const { scheduler } = startScheduler(spool, settingsOf(routes, { domains }), {
    connect: () => new Socket(),
    timeouts: { ...TIMEOUTS, connect: 1000 },
  })
  await until(() => looks === 1, 'the spool was looked through')
  for (let i = 0; i < MESSAGES; i++)
    scheduler.offer(envelopeOf({}, [`ann@d${i % DESTINATIONS}.example`]), { kind: 'memory', chunks: [] })
  assert.equal(scheduler.counts().inHand, MESSAGES)
  await until(() => settled.has(waiting.envelope.id), 'the one on disk had its turn')
  await scheduler.stop(0)
})
