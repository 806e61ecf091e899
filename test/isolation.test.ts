// Walls between tenants, endpoint by endpoint from the contract: nobody reads or changes what is another's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { ENVIRONMENT } from './isolation/fill.ts'
import { ofRecipientsAlone } from './isolation/samples.ts'
import { fingerprintOf, withoutLog, withWorld } from './isolation/world.ts'

const isOfTenant = ({ path }: Endpoint): boolean => path.includes('{tenant}')

test('without a session every endpoint but the public ones answers 401', async () => {
  await withWorld(async ({ acme, send }) => {
    for (const endpoint of endpoints.filter(({ allow }) => allow !== 'public')) {
      // Agents have no cookies, and whoever tries their doors too often is slowed down.
      for (const cookie of endpoint.allow === 'agent' ? [undefined] : [undefined, 'gatepost=not-a-session']) {
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
    // Steps, names and clouds are the same words everywhere, no ids.
    const named = endpoints.filter(
      ({ path }) =>
        isOfTenant({ path } as Endpoint) &&
        /\{(?!tenant\}|step\}|name\})/.test(path.replace('/clouds/{provider}', '')),
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
    assert.ok(ofSystem.length >= 15)
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
    // Refused changes are told in the audit log, and change nothing else.
    assert.deepEqual(withoutLog(await fingerprintOf(control, acme.id)), withoutLog(before))
  })
})

test('the same requests are let in for the organisation’s own administrator', async () => {
  await withWorld(async ({ control, acme, send }) => {
    const owner = await control.person({ tenantId: acme.id, role: 'super' })
    for (const endpoint of endpoints.filter((one) => isOfTenant(one) && one.method === 'GET')) {
      const answer = await send(endpoint, { tenant: acme.slug, ids: acme.ids, cookie: owner })
      const wanted = ofRecipientsAlone.has(endpoint.name) ? 404 : 200
      assert.equal(answer.status, wanted, `${endpoint.name}: ${answer.name}`)
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
