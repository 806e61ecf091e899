// Set-up and sign-in on both databases: the link works once, guessing is slowed, nobody is locked out for
// ever.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meOf, requireOperator, scopeOf } from '@gatepost/server/control/auth/access.ts'
import { SignInAttempts } from '@gatepost/server/control/auth/attempts.ts'
import { findSignedIn, signIn, signOut } from '@gatepost/server/control/auth/auth.ts'
import { createPasswords } from '@gatepost/server/control/auth/password.ts'
import {
  checkSetupLink,
  completeSetup,
  getSetup,
  openSetup,
  SETUP_LINK_MS,
} from '@gatepost/server/control/setup/setup.ts'
import { createTenant } from '@gatepost/server/control/tenant/tenant.ts'
import { testOnBoth } from './databases.ts'
import { anna, type Deps, steadyClock, withStore } from './fixtures.ts'

const origin = { from: '192.0.2.9', userAgent: 'test' }
const password = 'correct horse battery'
const organization = {
  name: 'Acme Trading',
  primaryDomain: 'Acme.Example',
  environment: 'on-premises',
  emergencyContact: { name: 'Anna', email: 'anna@acme.example', phone: '' },
} as const
const administrator = { name: 'Anna', email: 'Anna@acme.example', password }

async function setUp(deps: Deps) {
  const token = await openSetup(deps)
  return completeSetup({ token: token!, administrator, organization }, origin, deps)
}

testOnBoth('the set-up link makes one administrator and is then closed', (place) =>
  withStore(place, async (deps, clock) => {
    const stale = await openSetup(deps)
    const token = await openSetup(deps)
    assert.deepEqual(await getSetup(deps), { open: true, hostname: 'mx.gate.example' })
    await assert.rejects(checkSetupLink(stale!, deps), { problemName: 'setup-link-wrong' })
    assert.equal((await checkSetupLink(token!, deps)).expiresAt, clock.now() + SETUP_LINK_MS)

    const bad = { ...organization, primaryDomain: 'no domain' }
    await assert.rejects(completeSetup({ token: token!, administrator, organization: bad }, origin, deps), {
      problemName: 'invalid-input',
      errors: [
        {
          path: '/organization/primaryDomain',
          message: '“no domain” is not a domain name; write it like acme.example.',
        },
      ],
    })
    const both = await Promise.allSettled(
      [1, 2].map(() => completeSetup({ token: token!, administrator, organization }, origin, deps)),
    )
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const done = both.find((result) => result.status === 'fulfilled')!.value
    assert.equal(done.slug, 'acme-trading')
    assert.equal(await openSetup(deps), null)
    await assert.rejects(checkSetupLink(token!, deps), { problemName: 'setup-closed' })

    const signedIn = await findSignedIn(done.secret, deps)
    requireOperator(signedIn!)
    const me = await meOf(signedIn!.person.id, deps)
    assert.equal(me.operator, true)
    assert.deepEqual(
      me.tenants.map(({ id, role, primaryDomain }) => [id, role, primaryDomain]),
      [[done.tenantId, 'super', 'acme.example']],
    )
    const domains = await deps.store.db
      .selectFrom('domain')
      .selectAll()
      .where('tenant_id', '=', done.tenantId)
      .execute()
    assert.deepEqual(
      domains.map(({ name, is_primary, validated_at }) => [name, is_primary, validated_at]),
      [['acme.example', 1, null]],
    )
    assert.match(domains[0]!.token, /^[0-9a-f]{32}$/)
  }),
)

testOnBoth('a link is over after 24 hours', (place) =>
  withStore(place, async (deps, clock) => {
    const token = await openSetup(deps)
    clock.add(SETUP_LINK_MS)
    await assert.rejects(checkSetupLink(token!, deps), { problemName: 'setup-link-wrong' })
  }),
)

