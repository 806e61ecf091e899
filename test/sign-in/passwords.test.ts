// Passwords, second factors, profiles and accounts over the real HTTP application; abuse cases 61, 63, 64, 69.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DirectoryAnswer } from '@gatepost/server/control/auth/deps.ts'
import { sendReset } from '@gatepost/server/control/auth/reset.ts'
import { totpCode } from '@gatepost/server/control/auth/totp.ts'
import type { Order } from '@gatepost/server/link/orders.ts'
import { type Browser, PASSWORD, type SignInPlace, withPlace } from './place.ts'

const MAYA = 'maya@acme.example'
const UMA = 'uma@acme.example'

const signIn = (browser: Browser, email: string, password = PASSWORD) =>
  browser.post('/v1/sessions', { email, password })

/** Mail that control handed over, as text. */
function watchMail(place: SignInPlace): Extract<Order, { kind: 'submit' }>[] {
  const sent: Extract<Order, { kind: 'submit' }>[] = []
  const { link } = place.control.deps
  const order = link.order
  Object.assign(link, {
    order: async (asked: Order) => {
      if (asked.kind === 'submit') sent.push(asked)
      return order(asked)
    },
  })
  return sent
}

/** Reasons in the audit log, the oldest first, once one is like that: they are written after the answer. */
async function whys({ control, tenantId }: SignInPlace, wanted: RegExp): Promise<string> {
  for (let wait = 0; wait < 100; wait += 1) {
    const rows = await control.deps.store.db
      .selectFrom('audit')
      .select('after')
      .where('tenant_id', '=', tenantId)
      .where('action', '=', 'session.refused')
      .orderBy('id')
      .execute()
    const text = rows.map(({ after }) => after ?? '').join('\n')
    if (wanted.test(text)) return text
    await new Promise((done) => setTimeout(done, 50))
  }
  return ''
}

test('abuse case 61: wrong passwords lock the pair of account and address, never an administrator elsewhere', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super' })
    await place.account(UMA)
    const known = place.browser('192.0.2.9')
    assert.equal((await signIn(known, MAYA)).status, 201)
    const attacker = place.browser('203.0.113.66')
    const answers: number[] = []
    for (let at = 0; at < 7; at += 1) answers.push((await signIn(attacker, MAYA, `guess ${at}`)).status)
    assert.deepEqual(answers, [401, 401, 401, 401, 401, 429, 429])
    assert.notEqual(await whys(place, /Locked from this address for 15 minutes/), '')
    // The right password is of no use to the attacker now; the administrator is not kept out, here or elsewhere.
    assert.equal((await signIn(attacker, MAYA)).status, 429)
    assert.equal((await signIn(place.browser('192.0.2.9'), MAYA)).status, 201)
    assert.equal((await signIn(place.browser('198.51.100.50'), MAYA)).status, 201)
    // Even wrong ones from the known address do not lock an administrator there.
    for (let at = 0; at < 6; at += 1) await signIn(place.browser('192.0.2.9'), MAYA, 'typo')
    assert.equal((await signIn(place.browser('192.0.2.9'), MAYA)).status, 201)
    // An end user is locked at an address; the list says so, and a temporary password takes it off.
    for (let at = 0; at < 6; at += 1) await signIn(attacker, UMA, 'guess')
    const base = `/v1/tenants/${place.tenantId}/accounts`
    const { items } = (await known.get(`${base}?search=uma`)).json as never as {
      items: { id: string; lockedFrom: { from: string }[] }[]
    }
    assert.deepEqual(
      items.map(({ lockedFrom }) => lockedFrom.map(({ from }) => from)),
      [['203.0.113.66']],
    )
    const reset = await known.post(`${base}/${items[0]?.id}/password`)
    assert.equal(reset.status, 200, reset.text)
    const { temporaryPassword, account } = reset.json as never as {
      temporaryPassword: string
      account: { lockedFrom: unknown[] }
    }
    assert.deepEqual(account.lockedFrom, [])
    assert.equal((await signIn(attacker, UMA, temporaryPassword)).status, 201)
  })
})

