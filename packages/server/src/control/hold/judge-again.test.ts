// Mail held because it would have been deferred for some: asked about again until a policy knows, over both
// databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Order, OrderResult } from '#link/orders.ts'
import type { Verdict } from '#policy/policy.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, START, withStore } from '../../../../../test/store/fixtures.ts'
import { getHeldMail } from './held.ts'
import { changeOf, firstJudgedAt, JUDGED_FOR_MS, judgeRound } from './judge-again.ts'
import { heldIn } from './notes.ts'
import { keepHeld } from './notes-store.ts'

const MINUTE = 60_000

function verdict(kind: Verdict['kind'], by: Verdict['by'] = null): Verdict {
  const step = {
    policy: by ?? 'spam',
    stage: 'message',
    kind: 'hold',
    because: 'spam-held',
    saw: '',
  } as const
  const reply = kind === 'defer' || kind === 'reject' ? { code: 451, status: '4.4.3', lines: ['x'] } : null
  return { kind, by, reply, explanation: by === null ? [] : [step], facts: {} } as unknown as Verdict
}

testOnBoth('deferred for one recipient: asked again, let go once nothing defers it, and said so', (place) =>
  withStore(place, async (deps, clock) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const report = accepted(scope.tenantId, {
      at: START,
      recipients: ['anna@acme.example', 'bert@acme.example'].map((forwardPath, index) => ({
        index,
        forwardPath,
        explanation: [],
        facts: {},
        ...(index === 1 ? { held: 'deferred-for-this-recipient' as const } : {}),
      })),
      explanation: [
        { policy: 'attachments', stage: 'message', kind: 'defer', because: 'attachments-unknown', saw: '' },
      ],
    })
    const notes = heldIn(report)
    await keepHeld(deps.store, { held: notes?.held ?? [], outcomes: [] })

    const orders: Order[] = []
    const answers = [verdict('defer', 'attachments'), verdict('accept')]
    const answer = (order: Order): OrderResult => {
      orders.push(order)
      if (order.kind === 'fetch-content') {
        const content = Buffer.from('Subject: x\r\n\r\nhello\r\n')
        return {
          kind: 'fetch-content',
          found: true,
          size: content.length,
          content: content.toString('base64'),
        }
      }
      if (order.kind === 'explain') {
        const message = answers.shift() ?? null
        return {
          kind: 'explain',
          direction: 'inbound',
          revision: 1,
          rcpt: verdict('accept'),
          message,
          fault: null,
        }
      }
      return { kind: 'queue-act', found: 1, messages: 1, recipients: 1, busy: 0, withheld: 0, next: null }
    }
    const link = {
      ...deps.link,
      order: async (order: Order) => answer(order),
      orderAll: async (order: Order) => ({
        answers: [{ node: 'one', slot: 0, result: answer(order) }],
        unreachable: [],
      }),
    }
    const client = { ip: '203.0.113.10', name: null, helo: 'out.sender.example', tls: null }
    const tracking = { getMessage: async () => ({ client }) }
    const all = { ...deps, link, tracking: tracking as never }

    assert.equal(await judgeRound(all), 0, 'nothing is due yet')
    const waiting = await getHeldMail(scope, report.id, deps)
    assert.equal(waiting.againAt, firstJudgedAt(START))
    assert.match(waiting.means, /judged again by itself/)

    clock.add(3 * MINUTE)
    assert.equal(await judgeRound(all), 1)
    const later = await getHeldMail(scope, report.id, deps)
    assert.equal(later.judged, 1)
    assert.equal(later.againAt, START + 8 * MINUTE)
    assert.equal(later.recipients[0]?.state, 'held')
    const [asked] = orders.flatMap((order) => (order.kind === 'explain' ? [order] : []))
    assert.deepEqual(
      [asked?.clientIp, asked?.helo, asked?.forwardPath, asked?.tenantId],
      ['203.0.113.10', 'out.sender.example', 'bert@acme.example', scope.tenantId],
    )

    clock.add(6 * MINUTE)
    assert.equal(await judgeRound(all), 1)
    const order = orders.at(-1)
    assert.ok(order?.kind === 'queue-act')
    assert.equal(order.action, 'release')
    assert.deepEqual(order.filter.indexes, [1])
    assert.match(order.reason ?? '', /judged again, 2 times/)
    const gone = await getHeldMail(scope, report.id, deps)
    assert.equal(gone.recipients[0]?.state, 'released')
    assert.equal(gone.recipients[0]?.decidedBy, 'Gatepost')
    clock.add(60 * MINUTE)
    assert.equal(await judgeRound(all), 0, 'it is not asked about any more')
  }),
)

test('what a round comes to: held by the policy that knows, refused, asked later, and ended', () => {
  const row = { held_at: START, judged: 0, class: 'attachments', because: 'deferred-for-this-recipient' }
  const cases = [
    [verdict('hold', 'spam'), START, { class: 'spam', because: 'spam-held', again_at: null, judged: 1 }],
    [
      verdict('reject', 'spam'),
      START,
      { class: 'spam', because: 'refused-for-this-recipient', again_at: null },
    ],
    [verdict('defer', 'spam'), START, { again_at: START + 5 * MINUTE, judged: 1 }],
    // Nobody could be asked: the next pause, and no more is known.
    [null, START, { again_at: START + 5 * MINUTE, judged: 1 }],
    [null, START + JUDGED_FOR_MS, { again_at: null, because: 'deferred-too-long' }],
  ] as const
  for (const [found, now, wanted] of cases) {
    const change = changeOf(row, found, now)
    assert.deepEqual({ ...change, ...wanted }, change, JSON.stringify(wanted))
  }
  assert.equal(changeOf({ ...row, judged: 40 }, null, START).again_at, START + 60 * MINUTE)
})