testOnBoth('sessions open with the right password and end by sign-out, idling and age', (place) =>
  withStore(place, async (deps, clock) => {
    await setUp(deps)
    const wrong = signIn({ email: 'anna@acme.example', password: 'wrong' }, origin, deps)
    await assert.rejects(wrong, { problemName: 'wrong-credentials' })
    const unknown = signIn({ email: 'nobody@acme.example', password }, origin, deps)
    await assert.rejects(unknown, { problemName: 'wrong-credentials' })

    const first = await signIn({ email: 'anna@ACME.example', password }, origin, deps)
    assert.equal(first.me.email, 'Anna@acme.example')
    const second = await signIn(
      { email: 'anna@acme.example', password, replaces: (await findSignedIn(first.secret, deps))!.sessionId },
      origin,
      deps,
    )
    assert.notEqual(first.secret, second.secret)
    assert.equal(await findSignedIn(first.secret, deps), null)
    await signOut((await findSignedIn(second.secret, deps))!, deps)
    assert.equal(await findSignedIn(second.secret, deps), null)
    assert.equal(await findSignedIn('no such secret', deps), null)

    const idle = await signIn({ email: 'anna@acme.example', password }, origin, deps)
    clock.add(11 * 3_600_000)
    assert.ok(await findSignedIn(idle.secret, deps))
    clock.add(11 * 3_600_000)
    assert.ok(await findSignedIn(idle.secret, deps), 'being seen keeps it open')
    clock.add(12 * 3_600_000)
    assert.equal(await findSignedIn(idle.secret, deps), null)

    const old = await signIn({ email: 'anna@acme.example', password }, origin, deps)
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      assert.ok(await findSignedIn(old.secret, deps), `after ${hours} hours`)
      clock.add(6 * 3_600_000)
    }
    clock.add(6 * 3_600_000)
    assert.equal(await findSignedIn(old.secret, deps), null)
  }),
)

testOnBoth('a role opens its own organisation only', (place) =>
  withStore(place, async (deps) => {
    const done = await setUp(deps)
    const signedIn = (await findSignedIn(done.secret, deps))!
    const actor = { ...anna, id: signedIn.person.id }
    const input = { ...organization, name: 'Second', primaryDomain: 'second.example' }
    const second = await createTenant({ actor, from: origin.from }, input, deps)
    await deps.store.db.deleteFrom('role_binding').where('tenant_id', '=', second.id).execute()

    const scope = await scopeOf(
      signedIn,
      { tenant: 'acme-trading', permission: 'users:write', from: origin.from },
      deps,
    )
    assert.equal(scope.tenantId, done.tenantId)
    for (const tenant of [second.id, second.slug, 'nowhere']) {
      const request = { tenant, permission: 'tenant:read', from: origin.from } as const
      await assert.rejects(scopeOf(signedIn, request, deps), { problemName: 'not-found' })
    }
    await deps.store.db
      .updateTable('role_binding')
      .set({ role: 'read-only' })
      .where('tenant_id', '=', done.tenantId)
      .execute()
    const write = { tenant: done.tenantId, permission: 'users:write', from: origin.from } as const
    await assert.rejects(scopeOf(signedIn, write, deps), { problemName: 'not-allowed' })
  }),
)

testOnBoth('guessing is slowed, and an address that signed in before is not kept out by it', (place) =>
  withStore(place, async (deps, clock) => {
    await setUp(deps)
    const guess = (from: string) =>
      signIn({ email: 'anna@acme.example', password: 'guess' }, { from, userAgent: '' }, deps).catch(
        (error: { problemName: string }) => error.problemName,
      )
    const answers: unknown[] = []
    // The passwords are checked for real: few guesses from many addresses are enough to empty the account's
    // budget.
    for (let at = 0; at < 12; at += 1) answers.push(await guess(`203.0.113.${at}`))
    assert.deepEqual(answers.slice(9), ['wrong-credentials', 'too-many-attempts', 'too-many-attempts'])
    const known = await signIn({ email: 'anna@acme.example', password }, origin, deps)
    assert.ok(known.secret)
    clock.add(31_000)
    assert.equal(await guess('203.0.113.99'), 'wrong-credentials')
  }),
)

test('budgets refill, and a right password costs nothing', () => {
  const clock = steadyClock()
  const attempts = new SignInAttempts(clock)
  const known = { account: 'a', from: '192.0.2.1', isKnown: true }
  for (let at = 0; at < 100; at += 1) {
    assert.equal(attempts.take(known), 0)
    attempts.giveBack(known)
  }
  for (let at = 0; at < 10; at += 1) assert.equal(attempts.take(known), 0)
  assert.equal(attempts.take(known), 10)
  clock.add(10_000)
  assert.equal(attempts.take(known), 0)
  assert.equal(attempts.take({ account: 'b', from: '192.0.2.1', isKnown: false }), 0)
})

test('a password verifies by its own parameters, however it was typed', async () => {
  const passwords = createPasswords()
  const encoded = await passwords.hash('Zürich im Regen')
  assert.match(encoded, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/)
  assert.equal(await passwords.verify('Zürich im Regen', encoded), true)
  assert.equal(await passwords.verify('Zu\u0308rich im Regen', encoded), true)
  assert.equal(await passwords.verify('Zurich im Regen', encoded), false)
  assert.equal(await passwords.verify('anything', null), false)
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => passwords.verify('Zürich im Regen', encoded)))
  assert.ok(all.every(Boolean))
  const crowd = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.verify('x', null)))
  assert.ok(
    crowd.some((result) => result.status === 'rejected' && result.reason.problemName === 'too-many-attempts'),
  )
})