test('permitted ranges: outside nobody gets in, nothing is told, and nothing counts for the lock', async () => {
  await withPlace(async (place) => {
    await place.account(MAYA, { role: 'super', operator: true })
    await place.account(UMA)
    const admin = place.browser('192.0.2.9')
    await signIn(admin, MAYA)
    const base = `/v1/tenants/${place.tenantId}/sign-in`
    const { profiles } = (await admin.get(base)).json as never as { profiles: { id: string }[] }
    const draftOf = (id: string) => {
      const {
        id: _id,
        kind: _kind,
        revision: _revision,
        ...draft
      } = profiles.find((one) => one.id === id) as never
      return { ...(draft as object), groups: [], permittedRanges: ['198.51.100.0/24'] }
    }
    assert.equal((await admin.post(`${base}/profiles/default`, draftOf('default'), 'PUT')).status, 200)
    const locking = await admin.post(`${base}/profiles/administrators`, draftOf('administrators'), 'PUT')
    assert.deepEqual(
      [locking.status, locking.json.name],
      [422, 'invalid-input'],
      'nobody locks themselves out',
    )
    const outside = place.browser('203.0.113.5')
    for (let at = 0; at < 6; at += 1) {
      const refused = await signIn(outside, UMA, at % 2 === 0 ? PASSWORD : 'wrong')
      assert.deepEqual([refused.status, refused.json.name], [401, 'wrong-credentials'])
    }
    assert.notEqual(await whys(place, /203\.0\.113\.5 is outside of the ranges/), '')
    assert.equal((await signIn(place.browser('198.51.100.7'), UMA)).status, 201)
  })
})

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

test('abuse case 61: a reset link goes to our own name, tells nothing, works once and ends all sessions', async () => {
  await withPlace(async (place) => {
    await place.account(UMA)
    await place.user('new@acme.example')
    const sent = watchMail(place)
    const browser = place.browser()
    const old = place.browser()
    await signIn(old, UMA)
    for (const email of [UMA, 'nobody@acme.example', 'who@elsewhere.example']) {
      const answer = await browser.post('/v1/password-resets', { email })
      assert.deepEqual([answer.status, answer.json], [202, { minutes: 30 }])
    }
    for (let wait = 0; sent.length < 1 && wait < 50; wait += 1)
      await new Promise((done) => setTimeout(done, 20))
    assert.deepEqual(
      sent.map(({ forwardPaths }) => forwardPaths),
      [[UMA]],
    )
    const text = Buffer.from(sent[0]?.content ?? '', 'base64').toString()
    const [, token = ''] = /^http:\/\/localhost:8080\/reset#token=([\w-]+)\r$/m.exec(text) ?? []
    assert.equal(token.length, 43, text)
    const stored = await place.control.deps.store.db.selectFrom('sign_in_ticket').selectAll().execute()
    assert.ok(!JSON.stringify(stored).includes(token), 'kept as a digest alone')
    const weak = await browser.post('/v1/password-resets/complete', { token, password: 'acme' })
    assert.deepEqual([weak.status, weak.json.name], [422, 'invalid-input'])
    const password = 'nine herons at the weir'
    const both = await Promise.all(
      [1, 2].map(() => browser.post('/v1/password-resets/complete', { token, password })),
    )
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [204, 403])
    assert.equal((await old.get('/v1/me')).status, 401, 'other sessions ended')
    assert.equal((await signIn(browser, UMA)).status, 401)
    assert.equal((await signIn(browser, UMA, password)).status, 201)
    // A user without an account gets one by the first link.
    assert.equal(await sendReset('new@acme.example', { from: '192.0.2.1' }, place.control.deps), true)
    const [, link = ''] =
      /token=([\w-]+)/.exec(Buffer.from(sent[1]?.content ?? '', 'base64').toString()) ?? []
    assert.equal((await browser.post('/v1/password-resets/complete', { token: link, password })).status, 204)
    assert.equal((await signIn(browser, 'new@acme.example', password)).status, 201)
    for (let at = 0; at < 5; at += 1) await sendReset(UMA, { from: '192.0.2.1' }, place.control.deps)
    assert.ok(sent.length <= 5, `${sent.length} mails: three an hour to one account`)
    const statuses: number[] = []
    for (let at = 0; at < 12; at += 1)
      statuses.push((await browser.post('/v1/password-resets', { email: `x${at}@acme.example` })).status)
    assert.equal(statuses.at(-1), 429)
  })
})

