// The queue in control: lists of several edges, actions with their audit, pauses; on both databases.
import assert from 'node:assert/strict'
import { listAudit } from '@gatepost/server/control/audit/read.ts'
import { createPublishingStore } from '@gatepost/server/control/publishing/store.ts'
import { changePause, readPause } from '@gatepost/server/control/queue/pause.ts'
import { actOnWaiting, listWaiting } from '@gatepost/server/control/queue/queue.ts'
import type { EdgeLink, Scope } from '@gatepost/server/control/scope.ts'
import { compileTenant } from '@gatepost/server/link/compile.ts'
import type { Order, OrderResult } from '@gatepost/server/link/orders.ts'
import type { QueueActed, QueuedMessage } from '@gatepost/server/link/queue-orders.ts'
import { shardDigest } from '@gatepost/server/link/snapshot.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, type Deps, quietLink, START, withStore } from './fixtures.ts'

type Everywhere = Awaited<ReturnType<EdgeLink['orderAll']>>

/** Edges that answer from a table, and one that may be silent. */
function edges(results: readonly OrderResult[], unreachable: Everywhere['unreachable'] = []) {
  const asked: Order[] = []
  const link: EdgeLink = {
    ...quietLink,
    orderAll: async (order) => {
      asked.push(order)
      return { answers: results.map((result, slot) => ({ node: 'n', slot, result })), unreachable }
    },
  }
  return { link, asked }
}

function messageOf(id: string): QueuedMessage {
  return {
    id,
    direction: 'inbound',
    reversePath: 'bob@sender.example',
    receivedAt: START,
    size: 100,
    recipientCount: 1,
    recipients: [],
  }
}

const acted = (changes: Partial<QueueActed>): QueueActed => ({
  kind: 'queue-act',
  found: 0,
  messages: 0,
  recipients: 0,
  busy: 0,
  withheld: 0,
  next: null,
  ...changes,
})
const SILENT = [{ node: 'n', slot: 2, why: 'no edge fetches orders' }]

async function addRoute({ store }: Deps, { tenantId }: Scope, id: string): Promise<void> {
  const row = { id, tenant_id: tenantId, name: `Host ${id}`, host: 'mail.acme.example', port: 25 }
  const rest = { tls: 'opportunistic', alternate_id: null, default_for: null, last_test: null } as const
  await store.db
    .insertInto('route')
    .values({ ...row, ...rest, created_at: START, revision: 1 })
    .execute()
}

testOnBoth('a page is that of all edges, oldest first, and silent edges are named', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { link, asked } = edges(
      [
        { kind: 'queue-list', items: ['msg_a', 'msg_d'].map(messageOf), next: 'msg_d' },
        { kind: 'queue-list', items: ['msg_b', 'msg_f'].map(messageOf), next: null },
      ],
      SILENT,
    )
    const page = await listWaiting(
      scope,
      { limit: 10, domain: 'Bücher.example', state: 'held' },
      { ...deps, link },
    )
    assert.deepEqual(
      page.items.map(({ id, edge }) => [id, edge.slot]),
      [
        ['msg_a', 0],
        ['msg_b', 1],
        ['msg_d', 0],
      ],
    )
    assert.equal(page.next, 'msg_d')
    assert.deepEqual(page.unreachable, SILENT)
    const [order] = asked
    assert.deepEqual(order?.kind === 'queue-list' && [order.tenantId, order.filter], [
      scope.tenantId,
      { state: 'held', domain: 'xn--bcher-kva.example', search: null },
    ])
    const none = listWaiting(scope, { limit: 10 }, { ...deps, link: edges([], SILENT).link })
    await assert.rejects(none, { problemName: 'edge-unreachable' })
  }),
)

