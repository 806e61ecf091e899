// Accounts between organisations: nobody gets into another's by an account made beforehand for one of its
// addresses, and who was disabled or came back is treated as such (abuse cases 61 and 63).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ensurePerson } from '@gatepost/server/control/auth/ensure-person.ts'
import { openSession } from '@gatepost/server/control/auth/session.ts'
import { sessionsOf } from '@gatepost/server/control/auth/session-list.ts'
import { administratorKeys } from '@gatepost/server/control/user/import-people-store.ts'
import { addOrganisation } from '../store/fixtures.ts'
import { MAYA, signIn, UMA } from './asked.ts'
import { PASSWORD, type SignInPlace, withPlace } from './place.ts'

const VIC = 'vic@beta.example'

test('who is disabled is signed out of open sessions as well, and in again once enabled', async () => {
  await withPlace(async (place) => {
    await place.account(UMA)
    const id = await place.user(UMA)
    const browser = place.browser()
    await signIn(browser, UMA)
    const statusWith = async (enabled: 0 | 1): Promise<number> => {
      const { db } = place.control.deps.store
      const update = db.updateTable('user').set({ enabled })
      await update.where('tenant_id', '=', place.tenantId).where('id', '=', id).execute()
      return (await browser.get('/v1/me')).status
    }
    assert.deepEqual([await statusWith(1), await statusWith(0), await statusWith(1)], [200, 401, 200])
  })
})

test('a token of somebody who was disabled opens nothing until then', async () => {
  await withPlace(async (place) => {
    const { db } = place.control.deps.store
    await place.account(MAYA, { role: 'super' })
    const user = await place.user(MAYA)
    const maya = place.browser()
    await signIn(maya, MAYA)
    const base = `/v1/tenants/${place.tenantId}`
    const wish = { name: 'Monitoring', permissions: ['users:read'] }
    const { token } = (await maya.post(`${base}/tokens`, wish)).json as { readonly token: string }
    const app = place.control.app()
    const ask = async (): Promise<number> => {
      const headers = { host: 'localhost', authorization: `Bearer ${token}` }
      const socket = { remoteAddress: '192.0.2.9' }
      return (await app.request(`http://localhost${base}/users`, { headers }, { incoming: { socket } }))
        .status
    }
    const statuses: number[] = [await ask()]
    for (const enabled of [0, 1] as const) {
      const update = db.updateTable('user').set({ enabled })
      await update.where('tenant_id', '=', place.tenantId).where('id', '=', user).execute()
      statuses.push(await ask())
    }
    assert.deepEqual(statuses, [200, 403, 200])
  })
})

test('an invitation to an address of another organisation makes no account for it', async () => {
  await withPlace(async (place) => {
    await addOrganisation(place.control.deps.store, 'Beta Works', 'beta.example')
    await place.account(MAYA, { role: 'super' })
    const maya = place.browser()
    await signIn(maya, MAYA)
    const tokenFor = async (email: string): Promise<string> => {
      const draft = { email, name: 'Vic', role: 'basic', send: 'show' }
      const made = await maya.post(`/v1/tenants/${place.tenantId}/invitations`, draft)
      assert.equal(made.status, 201, made.text)
      return String(made.json.link).split('#token=')[1] ?? ''
    }
    const token = await tokenFor(VIC)
    const stranger = place.browser('198.51.100.66')
    const shown = await stranger.post('/v1/invitations/check', { token })
    assert.equal(shown.json.hasAccount, true, shown.text)
    const taken = await stranger.post('/v1/invitations/accept', { token, password: PASSWORD })
    assert.deepEqual([taken.status, taken.json.name], [401, 'not-signed-in'])
    assert.equal((await signIn(stranger, VIC)).status, 401)

    // Elsewhere, and in the own domain, it is as before; but the organisation's rules count.
    const own = await tokenFor('new@acme.example')
    const weak = await stranger.post('/v1/invitations/accept', { token: own, password: 'password1234' })
    assert.deepEqual([weak.status, weak.json.name], [422, 'invalid-input'])
    for (const one of [own, await tokenFor('zoe@elsewhere.example')]) {
      const accepted = await stranger.post('/v1/invitations/accept', { token: one, password: PASSWORD })
      assert.equal(accepted.status, 200, accepted.text)
    }
  })
})