test('abuse case 61: those who exist and those who do not take the same time', async () => {
  await withPlace(async (place) => {
    await place.account(UMA)
    await place.user('noaccount@acme.example')
    const emails = [UMA, 'nobody@acme.example', 'noaccount@acme.example']
    const best = new Map(emails.map((email) => [email, Number.POSITIVE_INFINITY]))
    // The best of several in turn: other work of the machine makes times longer, never shorter.
    for (let at = 0; at < 8; at += 1) {
      for (const [index, email] of emails.entries()) {
        const browser = place.browser(`198.51.100.${at * 3 + index}`)
        const startedAt = performance.now()
        await signIn(browser, email, 'wrong')
        best.set(email, Math.min(best.get(email) ?? 0, performance.now() - startedAt))
      }
    }
    const times = [...best.values()]
    // Each hashes once: 40 ms or more; without it an answer would take a tenth.
    assert.ok(Math.max(...times) < Math.min(...times) * 3, times.map(Math.round).join(', '))
  })
})

test('passwords: rules of the organisation, history, expiry, forced change; other sessions end', async () => {
  await withPlace(async (place) => {
    const id = await place.account(UMA)
    await place.account(MAYA, { role: 'super' })
    const admin = place.browser()
    await signIn(admin, MAYA)
    const rules = {
      minLength: 10,
      classes: 2,
      expiryDays: 30,
      history: 3,
      lockoutAttempts: 5,
      lockoutMinutes: 15,
    }
    const saved = await admin.post(`/v1/tenants/${place.tenantId}/sign-in/password-rules`, rules, 'PUT')
    assert.equal(saved.status, 200, saved.text)
    const browser = place.browser()
    const other = place.browser()
    await signIn(browser, UMA)
    await signIn(other, UMA)
    const change = (current: string, password: string) =>
      browser.post('/v1/me/password', { current, password })
    assert.equal((await change('wrong', 'a fine new one')).status, 401)
    assert.match((await change(PASSWORD, 'short')).text, /at least 10 characters/)
    assert.match((await change(PASSWORD, 'onlyletters')).text, /Mix at least 2/)
    assert.match((await change(PASSWORD, PASSWORD)).text, /used this password before/)
    const before = browser.cookies.get('gatepost')
    assert.equal((await change(PASSWORD, 'second one here')).status, 200)
    assert.notEqual(browser.cookies.get('gatepost'), before, 'the secret rotates')
    assert.equal((await other.get('/v1/me')).status, 401)
    assert.match((await change('second one here', PASSWORD)).text, /used this password before/)
    assert.equal((await change('second one here', 'third one here')).status, 200)
    assert.equal((await change('third one here', 'fourth one here')).status, 200)
    assert.equal((await change('fourth one here', PASSWORD)).status, 200, 'three later it may come again')
    const { db } = place.control.deps.store
    await db
      .updateTable('person')
      .set({ password_set_at: Date.now() - 31 * 86_400_000 })
      .where('id', '=', id)
      .execute()
    const expired = (await signIn(browser, UMA)).json as never as { mustDo: string }
    assert.equal(expired.mustDo, 'change-password')
    assert.equal((await browser.get('/v1/me/sessions')).json.name, 'second-step-needed')
    assert.equal((await browser.post('/v1/me/password', { password: 'fifth one here' })).status, 200)
    assert.equal((await browser.get('/v1/me/sessions')).status, 200)
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
    const { profiles } = (await admin.get(`${base}/sign-in`)).json as never as { profiles: { id: string }[] }
    const {
      id: _id,
      kind: _kind,
      revision: _revision,
      ...draft
    } = profiles.find(({ id }) => id === 'administrators') as never
    for (const change of [{ secondFactor: 'never' }, { graceDays: 90 }]) {
      const body = { ...(draft as object), groups: [], ...change }
      assert.equal((await admin.post(`${base}/sign-in/profiles/administrators`, body, 'PUT')).status, 403)
    }
    assert.equal(
      (await admin.post(`${base}/sign-in/profiles/administrators`, {}, 'DELETE')).json.name,
      'profile-stays',
    )
    // Fields that are not asked for change nothing.
    const body = { email: 'x@acme.example', operator: true, role: 'super', tenantId: 'other', verified: true }
    await place.user('x@acme.example')
    const given = await admin.post(`${base}/accounts`, body)
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
    const { profiles } = (await admin.get(base)).json as never as { profiles: { id: string }[] }
    const {
      id: _id,
      kind: _kind,
      revision: _revision,
      ...draft
    } = profiles.find(({ id }) => id === 'default') as never
    const body = { ...(draft as object), groups: [], directory: true, password: false }
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
