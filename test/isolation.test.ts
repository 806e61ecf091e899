// Walls between tenants, endpoint by endpoint from the contract: nobody reads or changes what is another's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { listUsers } from '@gatepost/server/control/user/user.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { type TestControl, withControl } from './control.ts'
import { accepted, addOrganisation, batchOf } from './store/fixtures.ts'

const BLOCK = {
  type: 'blocked-senders',
  name: 'Block',
  from: { kind: 'domain', domain: 'spam.example' },
  to: { kind: 'everyone' },
  option: { action: 'block' },
}

/** Bodies that each endpoint would take, so that nothing but the wall refuses. */
const bodies: { readonly [endpoint: string]: unknown } = {
  updateTenant: { name: 'Renamed' },
  skipStep: { skipped: true },
  addDomain: { name: 'new.example' },
  updateDomain: { recipientMode: 'known' },
  addUser: { email: 'new@acme.example' },
  updateUser: { name: 'Renamed' },
  commitUserImport: { goodRowsOnly: true },
  addSenders: { user: 'ann@acme.example', senders: ['new.example'], action: 'permit' },
  updateSender: { comment: 'changed' },
  removeSenders: { all: true },
  addRoute: { name: 'Other', host: 'host.acme.example' },
  updateRoute: { name: 'Renamed' },
  testRoute: { recipient: 'ann@acme.example' },
  previewPolicy: { draft: BLOCK },
  createPolicy: { draft: BLOCK },
  updatePolicy: { draft: BLOCK },
  enablePolicy: { enabled: false },
  createGroup: { name: 'Partners' },
  updateGroup: { name: 'Renamed' },
  releaseDeferred: { identity: 'spf:sender.example' },
  forgetIdentity: { identity: 'spf:sender.example' },
  setSpoofing: { action: 'report', acceptAligned: true },
  addUnlistedRecipients: { addresses: ['new@acme.example'] },
  dismissUnlistedRecipients: { addresses: ['new@acme.example'] },
  addTlsPartner: { domain: 'partner.example' },
  enforceTlsPartner: { level: 'enforced-strict' },
  authorizeOutbound: { address: '203.0.113.77' },
  createTenant: {
    name: 'Third',
    primaryDomain: 'third.example',
    environment: 'other',
    emergencyContact: { name: 'Tom', email: 'tom@third.example' },
  },
}

/** Query parameters that an endpoint cannot do without; the value is a name of a path's id. */
const queries = new Map([['proposeService', 'message']])

type World = {
  readonly control: TestControl
  readonly acme: {
    readonly id: string
    readonly slug: string
    readonly ids: { readonly [name: string]: string }
  }
  readonly other: { readonly id: string }
  /** Super administrator of the other organisation, no operator. */
  readonly stranger: string
  send(endpoint: Endpoint, options: Sent): Promise<{ readonly status: number; readonly name: string }>
}
type Sent = {
  readonly tenant?: string
  readonly ids?: { readonly [name: string]: string }
  readonly cookie?: string
}

const isOfTenant = ({ path }: Endpoint): boolean => path.includes('{tenant}')

test('without a session every endpoint but the public ones answers 401', async () => {
  await withWorld(async ({ acme, send }) => {
    for (const endpoint of endpoints.filter(({ allow }) => allow !== 'public')) {
      for (const cookie of [undefined, 'gatepost=not-a-session']) {
        const answer = await send(endpoint, { tenant: acme.id, ids: acme.ids, ...(cookie ? { cookie } : {}) })
        assert.deepEqual(answer, { status: 401, name: 'not-signed-in' }, endpoint.name)
      }
    }
  })
})

test('an organisation that is not one’s own is not there, by id and by slug', async () => {
  await withWorld(async ({ control, acme, stranger, send }) => {
    const before = await fingerprintOf(control, acme.id)
    const operator = await control.person({ tenantId: acme.id, role: null, operator: true })
    for (const endpoint of endpoints.filter(isOfTenant)) {
      for (const tenant of [acme.id, acme.slug]) {
        for (const cookie of [stranger, operator]) {
          const answer = await send(endpoint, { tenant, ids: acme.ids, cookie })
          assert.deepEqual(answer, { status: 404, name: 'not-found' }, `${endpoint.name} ${tenant}`)
        }
      }
    }
    assert.deepEqual(await fingerprintOf(control, acme.id), before)
  })
})

