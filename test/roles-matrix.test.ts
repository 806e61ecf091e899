// Every endpoint of the contract × every role × another organisation’s id (abuse case 54): made from the
// table of endpoints, so that a new one is covered by itself. Roles of one’s own and API tokens stand in the
// table too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { type Permission, permissionsOf, type Role, roles } from '@gatepost/contract/permission.ts'
import { createRole } from '@gatepost/server/control/role/role.ts'
import { createToken } from '@gatepost/server/control/token/token.ts'
import type { TestControl } from './control.ts'
import { bodies, ofRecipientsAlone, queries } from './isolation/samples.ts'
import { fingerprintOf, type Sent, withoutLog, withWorld } from './isolation/world.ts'

/** Agents have tokens of their own, which no role holds. */
const ofTenant = endpoints.filter(({ path, allow }) => path.includes('{tenant}') && allow !== 'agent')
const DESK: readonly Permission[] = ['users:read', 'senders:read', 'senders:write']

/** Somebody who asks, and what that somebody may do in the own organisation. */
type Asker = {
  readonly name: string
  readonly as: Pick<Sent, 'cookie' | 'bearer'>
  readonly may: readonly Permission[]
  readonly isToken: boolean
}

test('every endpoint of an organisation has what it is asked with', () => {
  const without = ofTenant.filter(({ name, body, raw, method }) => {
    if (raw !== undefined || method === 'GET' || method === 'DELETE') return false
    return !body.safeParse(bodies[name] ?? {}).success
  })
  assert.deepEqual(
    without.map(({ name }) => name),
    [],
    'these need a body in test/isolation/samples.ts',
  )
  const unasked = ofTenant.filter(({ name, query }) => !query.safeParse({}).success && !queries.has(name))
  assert.deepEqual(
    unasked.map(({ name }) => name),
    [],
    'these need a query in test/isolation/samples.ts',
  )
})

test('in the own organisation each role is let in where it holds the permission, and nowhere else', async () => {
  await withWorld(async (world) => {
    const { acme, send, control } = world
    const askers = await askersIn(control, acme.id)
    const before = await fingerprintOf(control, acme.id)
    const findings: string[] = []
    let asked = 0
    for (const endpoint of ofTenant) {
      for (const asker of askers) {
        const isAllowed = isLetIn(endpoint, asker)
        // What changes things is asked by those alone who must be refused; reads by all.
        if (isAllowed && endpoint.method !== 'GET') continue
        const answer = await send(endpoint, { ...asker.as, tenant: acme.id, ids: acme.ids })
        const found = ofRecipientsAlone.has(endpoint.name) ? '404 not-found' : '200 '
        const wanted = isAllowed ? found : '403 not-allowed'
        const got = `${answer.status} ${answer.status === 200 ? '' : answer.name}`
        if (got !== wanted) findings.push(`${endpoint.name} as ${asker.name}: ${got}, not ${wanted}`)
        asked += 1
      }
    }
    assert.deepEqual(findings, [])
    assert.ok(asked > ofTenant.length * 5, `${asked} requests were made`)
    assert.deepEqual(withoutLog(await fingerprintOf(control, acme.id)), withoutLog(before))
  })
})

test('another organisation is not there for any role, whatever is asked', async () => {
  await withWorld(async (world) => {
    const { acme, other, send, control } = world
    const askers = await askersIn(control, other.id)
    const before = await fingerprintOf(control, acme.id)
    const findings: string[] = []
    for (const endpoint of ofTenant) {
      for (const asker of askers) {
        for (const tenant of [acme.id, acme.slug]) {
          const answer = await send(endpoint, { ...asker.as, tenant, ids: acme.ids })
          if (answer.status === 404 && answer.name === 'not-found') continue
          findings.push(`${endpoint.name} as ${asker.name}: ${answer.status} ${answer.name}`)
        }
      }
    }
    assert.deepEqual(findings, [])
    assert.deepEqual(await fingerprintOf(control, acme.id), before)
  })
})

test('lists, searches, counts and exports of one’s own never tell of another’s', async () => {
  await withWorld(async (world) => {
    const { acme, other, ask, stranger } = world
    const foreign = [
      acme.id,
      'exchange.acme.example',
      ...Object.entries(acme.ids)
        .filter(([name]) => !['step', 'name', 'provider', 'warning'].includes(name))
        .map(([, id]) => id),
    ]
    const lists = ofTenant.filter(({ method, path }) => method === 'GET' && !/\{(?!tenant\})/.test(path))
    assert.ok(lists.length >= 30)
    for (const endpoint of lists) {
      const hasSearch = 'search' in ((endpoint.query as { shape?: object }).shape ?? {})
      const queriesAsked = queries.has(endpoint.name)
        ? []
        : [undefined, ...(hasSearch ? ['search=ann', 'search=acme'] : [])]
      for (const query of queriesAsked) {
        const options = { tenant: other.id, ids: acme.ids, cookie: stranger }
        const { status, text } = await ask(endpoint, { ...options, ...(query ? { query } : {}) })
        assert.equal(status, 200, `${endpoint.name} ${query ?? ''}: ${text.slice(0, 200)}`)
        const told = foreign.filter((id) => id !== '' && text.includes(id))
        assert.deepEqual(told, [], `${endpoint.name} ${query ?? ''}`)
      }
    }
  })
})