test('an account made before its organisation came gets nothing there by its own password', async () => {
  await withPlace(async (place) => {
    const { store, clock } = place.control.deps
    const beta = await addOrganisation(store, 'Beta Works', 'beta.example')
    // Invited by Acme when nobody had proved the domain; whoever did so knows the password.
    const person = await place.account(VIC, { role: 'help-desk' })
    const user = await place.user(VIC)
    await moveTo(place, { user, tenantId: beta.tenantId })
    const squatter = place.browser('198.51.100.66')
    assert.equal((await signIn(squatter, VIC)).status, 201)
    assert.deepEqual(await stateOf(place, person), { user: null, hasPassword: true, in: [place.tenantId] })

    const who = { personId: person, userId: user, tenantId: beta.tenantId, email: VIC, name: 'Vic' }
    const how = { from: '192.0.2.1', now: clock.now() }
    // A directory's word or a mail's leaves the roles elsewhere behind their own factors.
    await store.transaction((trx) => ensurePerson(trx, who, { ...how, vouch: 'word' }))
    assert.deepEqual(await stateOf(place, person), { user: null, hasPassword: true, in: [place.tenantId] })
    await store.transaction((trx) => ensurePerson(trx, who, { ...how, vouch: 'single-sign-on' }))
    const both = [place.tenantId, beta.tenantId].toSorted()
    assert.deepEqual(await stateOf(place, person), { user, hasPassword: false, in: both })
    assert.equal((await squatter.get('/v1/me')).status, 401)
    assert.equal((await signIn(squatter, VIC)).status, 401)
  })
})

test('two devices that sign a user in for the first time make one account', async () => {
  await withPlace(async (place) => {
    const { store, clock } = place.control.deps
    const userId = await place.user(UMA)
    const who = { personId: null, userId, tenantId: place.tenantId, email: UMA, name: 'Uma' }
    const how = { vouch: 'single-sign-on', from: '192.0.2.1', now: clock.now() } as const
    const both = await Promise.all([1, 2].map(() => store.transaction((trx) => ensurePerson(trx, who, how))))
    assert.equal(new Set(both).size, 1)
    assert.deepEqual(await stateOf(place, both[0]!), {
      user: userId,
      hasPassword: false,
      in: [place.tenantId],
    })
  })
})

test('a user who was removed and came back is given an account again', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super' })
    await place.account(UMA)
    const id = await place.user(UMA)
    await signIn(place.browser(), UMA)
    const maya = place.browser()
    await signIn(maya, MAYA)
    const base = `/v1/tenants/${place.tenantId}`
    assert.equal((await maya.post(`${base}/accounts`, { email: UMA })).json.name, 'address-exists')
    assert.equal((await maya.post(`${base}/users/${id}`, {}, 'DELETE')).status, 204)
    await place.user(UMA)
    const given = await maya.post(`${base}/accounts`, { email: UMA })
    assert.equal(given.status, 201, given.text)
    const browser = place.browser()
    assert.equal((await signIn(browser, UMA, String(given.json.temporaryPassword))).status, 201)
  })
})

test('of a person with roles in two organisations neither sees how the other has it sign in', async () => {
  await withPlace(async (place) => {
    const { store } = place.control.deps
    const beta = await addOrganisation(store, 'Beta Works', 'beta.example')
    await place.account(MAYA, { role: 'super' })
    const person = await place.account(VIC, { role: 'help-desk' })
    const now = Date.now()
    const profile = {
      tenant_id: beta.tenantId,
      id: 'administrators',
      name: 'x',
      position: 0,
      created_at: now,
    }
    const provider = { id: 'idp_beta', tenant_id: beta.tenantId, kind: 'oidc', name: 'Beta Okta' } as const
    const rest = {
      settings: '{}',
      secret: null,
      secret_at: null,
      enabled: 1,
      test: null,
      last_used_at: null,
    } as const
    await store.db
      .insertInto('sign_in_profile')
      .values({ ...profile, settings: '{}', revision: 1 })
      .execute()
    await store.db
      .insertInto('identity_provider')
      .values({ ...provider, ...rest, created_at: now, revision: 1 })
      .execute()
    const opened = { personId: person, from: '192.0.2.9', userAgent: '', method: provider.id, now }
    await openSession(store.db, opened)
    const maya = place.browser()
    await signIn(maya, MAYA)
    const base = `/v1/tenants/${place.tenantId}/accounts`
    const { items } = (await maya.get(`${base}?search=vic`)).json as { items: { profile: string }[] }
    assert.deepEqual(
      items.map(({ profile: name }) => name),
      [''],
    )
    const sessions = (await maya.get(`${base}/${person}/sessions`)).json as { items: { method: string }[] }
    assert.deepEqual(
      sessions.items.map(({ method }) => method),
      ['Single sign-on'],
    )
    const own = await sessionsOf(store.db, { personId: person, current: null, now })
    assert.equal(own[0]?.method, 'Beta Okta')
  })
})