test('things of another organisation are not there under one’s own either', async () => {
  await withWorld(async ({ control, acme, other, stranger, send }) => {
    const before = await fingerprintOf(control, acme.id)
    const named = endpoints.filter(
      ({ path }) => isOfTenant({ path } as Endpoint) && /\{(?!tenant\}|step\}|name\})/.test(path),
    )
    assert.ok(named.length >= 15, 'the contract has endpoints for single things')
    for (const endpoint of named) {
      const answer = await send(endpoint, { tenant: other.id, ids: acme.ids, cookie: stranger })
      assert.deepEqual(answer, { status: 404, name: 'not-found' }, endpoint.name)
    }
    assert.deepEqual(await fingerprintOf(control, acme.id), before)
  })
})

test('what is of the installation is for operators alone', async () => {
  await withWorld(async ({ stranger, send }) => {
    const ofSystem = endpoints.filter(({ allow }) => allow.startsWith('system:'))
    assert.deepEqual(ofSystem.map(({ name }) => name).sort(), [
      'checkReadiness',
      'createTenant',
      'getReadiness',
      'listRefusals',
    ])
    for (const endpoint of ofSystem) {
      const answer = await send(endpoint, { cookie: stranger })
      assert.deepEqual(answer, { status: 403, name: 'not-allowed' }, endpoint.name)
    }
  })
})

test('who may only read cannot write, and help desks see no settings', async () => {
  await withWorld(async ({ control, acme, send }) => {
    const before = await fingerprintOf(control, acme.id)
    const reader = await control.person({ tenantId: acme.id, role: 'read-only' })
    const helper = await control.person({ tenantId: acme.id, role: 'help-desk' })
    const writes = endpoints.filter((one) => isOfTenant(one) && one.allow.endsWith(':write'))
    assert.ok(writes.length >= 20)
    for (const endpoint of writes) {
      for (const cookie of [reader, helper]) {
        const answer = await send(endpoint, { tenant: acme.id, ids: acme.ids, cookie })
        assert.deepEqual(answer, { status: 403, name: 'not-allowed' }, endpoint.name)
      }
    }
    const hidden = endpoints.filter(({ allow }) => /^(routes|outbound|policies|audit):read$/.test(allow))
    for (const endpoint of hidden) {
      const answer = await send(endpoint, { tenant: acme.id, ids: acme.ids, cookie: helper })
      assert.deepEqual(answer, { status: 403, name: 'not-allowed' }, endpoint.name)
    }
    assert.deepEqual(await fingerprintOf(control, acme.id), before)
  })
})

test('the same requests are let in for the organisation’s own administrator', async () => {
  await withWorld(async ({ control, acme, send }) => {
    const owner = await control.person({ tenantId: acme.id, role: 'super' })
    for (const endpoint of endpoints.filter((one) => isOfTenant(one) && one.method === 'GET')) {
      const answer = await send(endpoint, { tenant: acme.slug, ids: acme.ids, cookie: owner })
      assert.equal(answer.status, 200, `${endpoint.name}: ${answer.name}`)
    }
  })
})

