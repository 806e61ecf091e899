// Delivery routes over SQLite: what may be entered, defaults, loops, what stops a removal, and tests from an
// edge.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EdgeLink, Scope } from '#control/scope.ts'
import type { Order, OrderResult, ProbeResult } from '#link/orders.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import {
  addOrganisation,
  quietLink,
  type steadyClock,
  withStore,
} from '../../../../../test/store/fixtures.ts'
import { Problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { readHost } from './host.ts'
import { confirmArrival, startRouteTest } from './probe.ts'
import { PROBE_MS_MAX, probeChecks } from './probe-state.ts'
import { addRoute, getRoute, listRoutes, type RouteFields, removeRoute, updateRoute } from './route.ts'

const context = { privateTargets: ['127.0.0.0/8'], hostname: 'mx.gate.example' }
const hosts: readonly (readonly [string, string])[] = [
  ['Mail.Acme.Example.', 'mail.acme.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['192.0.2.25', '192.0.2.25'],
  ['[2001:DB8::25]', '2001:db8::25'],
  ['2001:db8:0:0::25', '2001:db8::25'],
  ['127.0.0.1', '127.0.0.1'],
  ['smtp://mail.acme.example', 'host-is-url'],
  ['mail.acme.example/path', 'host-is-url'],
  ['mail.acme.example:25', 'host-with-port'],
  ['[192.0.2.25]:25', 'host-with-port'],
  ['ann@acme.example', 'host-is-address'],
  ['169.254.169.254', 'host-link-local'],
  ['::ffff:169.254.169.254', 'host-link-local'],
  ['fe80::1', 'host-link-local'],
  ['metadata.google.internal', 'host-link-local'],
  ['0.0.0.0', 'host-private'],
  ['::', 'host-private'],
  ['::1', 'host-private'],
  ['10.0.0.25', 'host-private'],
  ['224.0.0.1', 'host-private'],
  ['MX.gate.example', 'host-is-us'],
  ['mail acme', 'host-syntax'],
  ['1.2.3', 'host-syntax'],
  ['2130706433', 'host-syntax'],
]

test('hosts: names and addresses in one form, the rest refused with a reason', () => {
  for (const [text, expected] of hosts) {
    const read = readHost(text, context)
    assert.equal(read.ok ? read.value : read.fault, expected, text)
  }
})

const fields: RouteFields = {
  name: 'Exchange',
  host: 'mail.acme.example',
  port: 25,
  tls: 'opportunistic',
  alternateId: null,
  moreHosts: [],
  defaultFor: 'inbound',
}

test('a new default takes the place of the one before, and changes are live settings', () =>
  inTwoTenants(async ({ acme, deps }) => {
    let published = 0
    const counting = { ...deps, link: { ...deps.link, settingsChanged: () => (published += 1) } }
    const first = await addRoute(acme, fields, counting)
    const second = await addRoute(acme, { ...fields, name: 'Spare', host: '192.0.2.25' }, counting)
    assert.equal((await getRoute(acme, first.id, deps)).defaultFor, null)
    assert.equal(second.defaultFor, 'inbound')
    const change = { defaultFor: 'inbound', alternateId: second.id } as const
    const moved = await updateRoute(acme, { id: first.id, change, expected: null }, counting)
    assert.equal(moved.alternateId, second.id)
    assert.equal((await getRoute(acme, second.id, deps)).defaultFor, null)
    assert.equal(published, 3)
    const revisions = await deps.store.db
      .selectFrom('revision')
      .select('subject')
      .where('tenant_id', '=', acme.tenantId)
      .where('subject', 'like', 'route %')
      .execute()
    assert.equal(revisions.length, 3)
    const nothing = { id: first.id, change: {}, expected: null }
    assert.equal((await updateRoute(acme, nothing, counting)).revision, moved.revision, 'nothing to change')
    await refused(updateRoute(acme, { ...nothing, expected: 1_000 }, deps), 'changed-meanwhile')
  }))

test('loops of alternates, foreign routes and stale changes are refused', () =>
  inTwoTenants(async ({ acme, other, deps }) => {
    const a = await addRoute(acme, fields, deps)
    const b = await addRoute(acme, { ...fields, name: 'B', alternateId: a.id }, deps)
    const c = await addRoute(acme, { ...fields, name: 'C', alternateId: b.id }, deps)
    const theirs = await addRoute(other, fields, deps)
    for (const alternateId of [a.id, b.id, c.id, theirs.id, 'rte_none']) {
      await refused(
        updateRoute(acme, { id: a.id, change: { alternateId }, expected: null }, deps),
        'invalid-input',
      )
    }
    const stale = { id: a.id, change: { port: 26 }, expected: a.revision }
    await refused(updateRoute(acme, { ...stale, expected: a.revision + 100 }, deps), 'changed-meanwhile')
    await refused(updateRoute(other, { ...stale, expected: null }, deps), 'not-found')
    await refused(getRoute(other, a.id, deps), 'not-found')
    await refused(removeRoute(other, a.id, deps), 'not-found')
    assert.deepEqual(
      (await listRoutes(other, deps)).items.map(({ id }) => id),
      [theirs.id],
    )
  }))

test('a route that a domain or another route names stays', () =>
  inTwoTenants(async ({ acme, deps }) => {
    const route = await addRoute(acme, fields, deps)
    const spare = await addRoute(acme, { ...fields, name: 'Spare', alternateId: route.id }, deps)
    const blocked = await refused(removeRoute(acme, route.id, deps), 'route-in-use')
    assert.match(blocked.message, /route Spare/)
    await removeRoute(acme, spare.id, deps)
    const byDomain = deps.store.db.updateTable('domain').where('tenant_id', '=', acme.tenantId)
    await byDomain.set({ route_id: route.id }).execute()
    assert.match((await refused(removeRoute(acme, route.id, deps), 'route-in-use')).message, /acme\.example/)
    await byDomain.set({ route_id: null }).execute()
    await removeRoute(acme, route.id, deps)
    assert.deepEqual((await listRoutes(acme, deps)).items, [])
  }))

/** Those of a route without a login. */
const checks = probeChecks.filter((name) => name !== 'login')
const passing = checks.map((check): ProbeResult => {
  return { check, state: 'passed', saw: `${check} went well.`, remedy: null, durationMs: 3 }
})

test('a test shows running at once, sends a real message, and ends with its checks', () =>
  inTwoTenants(async ({ acme, deps, clock }) => {
    const orders: Order[] = []
    const answer = Promise.withResolvers<OrderResult>()
    const link = edgeThat((order) => {
      orders.push(order)
      return answer.promise
    })
    const { id } = await addRoute(acme, fields, deps)
    const input = { id, recipient: 'Ann@acme.example' }
    const started = await startRouteTest(acme, input, { ...deps, link })
    assert.equal(started.route.lastTest?.state, 'running')
    assert.ok((await getRoute(acme, id, deps)).lastTest?.checks.every(({ state }) => state === 'running'))
    await refused(startRouteTest(acme, input, { ...deps, link }), 'check-too-soon')
    await refused(confirmArrival(acme, { id }, deps), 'not-found')
    answer.resolve({ kind: 'probe-route', results: passing })
    await started.finished
    const done = (await getRoute(acme, id, deps)).lastTest
    assert.deepEqual([done?.state, done?.passed, done?.checks.length], ['done', true, checks.length])
    assertTestMessage(orders[0]!)
    clock.add(1000)
    const arrivedAt = clock.now()
    assert.equal((await confirmArrival(acme, { id }, deps)).lastTest?.arrivedAt, arrivedAt)
    clock.add(1000)
    const order = orders[0]!
    assert.ok(order.kind === 'probe-route' && order.content !== null)
    const eml = `Received: from mx by mail (192.0.2.1)\n${Buffer.from(order.content, 'base64').toString()}`
    await refused(confirmArrival(acme, { id, eml: eml.replaceAll('prb_', 'msg_') }, deps), 'invalid-input')
    const shown = (await confirmArrival(acme, { id, eml }, deps)).lastTest
    assert.equal(shown?.arrivedAt, arrivedAt, 'the first word counts')
    assert.equal(shown?.checks.filter(({ name }) => name === 'seen-client').length, 1)
  }))

test('what decides a test: only the unknown recipient may be taken', () =>
  inTwoTenants(async ({ acme, deps, clock }) => {
    const { id } = await addRoute(acme, fields, deps)
    for (const [check, expected] of [
      ['unknown-recipient', true],
      ['message', false],
      ['recipient', false],
      ['tls', false],
    ] as const) {
      const results = passing.map((result) => {
        return result.check === check ? { ...result, state: 'failed' as const, remedy: 'Mend it.' } : result
      })
      const link = edgeThat(async () => ({ kind: 'probe-route', results }))
      clock.add(10_000)
      await (await startRouteTest(acme, { id, recipient: 'ann@acme.example' }, { ...deps, link })).finished
      assert.equal((await getRoute(acme, id, deps)).lastTest?.passed, expected, check)
    }
  }))

test('a test without an answer, and one that was cut off, end as not passed with a remedy', () =>
  inTwoTenants(async ({ acme, deps, clock }) => {
    const { id } = await addRoute(acme, fields, deps)
    const input = { id, recipient: 'ann@acme.example' }
    await refused(startRouteTest(acme, input, deps), 'edge-unreachable')
    const failing = edgeThat(() => Promise.reject(new Error('the edge gave no result in time')))
    await (await startRouteTest(acme, input, { ...deps, link: failing })).finished
    const failed = (await getRoute(acme, id, deps)).lastTest
    assert.deepEqual([failed?.state, failed?.passed], ['done', false])
    assert.ok(failed?.checks.every(({ saw, remedy }) => saw.includes('no result') && remedy !== null))
    clock.add(10_000)
    const silent = edgeThat(() => new Promise(() => {}))
    await startRouteTest(acme, input, { ...deps, link: silent })
    clock.add(PROBE_MS_MAX)
    assert.equal((await getRoute(acme, id, deps)).lastTest?.state, 'done')
  }))

test('tests write to own people only', () =>
  inTwoTenants(async ({ acme, deps }) => {
    const { id } = await addRoute(acme, fields, deps)
    const link = edgeThat(async () => ({ kind: 'probe-route', results: passing }))
    for (const recipient of ['friend@elsewhere.example', 'ann@globex.example', 'not an address']) {
      await refused(startRouteTest(acme, { id, recipient }, { ...deps, link }), 'invalid-input')
    }
  }))

function assertTestMessage(order: Order): void {
  assert.equal(order.kind, 'probe-route')
  if (order.kind !== 'probe-route') return
  assert.equal(order.reversePath, 'postmaster@mx.gate.example')
  assert.equal(order.forwardPath, 'Ann@acme.example')
  const content = Buffer.from(order.content ?? '', 'base64').toString('latin1')
  assert.match(content, /^From: Gatepost <postmaster@mx\.gate\.example>\r$/m)
  assert.match(content, /^Subject: Gatepost test message for Acme\r$/m)
  assert.match(content, /^Message-ID: <prb_\w+@mx\.gate\.example>\r$/m)
  assert.match(content, /^Date: .*\+0000\r$/m)
  assert.doesNotMatch(content, /[^\r]\n|[^\t\r\n -~]/)
}

function edgeThat(answer: (order: Order) => Promise<OrderResult>): EdgeLink {
  const edges = () => [{ node: 'node-1', slot: 0, version: 1, seenAt: 0 }]
  return { ...quietLink, edges, order: answer }
}

async function refused(work: Promise<unknown>, name: string): Promise<Problem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `expected ${name}, got ${String(error)}`)
  assert.equal(error.problemName, name)
  assert.ok(error.message.length > 0)
  return error
}

type Setting = {
  readonly acme: Scope
  readonly other: Scope
  readonly deps: Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config' | 'emit' | 'secrets'>
  readonly clock: ReturnType<typeof steadyClock>
}

function inTwoTenants(work: (setting: Setting) => Promise<void>): Promise<void> {
  return withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps, clock) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const other = await addOrganisation(deps.store, 'Globex', 'globex.example')
      const config = { ...deps.config, network: { privateTargets: [] } }
      await work({ acme, other, deps: { ...deps, config }, clock })
    }),
  )
}
