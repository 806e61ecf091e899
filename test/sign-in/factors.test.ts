// Second factors and sessions over the real HTTP application; abuse case 61.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totpCode } from '@gatepost/server/control/auth/totp.ts'
import { MAYA, signIn, UMA } from './asked.ts'
import { withPlace } from './place.ts'

test('abuse case 61: a sign-in owes its second step, opens nothing before it, and rotates its secret', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super' })
    const browser = place.browser()
    await signIn(browser, MAYA)
    const begun = (await browser.post('/v1/me/totp')).json as never as { id: string; key: string }
    const early = await browser.post(`/v1/me/totp/${begun.id}/confirm`, { code: '000000' })
    assert.deepEqual([early.status, early.json.name], [401, 'wrong-code'])
    const code = totpCode(begun.key, Date.now())
    const added = await browser.post(`/v1/me/totp/${begun.id}/confirm`, { code })
    assert.equal(added.status, 200, added.text)
    const { recoveryCodes } = added.json as never as { recoveryCodes: string[] }
    assert.equal(new Set(recoveryCodes).size, 10)
    assert.ok(!(await browser.get('/v1/me/security')).text.includes(begun.key))

    const next = place.browser('198.51.100.3')
    const first = await signIn(next, MAYA)
    const me = first.json as never as { mustDo: string; name: string; tenants: unknown[]; factors: string[] }
    assert.deepEqual(
      [me.mustDo, me.name, me.tenants, me.factors],
      ['second-factor', '', [], ['totp', 'recovery-code']],
    )
    const half = next.cookies.get('gatepost')
    for (const path of [`/v1/tenants/${place.tenantId}`, '/v1/me/security', '/v1/me/sessions', '/v1/tenants'])
      assert.equal((await next.get(path)).status, 401, path)
    const reused = await next.post('/v1/sessions/factor', { code })
    assert.deepEqual([reused.status, reused.json.name], [401, 'wrong-code'], 'a code that was used')
    const done = await next.post('/v1/sessions/factor', { code: totpCode(begun.key, Date.now() + 30_000) })
    assert.equal(done.status, 201, done.text)
    assert.notEqual(next.cookies.get('gatepost'), half)
    const stale = place.browser('198.51.100.3')
    stale.cookies.set('gatepost', half ?? '')
    assert.equal((await stale.get('/v1/me')).status, 401, 'the half session is over')

    const recovering = place.browser('198.51.100.4')
    await signIn(recovering, MAYA)
    assert.equal(
      (await recovering.post('/v1/sessions/factor', { code: recoveryCodes[3]?.toUpperCase() })).status,
      201,
    )
    await signIn(recovering, MAYA)
    assert.equal(
      (await recovering.post('/v1/sessions/factor', { code: recoveryCodes[3] })).status,
      401,
      'once',
    )
    // Guessing codes with the right password is slowed for good.
    const guesser = place.browser('203.0.113.9')
    await signIn(guesser, MAYA)
    const statuses: number[] = []
    for (let at = 0; at < 14; at += 1)
      statuses.push((await guesser.post('/v1/sessions/factor', { code: String(100_000 + at) })).status)
    assert.equal(statuses.at(-1), 429)
    await signIn(guesser, MAYA)
    assert.equal(
      (await guesser.post('/v1/sessions/factor', { code: '123456' })).status,
      429,
      'a new sign-in gives no tries',
    )
    assert.equal(
      (await browser.post('/v1/me/confirm', { code: recoveryCodes[5] })).status,
      200,
      'who is known goes on',
    )
  })
})

test('an administrator without a second factor has so many days, then enrols before anything else', async () => {
  await withPlace(async (place) => {
    const id = await place.account(MAYA, { role: 'super' })
    const browser = place.browser()
    const first = (await signIn(browser, MAYA)).json as never as {
      passwordOnly: boolean
      factorDueAt: number
    }
    assert.equal(first.passwordOnly, true)
    const days = (first.factorDueAt - Date.now()) / 86_400_000
    assert.ok(days > 13.9 && days <= 14, String(days))
    const { db } = place.control.deps.store
    await db
      .updateTable('person')
      .set({ factor_due_at: Date.now() - 1 })
      .where('id', '=', id)
      .execute()
    const late = (await signIn(browser, MAYA)).json as never as { mustDo: string; tenants: unknown[] }
    assert.deepEqual([late.mustDo, late.tenants], ['enrol-second-factor', []])
    const refused = await browser.get(`/v1/tenants/${place.tenantId}`)
    assert.deepEqual([refused.status, refused.json.name], [401, 'second-step-needed'])
    const begun = (await browser.post('/v1/me/totp')).json as never as { id: string; key: string }
    const code = totpCode(begun.key, Date.now())
    assert.equal((await browser.post(`/v1/me/totp/${begun.id}/confirm`, { code })).status, 200)
    assert.equal((await browser.get(`/v1/tenants/${place.tenantId}`)).status, 200)
    const removed = await browser.post(`/v1/me/factors/${begun.id}`, {}, 'DELETE')
    assert.deepEqual([removed.status, removed.json.name], [409, 'factor-needed'])
  })
})

test('sessions are listed with their device, ended one by one or all at once', async () => {
  await withPlace(async (place) => {
    const id = await place.account(UMA)
    await place.account(MAYA, { role: 'super' })
    const [one, two, three] = [
      place.browser('198.51.100.1'),
      place.browser('198.51.100.2'),
      place.browser('198.51.100.3'),
    ]
    for (const browser of [one, two, three]) await signIn(browser, UMA)
    type Listed = {
      readonly items: readonly { readonly id: string; readonly from: string; readonly current: boolean }[]
    }
    const listed = (await one.get('/v1/me/sessions')).json as never as Listed
    assert.deepEqual(
      listed.items.map(({ from, current }) => [from, current]),
      [
        ['198.51.100.3', false],
        ['198.51.100.2', false],
        ['198.51.100.1', true],
      ],
    )
    assert.equal((await one.post(`/v1/me/sessions/${listed.items[0]?.id}`, {}, 'DELETE')).status, 204)
    assert.equal((await three.get('/v1/me')).status, 401)
    const stranger = place.browser()
    await signIn(stranger, MAYA)
    assert.equal((await stranger.post(`/v1/me/sessions/${listed.items[1]?.id}`, {}, 'DELETE')).status, 404)
    assert.deepEqual((await one.post('/v1/me/sessions', {}, 'DELETE')).json, { ended: 1 })
    assert.equal((await two.get('/v1/me')).status, 401)
    const ended = await stranger.post(`/v1/tenants/${place.tenantId}/accounts/${id}/sessions`, {}, 'DELETE')
    assert.deepEqual(ended.json, { ended: 1 })
    assert.equal((await one.get('/v1/me')).status, 401)
  })
})