test('unsafe requests from another site and names that are not ours are refused', async () => {
  await withWorld(async ({ control, acme, stranger }) => {
    const app = control.app()
    const url = `http://localhost/v1/tenants/${acme.id}`
    const headers = { host: 'localhost', cookie: stranger, 'content-type': 'application/json' }
    const from = async (more: { readonly [name: string]: string }, method = 'PATCH'): Promise<number> => {
      const init = { method, headers: { ...headers, ...more }, ...(method === 'GET' ? {} : { body: '{}' }) }
      return (await app.request(url, init, ENVIRONMENT)).status
    }
    assert.equal(await from({ origin: 'https://evil.example' }), 403)
    assert.equal(await from({ 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await from({ host: 'evil.example' }, 'GET'), 403)
    assert.equal(await from({ origin: 'http://localhost' }), 404)
  })
})

const ENVIRONMENT = { incoming: { socket: { remoteAddress: '192.0.2.99' } } }

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  await withControl(async (control) => {
    const { deps } = control
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId: other } = await addOrganisation(deps.store, 'Other', 'other.example')
    const app = control.app()
    const send: World['send'] = async (endpoint, { tenant = '', ids = {}, cookie }) => {
      const names = new Map(Object.entries({ ...ids, tenant }))
      const path = endpoint.path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => names.get(name) ?? `no-${name}`,
      )
      const asked = queries.get(endpoint.name)
      const query = asked === undefined ? '' : `?${asked}=${names.get(asked) ?? `no-${asked}`}`
      const isRead = endpoint.method === 'GET'
      const body = endpoint.raw ? 'email\nnew@acme.example\n' : JSON.stringify(bodies[endpoint.name] ?? {})
      const type = endpoint.raw ? 'text/csv' : 'application/json'
      const headers = { host: 'localhost', 'content-type': type, ...(cookie ? { cookie } : {}) }
      const init = { method: endpoint.method, headers, ...(isRead ? {} : { body }) }
      const response = await app.request(`http://localhost${path}${query}`, init, ENVIRONMENT)
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      return { status: response.status, name: isJson ? ((JSON.parse(text).name ?? '') as string) : '' }
    }
    const owner = await control.person({ tenantId: scope.tenantId, role: 'super' })
    const ids = await fill(control, scope.tenantId, owner)
    const stranger = await control.person({ tenantId: other, role: 'super' })
    await work({
      control,
      acme: { id: scope.tenantId, slug: 'acme', ids },
      other: { id: other },
      stranger,
      send,
    })
  })
}

/** Gives the organisation one of everything; returns the ids by the names in paths. */
async function fill(
  control: TestControl,
  tenantId: string,
  cookie: string,
): Promise<{ readonly [name: string]: string }> {
  const app = control.app()
  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const isText = typeof body === 'string'
    const headers = { host: 'localhost', cookie, 'content-type': isText ? 'text/csv' : 'application/json' }
    const init = { method: 'POST', headers, body: isText ? body : JSON.stringify(body) }
    const response = await app.request(`http://localhost/v1/tenants/${tenantId}/${path}`, init, ENVIRONMENT)
    const text = await response.text()
    assert.equal(response.status, 201, `${path}: ${text}`)
    return JSON.parse(text)
  }
  const user = await post('users', { email: 'ann@acme.example', name: 'Ann' })
  const route = await post('routes', { name: 'Exchange', host: 'exchange.acme.example' })
  const outbound = await post('outbound/addresses', { address: '203.0.113.9' })
  const preview = await post('users/imports?fileName=users.csv', 'email\nbob@acme.example\n')
  const { items: senders } = await post('senders', {
    user: 'ann@acme.example',
    senders: ['news.example'],
    action: 'permit',
  })
  const [sender] = senders as { id: string }[]
  const senderImport = await post('sender-imports', 'ann@acme.example,partner.example,PERMIT')
  const { policy } = await post('policies', { draft: BLOCK })
  const group = await post('groups', { name: 'Friends' })
  const message = accepted(tenantId, { at: control.deps.clock.now() })
  await control.deps.tracking.take(batchOf([message]))
  const domain = await acrossTenants(control.deps.store.db)
    .selectFrom('domain')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const [address] = outbound.addresses as { id: string }[]
  return {
    domain: domain.id,
    user: String(user.id),
    route: String(route.id),
    import: String(preview.id),
    sender: sender?.id ?? '',
    senderImport: String(senderImport.id),
    address: address?.id ?? '',
    policy: (policy as { readonly id: string }).id,
    group: String(group.id),
    message: message.id,
    step: 'validate-domains',
    name: 'acme.example',
  }
}

/** Everything of an organisation that a foreign hand could change. */
async function fingerprintOf({ deps }: TestControl, tenantId: string): Promise<unknown> {
  const { db } = deps.store
  const scope = { tenantId, actor: { kind: 'system', name: 'test' }, from: 'internal' } as const
  const [tenant, domains, routes, policies, groups, outbound, skips, audit, users, senders] =
    await Promise.all([
      db.selectFrom('tenant').selectAll().where('id', '=', tenantId).execute(),
      db.selectFrom('domain').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('route').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('policy').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('address_group').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('authorized_outbound').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('step_skip').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('audit').select('id').where('tenant_id', '=', tenantId).execute(),
      listUsers(scope, { limit: 500 }, deps),
      db.selectFrom('managed_sender').selectAll().where('tenant_id', '=', tenantId).execute(),
    ])
  return { tenant, domains, routes, policies, groups, outbound, skips, audit, users, senders }
}