testOnBoth(
  'an action is in the audit log with what was meant, and its counts are those of all edges',
  (place) =>
    withStore(place, async (deps) => {
      const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const { link, asked } = edges(
        [
          acted({ found: 2, messages: 1, recipients: 3, busy: 1, next: 'msg_x' }),
          acted({ found: 1, withheld: 1, next: 'msg_c' }),
        ],
        SILENT,
      )
      const messages = ['msg_a', 'msg_a', 'msg_b', 'msg_c', 'msg_d']
      const done = await actOnWaiting(
        scope,
        { action: 'bounce', messages, reason: 'a test' },
        { ...deps, link },
      )
      assert.deepEqual(done, {
        messages: 1,
        recipients: 3,
        found: 3,
        missing: 1,
        busy: 1,
        withheld: 1,
        next: 'msg_c',
        unreachable: SILENT,
      })
      const [order] = asked
      assert.ok(order?.kind === 'queue-act')
      assert.deepEqual(
        [order.tenantId, order.by, order.reason, order.messageIds],
        [scope.tenantId, 'Anna', 'a test', ['msg_a', 'msg_b', 'msg_c', 'msg_d']],
      )
      await actOnWaiting(scope, { action: 'hold', filter: { domain: 'acme.example' } }, { ...deps, link })
      const all = (await listAudit(scope, { limit: 10 }, deps)).items
      const items = all.filter(({ action }) => action.startsWith('queue.'))
      assert.deepEqual(items.map(({ action, actor }) => [action, actor]).sort(), [
        ['queue.bounce', 'Anna'],
        ['queue.hold', 'Anna'],
      ])
      assert.ok(items.some(({ subject }) => subject === 'everything that waits for acme.example'))
      assert.ok(items.some(({ subject }) => subject === '5 messages'))
    }),
)

testOnBoth('a reroute goes to a route of the organisation, and to no other', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    await addRoute(deps, other, 'rte_other')
    await addRoute(deps, scope, 'rte_own')
    const { link, asked } = edges([acted({})])
    const reroute = (routeId?: string) =>
      actOnWaiting(
        scope,
        { action: 'reroute', filter: {}, ...(routeId === undefined ? {} : { routeId }) },
        { ...deps, link },
      )
    await assert.rejects(reroute('rte_other'), { problemName: 'not-found' })
    await assert.rejects(reroute(), { problemName: 'invalid-input' })
    assert.equal(asked.length, 0)
    await reroute('rte_own')
    assert.deepEqual(asked[0]?.kind === 'queue-act' && asked[0].routeId, 'rte_own')
  }),
)

testOnBoth('a pause is a setting: revision, audit, and in the shard of its organisation alone', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    await addRoute(deps, scope, 'rte_own')
    const compiled = async ({ tenantId }: Scope) => {
      const rows = await createPublishingStore(deps.store).rowsOf(tenantId)
      return compileTenant(rows!)
    }
    const before = await compiled(scope)
    assert.equal('deliveryPaused' in before, false)
    const paused = await changePause(scope, { routeId: 'rte_own', paused: true, reason: 'works' }, deps)
    assert.deepEqual(paused, {
      delivery: false,
      routes: [{ id: 'rte_own', name: 'Host rte_own', paused: true }],
    })
    await changePause(scope, { routeId: null, paused: true }, deps)
    const shard = await compiled(scope)
    assert.deepEqual([shard.deliveryPaused, shard.routes[0]?.paused], [true, true])
    assert.notEqual(shardDigest(shard), shardDigest(before))
    assert.equal((await compiled(other)).deliveryPaused, undefined)
    await assert.rejects(changePause(other, { routeId: 'rte_own', paused: false }, deps), {
      problemName: 'not-found',
    })
    await changePause(scope, { routeId: null, paused: true }, deps)
    await changePause(scope, { routeId: null, paused: false }, deps)
    const { items } = await listAudit(scope, { limit: 10 }, deps)
    const actions = items.map(({ action }) => action).filter((action) => action.startsWith('delivery.'))
    assert.deepEqual(actions.sort(), ['delivery.paused', 'delivery.paused', 'delivery.resumed'])
    assert.equal((await readPause(scope, deps)).delivery, false)
  }),
)
