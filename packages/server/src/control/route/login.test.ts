// The login of a route: kept sealed, shown never, sent to no host that it was not entered for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routeLogin } from '#link/compile.ts'
import type { Order } from '#link/orders.ts'
import { ROUTE_PASSWORD_COLUMN } from '#link/route-login.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, quietLink, withStore } from '../../../../../test/store/fixtures.ts'
import { Problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { startRouteTest } from './probe.ts'
import { addRoute, getRoute, type RouteChange, requireRoute, updateRoute } from './route.ts'

const PASSWORD = 'correct horse'
const fields = {
  name: 'Relay',
  host: 'smtp.relay.example',
  port: 587,
  tls: 'opportunistic',
  alternateId: null,
  moreHosts: ['smtp2.relay.example'],
  defaultFor: 'outbound',
} as const
const login = { username: 'acme', password: PASSWORD }

type Setting = {
  readonly acme: Scope
  readonly deps: Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config' | 'emit' | 'secrets'>
  readonly change: (id: string, change: RouteChange) => ReturnType<typeof updateRoute>
  readonly passwordOf: (id: string) => Promise<string | null>
}

function inAcme(work: (setting: Setting) => Promise<void>): Promise<void> {
  return withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (stored) => {
      const acme = await addOrganisation(stored.store, 'Acme', 'acme.example')
      const deps = { ...stored, config: { ...stored.config, network: { privateTargets: [] } } }
      const change = (id: string, fields: RouteChange) =>
        updateRoute(acme, { id, change: fields, expected: null }, deps)
      const passwordOf = async (id: string): Promise<string | null> => {
        const { login_password: sealed } = await requireRoute(acme, id, deps)
        const place = { tenantId: acme.tenantId, column: ROUTE_PASSWORD_COLUMN, id }
        return sealed === null ? null : deps.secrets.open(sealed, place)
      }
      await work({ acme, deps, change, passwordOf })
    }),
  )
}

async function refusedAt(path: string, work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `expected a refusal of ${path}, got ${String(error)}`)
  assert.deepEqual([error.problemName, error.errors[0]?.path], ['invalid-input', path])
}

test('a login is sealed, and comes back without its password', () =>
  inAcme(async ({ acme, deps, change, passwordOf }) => {
    const added = await addRoute(acme, { ...fields, login }, deps)
    assert.deepEqual(added.login, {
      username: 'acme',
      mechanisms: ['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN'],
    })
    assert.equal(await passwordOf(added.id), PASSWORD)
    await change(added.id, { login: { username: 'acme', mechanisms: ['PLAIN', 'PLAIN', 'LOGIN'] } })
    const renewed = await change(added.id, { login: { username: 'acme', password: 'another one' } })
    assert.deepEqual(renewed.login?.mechanisms, ['PLAIN', 'LOGIN'], 'left out, they stay')
    assert.equal(await passwordOf(added.id), 'another one')
    const row = await requireRoute(acme, added.id, deps)
    const { login: sent } = routeLogin(row)
    assert.deepEqual([sent?.username, sent?.mechanisms], ['acme', ['PLAIN', 'LOGIN']])
    assert.equal((await change(added.id, { login: null })).login, null)
    assert.deepEqual(routeLogin(await requireRoute(acme, added.id, deps)), {})
    assert.equal(await passwordOf(added.id), null)
    const written = [
      await deps.store.db.selectFrom('revision').selectAll().where('tenant_id', '=', acme.tenantId).execute(),
      await deps.store.db.selectFrom('audit').selectAll().where('tenant_id', '=', acme.tenantId).execute(),
    ]
    const text = JSON.stringify(written)
    assert.match(text, /route\.changed/)
    assert.ok(!text.includes(PASSWORD) && !text.includes('another one') && !/v1\.[\w-]{8}\./.test(text))
  }))

test('the kept password goes to no other host, port or user', () =>
  inAcme(async ({ acme, deps, change, passwordOf }) => {
    const { id } = await addRoute(acme, { ...fields, login }, deps)
    const again = '/login/password'
    await refusedAt(again, change(id, { host: 'smtp.thief.example' }))
    await refusedAt(again, change(id, { moreHosts: ['smtp2.relay.example', 'smtp.thief.example'] }))
    await refusedAt(again, change(id, { port: 2525 }))
    await refusedAt(again, change(id, { login: { username: 'other' } }))
    await refusedAt(again, change(id, { host: 'smtp.thief.example', login: { username: 'acme' } }))
    assert.equal(await passwordOf(id), PASSWORD)
    // Each of these hosts has it already.
    await change(id, { host: 'smtp2.relay.example', moreHosts: [], name: 'Other name' })
    await change(id, { host: 'smtp.new.example', login: { username: 'acme', password: 'for the new one' } })
    assert.equal(await passwordOf(id), 'for the new one')
    await change(id, { login: null, host: 'mail.acme.example' })
    assert.equal((await getRoute(acme, id, deps)).login, null)
  }))

test('a login needs a password and TLS', () =>
  inAcme(async ({ acme, deps, change }) => {
    await refusedAt('/login/password', addRoute(acme, { ...fields, login: { username: 'acme' } }, deps))
    await refusedAt('/tls', addRoute(acme, { ...fields, tls: 'none', login }, deps))
    const { id } = await addRoute(acme, { ...fields, login }, deps)
    await refusedAt('/tls', change(id, { tls: 'none' }))
    assert.equal((await change(id, { tls: 'none', login: null })).tls, 'none')
    await refusedAt('/login/password', change(id, { tls: 'opportunistic', login: { username: 'acme' } }))
  }))

test('the test of a route has its login as it is sealed, and a changed login is tested anew', () =>
  inAcme(async ({ acme, deps, change }) => {
    const { id } = await addRoute(acme, { ...fields, moreHosts: [], login }, deps)
    const orders: Order[] = []
    const link = {
      ...quietLink,
      edges: () => [{ node: 'node-1', slot: 0, version: 1, seenAt: 0 }],
      order: async (order: Order) => {
        orders.push(order)
        return { kind: 'probe-route', results: [] } as const
      },
    }
    const { route, finished } = await startRouteTest(
      acme,
      { id, recipient: 'ann@acme.example' },
      { ...deps, link },
    )
    assert.ok(route.lastTest?.checks.some(({ name }) => name === 'login'))
    await finished
    const [order] = orders
    assert.ok(order?.kind === 'probe-route')
    assert.deepEqual([order.login?.routeId, order.login?.username], [id, 'acme'])
    assert.ok(!JSON.stringify(orders).includes(PASSWORD))
    assert.ok((await getRoute(acme, id, deps)).lastTest)
    assert.ok((await change(id, { login: { username: 'acme' } })).lastTest, 'nothing differs')
    assert.equal((await change(id, { login })).lastTest, null)
  }))
