// Passwords: locks, ranges, reset by mail, rules and history; abuse case 61.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sendReset } from '@gatepost/server/control/auth/reset.ts'
import { textOfLetter } from '../journeys/lib/letter.ts'
import { MAYA, profileDraft, signIn, UMA, watchMail, whys } from './asked.ts'
import { PASSWORD, withPlace } from './place.ts'

const textOf = (sent: { readonly content: string } | undefined): string =>
  textOfLetter(Buffer.from(sent?.content ?? '', 'base64'))

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
    // The right password is of no use to the attacker now; the administrator is not kept out, here or
    // elsewhere.
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
    const draftOf = async (id: string) => ({
      ...(await profileDraft(admin, { tenantId: place.tenantId, id })),
      permittedRanges: ['198.51.100.0/24'],
    })
    assert.equal((await admin.post(`${base}/profiles/default`, await draftOf('default'), 'PUT')).status, 200)
    const locking = await admin.post(
      `${base}/profiles/administrators`,
      await draftOf('administrators'),
      'PUT',
    )
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
    for (let wait = 0; sent.length < 1 && wait < 3_000; wait += 1)
      await new Promise((done) => setTimeout(done, 20))
    assert.deepEqual(
      sent.map(({ forwardPaths }) => forwardPaths),
      [[UMA]],
    )
    const text = textOf(sent[0])
    const [, token = ''] = /^http:\/\/localhost:8080\/reset#token=([\w-]+)\r?$/m.exec(text) ?? []
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
    const [, link = ''] = /token=([\w-]+)/.exec(textOf(sent[1])) ?? []
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