test('a list sets no password of an administrator by the address that the user has now', async () => {
  await withPlace(async (place) => {
    const { store } = place.control.deps
    const person = await place.account(MAYA, { role: 'super' })
    const user = await place.user('maya.new@acme.example')
    await store.db.updateTable('person').set({ user_id: user }).where('id', '=', person).execute()
    const keys = await administratorKeys(store.db)
    assert.deepEqual([keys.has(MAYA), keys.has('maya.new@acme.example'), keys.has(UMA)], [true, true, false])
  })
})

test('a secret that is kept is shown to no other server than the one it was entered for', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super' })
    const maya = place.browser()
    await signIn(maya, MAYA)
    const base = `/v1/tenants/${place.tenantId}`
    const ldap = { kind: 'ldap', host: 'dc1.acme.example', userName: 'sync@acme.example' }
    const made = await maya.post(`${base}/directories`, { name: 'AD', settings: ldap, secret: 'kept secret' })
    assert.equal(made.status, 201, made.text)
    const change = async (settings: object, more: object = {}) => {
      const body = { settings: { ...ldap, ...settings }, ...more }
      const { status, json } = await maya.post(`${base}/directories/${made.json.id}`, body, 'PATCH')
      return [status, (json.errors as { path: string }[] | undefined)?.[0]?.path]
    }
    const host = 'ldap.evil.example'
    assert.deepEqual(await change({ host }), [422, '/secret'])
    assert.deepEqual(await change({ alternateHost: host }), [422, '/secret'])
    assert.deepEqual(await change({ port: 389, encryption: 'start-tls' }), [200, undefined])
    assert.deepEqual(await change({ host: 'dc2.acme.example' }, { secret: 'another' }), [200, undefined])

    const settings = { kind: 'oidc', issuer: 'https://idp.acme.example', clientId: 'x' }
    const draft = { name: 'IdP', settings, secret: 'kept secret' }
    const provider = await maya.post(`${base}/sign-in/providers`, draft)
    const path = `${base}/sign-in/providers/${provider.json.id}`
    const other = { name: 'IdP', settings: { ...settings, issuer: `https://${host}` } }
    const refused = await maya.post(path, other, 'PUT')
    assert.deepEqual([refused.status, refused.json.name], [422, 'invalid-input'], refused.text)
    assert.equal((await maya.post(path, { ...other, secret: 'another' }, 'PUT')).status, 200)
    assert.equal((await maya.post(path, { ...other, name: 'Other' }, 'PUT')).status, 200)
  })
})

async function moveTo(
  { control, tenantId: from }: SignInPlace,
  { user, tenantId }: { readonly user: string; readonly tenantId: string },
): Promise<void> {
  const { db } = control.deps.store
  for (const [table, column] of [
    ['user_address', 'user_id'],
    ['user', 'id'],
  ] as const)
    await db
      .updateTable(table as 'user')
      .set({ tenant_id: tenantId })
      .where('tenant_id', '=', from)
      .where(column as 'id', '=', user)
      .execute()
}

async function stateOf({ control }: SignInPlace, id: string) {
  const db = control.deps.store.db.withoutPlugins()
  const person = await db
    .selectFrom('person')
    .select(['user_id', 'password'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const rows = await db.selectFrom('role_binding').select('tenant_id').where('person_id', '=', id).execute()
  return {
    user: person.user_id,
    hasPassword: person.password !== '',
    in: rows.map((row) => row.tenant_id).toSorted(),
  }
}
