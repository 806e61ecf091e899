// Forwarding held mail: copies of several at once, to one's own people alone, and what is left out and why.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Order, OrderResult } from '#link/orders.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import type { Scope } from '../scope.ts'
import { forwardManyHeld } from './forward.ts'
import { heldIn } from './notes.ts'
import { keepHeld } from './notes-store.ts'

const ORIGINAL = 'From: bob@far.example\r\nSubject: Offer\r\n\r\nBuy.\r\n'

test('copies of several messages are letters of their own, and malware stays', () =>
  withFolder((dataFolder) =>
    withStore({ dataFolder, database: null }, async (base) => {
      const acme = await addOrganisation(base.store, 'Acme', 'acme.example')
      const other = await addOrganisation(base.store, 'Other', 'other.example')
      const { deps, orders } = edge(base)
      const ids = [
        await hold(acme, deps, 'spam'),
        await hold(acme, deps, 'virus'),
        await hold(other, deps, 'spam'),
      ]
      const [first, infected, theirs] = ids as [string, string, string]
      const to = ['ann@acme.example', 'Ann@acme.example', 'ben@acme.example']
      const done = await forwardManyHeld(acme, { messages: [first, first, infected, theirs], to }, deps)
      assert.deepEqual([done.messages, done.recipients], [1, 2])
      assert.deepEqual(
        done.left.map(({ id }) => id),
        [infected, theirs],
      )
      assert.match(done.left[0]!.why, /malware is not forwarded/)
      const letters = orders.filter((order) => order.kind === 'submit')
      assert.deepEqual(
        letters.map(({ forwardPaths }) => forwardPaths),
        [['Ann@acme.example', 'ben@acme.example']],
      )
      assert.ok(Buffer.from(letters[0]!.content, 'base64').includes(ORIGINAL), 'as it was received')
      await assert.rejects(forwardManyHeld(acme, { messages: [first], to: ['bob@far.example'] }, deps), {
        problemName: 'invalid-input',
      })
      assert.equal(orders.filter((order) => order.kind === 'submit').length, 1)
    }),
  ))

async function hold(scope: Scope, deps: Deps, policy: string): Promise<string> {
  const report = accepted(scope.tenantId, {
    at: START,
    recipients: [
      { index: 0, forwardPath: 'ann@acme.example', explanation: [], facts: {}, held: 'by-policy' as const },
    ],
    explanation: [{ policy, stage: 'message', kind: 'hold', because: 'x', saw: '' } as never],
  })
  await keepHeld(deps.store, { held: heldIn(report)?.held ?? [], outcomes: [] })
  return report.id
}

/** An edge that has every message, and takes letters. */
function edge(deps: Deps): { readonly deps: Deps; readonly orders: Order[] } {
  const orders: Order[] = []
  const answer = (order: Order): OrderResult => {
    orders.push(order)
    if (order.kind === 'submit') return { kind: 'submit', messageId: 'msg_1' } as OrderResult
    if (order.kind !== 'fetch-content') return { kind: 'failed', why: 'not in this test' }
    const all = Buffer.from(ORIGINAL)
    const part = all.subarray(order.from, order.from + order.octets).toString('base64')
    return { kind: 'fetch-content', found: true, size: all.length, content: part }
  }
  const link = {
    ...deps.link,
    order: async (order: Order) => answer(order),
    orderFor: async (_place: unknown, order: Order) => answer(order),
    orderAll: async (order: Order) => ({
      answers: [{ node: 'one', slot: 0, result: answer(order) }],
      unreachable: [],
    }),
  }
  return { deps: { ...deps, link }, orders }
}
