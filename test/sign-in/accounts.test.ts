// Accounts, directory sign-in, secrets and discovery over the real HTTP application; abuse cases 63, 64, 69.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DirectoryAnswer } from '@gatepost/server/control/auth/deps.ts'
import { totpCode } from '@gatepost/server/control/auth/totp.ts'
import { MAYA, profileDraft, signIn, UMA, whys } from './asked.ts'
import { PASSWORD, withPlace } from './place.ts'

test('abuse case 64: nobody mends the account of somebody who may do more, nor asks less of administrators', async () => {
  await withPlace(async (place) => {
    const operator = await place.account('op@acme.example', { role: 'super', operator: true })
    const superId = await place.account(MAYA, { role: 'super' })
    await place.account('basic@acme.example', { role: 'basic' })
    const basic = place.browser()
    await signIn(basic, 'basic@acme.example')
    const base = `/v1/tenants/${place.tenantId}`
    for (const id of [operator, superId]) {
      for (const [method, path] of [
        ['POST', 'password'],
        ['DELETE', 'factors'],
        ['DELETE', 'sessions'],
      ] as const) {
        const refused = await basic.post(`${base}/accounts/${id}/${path}`, {}, method)
        assert.deepEqual([refused.status, refused.json.name], [403, 'not-allowed'], path)
      }
    }
    const admin = place.browser()
    await signIn(admin, MAYA)
    assert.equal((await admin.post(`${base}/accounts/${operator}/password`)).status, 403)
    assert.equal((await admin.post(`${base}/sign-in/operators`, { vouches: true }, 'PUT')).status, 403)
    const draft = await profileDraft(admin, { tenantId: place.tenantId, id: 'administrators' })
    for (const change of [{ secondFactor: 'never' }, { graceDays: 90 }]) {
      const body = { ...draft, ...change }
      assert.equal((await admin.post(`${base}/sign-in/profiles/administrators`, body, 'PUT')).status, 403)
    }
    assert.equal(
      (await admin.post(`${base}/sign-in/profiles/administrators`, {}, 'DELETE')).json.name,
      'profile-stays',
    )
    // Fields that are not asked for are refused, and give nothing.
    const asked = { email: 'x@acme.example' }
    const more = { operator: true, role: 'super', tenantId: 'other', verified: true }
    await place.user('x@acme.example')
    const refused = await admin.post(`${base}/accounts`, { ...asked, ...more })
    assert.equal(refused.status, 422, refused.text)
    const given = await admin.post(`${base}/accounts`, asked)
    assert.equal(given.status, 201, given.text)
    const row = await place.control.deps.store.db
      .selectFrom('person')
      .innerJoin('role_binding', 'role_binding.person_id', 'person.id')
      .select(['person.operator', 'role_binding.role'])
      .where('role_binding.tenant_id', '=', place.tenantId)
      .where('person.email_key', '=', 'x@acme.example')
      .executeTakeFirstOrThrow()
    assert.deepEqual({ ...row }, { operator: 0, role: 'end-user' })
  })
})

test('abuse case 69: the directory is asked in real time, never with an empty password; who is disabled stays out', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super', operator: true })
    await place.user(UMA)
    await place.user('off@acme.example', { enabled: false })
    const asked: string[] = []
    let answer: DirectoryAnswer = { kind: 'accepted', connector: 'AD' }
    Object.assign(place.control.deps.directorySignIn, {
      isThere: async () => true,
      ask: async ({ email, password }: { email: string; password: string }) => {
        asked.push(`${email} ${password}`)
        return answer
      },
    })
    const admin = place.browser()
    await signIn(admin, MAYA)
    const base = `/v1/tenants/${place.tenantId}/sign-in`
    const tested = await admin.post(`${base}/directory-test`, { email: UMA, password: 'in the directory' })
    assert.equal((tested.json as never as { state: string }).state, 'passed')
    const draft = await profileDraft(admin, { tenantId: place.tenantId, id: 'default' })
    const body = { ...draft, directory: true, password: false }
    assert.equal((await admin.post(`${base}/profiles/default`, body, 'PUT')).status, 200)
    asked.length = 0
    const browser = place.browser('198.51.100.9')
    assert.equal((await signIn(browser, UMA, 'in the directory')).status, 201)
    assert.equal(((await browser.get('/v1/me')).json as never as { email: string }).email, UMA)
    assert.equal((await signIn(browser, UMA, '')).status, 422)
    assert.equal((await signIn(browser, 'off@acme.example', 'in the directory')).status, 401)
    assert.deepEqual(asked, [`${UMA} in the directory`])
    answer = { kind: 'unreachable', connector: 'AD', why: 'No answer.', remedy: 'Look.' }
    for (let at = 0; at < 7; at += 1) {
      assert.equal(
        (await signIn(browser, UMA, 'in the directory')).status,
        401,
        'a dead directory locks nobody out',
      )
    }
    answer = {
      kind: 'refused',
      connector: 'AD',
      why: 'Password expired (data 532).',
      remedy: 'Set a new one.',
    }
    assert.equal((await signIn(browser, UMA, 'in the directory')).json.name, 'wrong-credentials')
    assert.notEqual(await whys(place, /data 532/), '')
  })
})

test('abuse case 63: no secret of signing in comes back from the API or stands in the database in the clear', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super' })
    const browser = place.browser()
    await signIn(browser, MAYA)
    const begun = (await browser.post('/v1/me/totp')).json as never as { id: string; key: string }
    const code = totpCode(begun.key, Date.now())
    const { recoveryCodes } = (await browser.post(`/v1/me/totp/${begun.id}/confirm`, { code }))
      .json as never as { recoveryCodes: string[] }
    const canary = 'canary-client-secret-000001'
    const settings = { kind: 'oidc', issuer: 'https://idp.example', clientId: 'x' }
    await browser.post(`/v1/tenants/${place.tenantId}/sign-in/providers`, {
      name: 'IdP',
      settings,
      secret: canary,
    })
    const secrets = [begun.key, canary, PASSWORD, browser.cookies.get('gatepost') ?? '?', ...recoveryCodes]
    const paths = [
      '/v1/me',
      '/v1/me/security',
      '/v1/me/sessions',
      `/v1/tenants/${place.tenantId}/sign-in`,
      `/v1/tenants/${place.tenantId}/accounts`,
      `/v1/tenants/${place.tenantId}/audit`,
    ]
    const { db } = place.control.deps.store
    const tables = [
      'second_factor',
      'recovery_code',
      'identity_provider',
      'session',
      'person',
      'sign_in_ticket',
      'audit',
      'revision',
    ] as const
    const rows = await Promise.all(
      tables.map((table) =>
        db
          .withoutPlugins()
          .selectFrom(table as 'session')
          .selectAll()
          .execute(),
      ),
    )
    const texts = [
      ...(await Promise.all(paths.map(async (path) => (await browser.get(path)).text))),
      JSON.stringify(rows),
    ]
    for (const secret of secrets)
      for (const text of texts) assert.ok(!text.includes(secret), `${secret.slice(0, 4)}… stands somewhere`)
  })
})

test('home-realm discovery is alike for every address of a domain', async () => {
  await withPlace(async (place) => {
    await place.account(UMA)
    const browser = place.browser()
    assert.deepEqual((await browser.get('/v1/sign-in')).json, { addressFirst: false })
    const answers = await Promise.all(
      [UMA, 'nobody@acme.example', 'x@elsewhere.example'].map((email) =>
        browser.post('/v1/sign-in/ways', { email }),
      ),
    )
    for (const { json } of answers) assert.deepEqual(json, { password: true, providers: [] })
  })
})