test('an organisation that exists is refused as fast as one that does not', async () => {
  await withWorld(async ({ acme, stranger, send }) => {
    const endpoint = endpoints.find(({ name }) => name === 'getTenant')!
    const took = async (tenant: string): Promise<number> => {
      const begun = performance.now()
      await send(endpoint, { tenant, cookie: stranger })
      return performance.now() - begun
    }
    // The best of many in turn: other work of the machine makes times longer, never shorter.
    let [there, gone] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let at = 0; at < 120; at += 1) {
      there = Math.min(there, await took(acme.id))
      gone = Math.min(gone, await took('ten_00000000000000000000000000'))
    }
    assert.ok(Math.abs(there - gone) < 3, `${there.toFixed(2)} ms and ${gone.toFixed(2)} ms`)
  })
})

test('a token opens its own organisation with its own permissions, until it is revoked or its maker goes', async () => {
  await withWorld(async ({ control, acme, other, send }) => {
    const endpoint = (name: string) => endpoints.find((one) => one.name === name)!
    const { deps } = control
    const scope = await scopeIn(control, acme.id)
    const input = { name: 'Script', permissions: ['users:read', 'tokens:read'] as Permission[], days: 1 }
    const { token, id } = await createToken({ ...scope, held: permissionsOf.super }, input, deps)
    const ask = (name: string, tenant: string) =>
      send(endpoint(name), { tenant, bearer: token, ids: { token: id } })
    assert.equal((await ask('listUsers', acme.id)).status, 200)
    assert.equal((await ask('listTokens', acme.id)).status, 200)
    assert.equal((await ask('addUser', acme.id)).status, 403)
    assert.equal((await ask('listUsers', other.id)).status, 404)
    assert.equal((await ask('getMe', acme.id)).status, 403, 'a token is no person')
    assert.equal((await ask('listTenants', acme.id)).status, 200)
    assert.equal((await ask('listOperators', acme.id)).status, 403)
    const strong = createToken({ ...scope, held: permissionsOf['help-desk'] }, input, deps)
    await assert.rejects(strong, { problemName: 'invalid-input' })
    const forever = { ...input, permissions: ['tokens:write'] as Permission[] }
    await assert.rejects(createToken({ ...scope, held: permissionsOf.super }, forever, deps), {
      problemName: 'invalid-input',
    })
    const bind = (role: Role) =>
      deps.store.db
        .updateTable('role_binding')
        .set({ role })
        .where('tenant_id', '=', acme.id)
        .where('person_id', '=', scope.actor.id)
        .execute()
    await bind('end-user')
    assert.equal((await ask('listUsers', acme.id)).status, 403, 'its maker may no longer')
    await bind('super')
    const owner = await control.person({ tenantId: acme.id, role: 'super' })
    const revoke = { tenant: acme.id, cookie: owner, ids: { token: id } }
    assert.equal((await send(endpoint('revokeToken'), revoke)).status, 204)
    assert.deepEqual(await ask('listUsers', acme.id), { status: 401, name: 'not-signed-in' })
    const guesses: number[] = []
    for (let at = 0; at < 25; at += 1) guesses.push((await ask('listUsers', acme.id)).status)
    assert.equal(guesses.at(-1), 429, 'guessing is slowed')
  })
})

test('an operator from outside is seen by the organisation at the first look', async () => {
  await withWorld(async ({ control, acme, send, ask }) => {
    const { deps } = control
    const cookie = await control.person({ tenantId: acme.id, role: 'read-only' })
    await deps.store.db
      .updateTable('role_binding')
      .set({ as_operator: 1 })
      .where('tenant_id', '=', acme.id)
      .where('role', '=', 'read-only')
      .execute()
    const endpoint = (name: string) => endpoints.find((one) => one.name === name)!
    for (let at = 0; at < 3; at += 1) await send(endpoint('listUsers'), { tenant: acme.id, cookie })
    const owner = await control.person({ tenantId: acme.id, role: 'super' })
    const query = 'who=operator&action=operator.entered'
    const { text } = await ask(endpoint('listAudit'), { tenant: acme.id, cookie: owner, query })
    const { items } = JSON.parse(text) as { items: { readonly from: string; readonly asOperator: boolean }[] }
    assert.deepEqual(
      items.map(({ from, asOperator }) => [from, asOperator]),
      [['192.0.2.99', true]],
    )
  })
})

/** What the contract says of who is let in; a token is no person. */
function isLetIn({ allow }: Endpoint, { may, isToken }: Asker): boolean {
  if (allow === 'public') return true
  if (allow === 'agent') return false
  return allow === 'signed-in' ? !isToken : may.includes(allow)
}

/** Every role, a role of the organisation’s own, and tokens, in one organisation. */
async function askersIn(control: TestControl, tenantId: string): Promise<readonly Asker[]> {
  const { deps } = control
  const people = await Promise.all(
    roles.map(async (role) => {
      const cookie = await control.person({ tenantId, role })
      return { name: role, as: { cookie }, may: permissionsOf[role], isToken: false }
    }),
  )
  const scope = { ...(await scopeIn(control, tenantId)), held: permissionsOf.super }
  const own = await createRole(scope, { name: 'Matrix', description: '', permissions: DESK }, deps)
  const cookie = await control.person({ tenantId, role: own.id as Role })
  const asker = { name: 'own role', as: { cookie }, may: own.permissions, isToken: false }
  const input = { name: 'Matrix', permissions: [...DESK], days: 1 }
  const { token } = await createToken(scope, input, deps)
  return [...people, asker, { name: 'token', as: { bearer: token }, may: DESK, isToken: true }]
}

async function scopeIn({ deps }: TestControl, tenantId: string) {
  const row = await deps.store.db
    .selectFrom('role_binding')
    .select('person_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'super')
    .executeTakeFirstOrThrow()
  const actor = { kind: 'person', id: row.person_id, name: 'owner' } as const
  return { tenantId, actor, from: '192.0.2.1' }
}
