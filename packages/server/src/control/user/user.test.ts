// Users over both databases: addresses of own domains only, one owner each, every change in the feed, tenants
// apart.
import assert from 'node:assert/strict'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { addUser, listUsers, removeUser, updateUser } from './user.ts'
import { getUser } from './user-detail.ts'

testOnBoth('a user is added, changed and removed, with every address in the feed', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const input = {
      email: ' Ann@ACME.example ',
      name: ' Ann  Smith',
      aliases: ['a@acme.example', 'ann@acme.example'],
    }
    const ann = await addUser(acme, input, deps)
    assert.deepEqual(
      [ann.email, ann.name, ann.aliases, ann.sources, ann.enabled, ann.revision],
      ['Ann@acme.example', 'Ann Smith', ['a@acme.example'], ['manual'], true, 1],
    )
    clock.add(1000)
    const change = { name: 'Ann', aliases: ['A@acme.example', 'b@acme.example'], enabled: false }
    const changed = await updateUser(acme, { user: ann.id, change, expected: 1 }, deps)
    assert.deepEqual(
      [changed.name, changed.aliases, changed.enabled, changed.revision],
      ['Ann', ['a@acme.example', 'b@acme.example'], false, 2],
    )
    await refused(updateUser(acme, { user: ann.id, change, expected: 1 }, deps), 'changed-meanwhile')
    await updateUser(acme, { user: 'ANN@acme.example', change: { aliases: [] }, expected: null }, deps)
    await removeUser(acme, ann.id, deps)
    await refused(getUser(acme, ann.id, deps), 'not-found')
    assert.deepEqual(await feedOf(deps, acme), [
      '+ann@acme.example',
      '+a@acme.example',
      '+b@acme.example',
      '-a@acme.example',
      '-b@acme.example',
      '-ann@acme.example',
    ])
    assert.deepEqual(await actionsOf(deps, acme), [
      'user.added',
      'user.changed',
      'user.changed',
      'user.removed',
    ])
  }),
)

testOnBoth('addresses: own validated domains only, and one owner each', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Globex', 'globex.example')
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: ['a@acme.example'] }, deps)
    const bob = await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
    for (const [email, name, reason] of [
      ['ann@', 'invalid-input', /not an e-mail address/],
      ['ann@[192.0.2.1]', 'invalid-input', /not an e-mail address/],
      ['ann@globex.example', 'address-not-in-domain', /globex\.example is not a domain of yours/],
      ['ann@sub.acme.example', 'address-not-in-domain', /below acme\.example it needs no proof/],
      ['ANN@acme.example', 'address-exists', /belongs to ann@acme\.example/],
      ['a@acme.example', 'address-exists', /belongs to ann@acme\.example/],
    ] as const) {
      assert.match(
        (await refused(addUser(acme, { email, name: '', aliases: [] }, deps), name)).message,
        reason,
      )
    }
    const change = { aliases: ['a@acme.example'] }
    await refused(updateUser(acme, { user: bob.id, change, expected: null }, deps), 'address-exists')
    await refused(
      updateUser(other, { user: bob.id, change: { name: 'X' }, expected: null }, deps),
      'not-found',
    )
    await refused(removeUser(other, 'bob@acme.example', deps), 'not-found')
    const there = await addUser(other, { email: 'ann@globex.example', name: 'Ann', aliases: [] }, deps)
    await refused(getUser(acme, there.id, deps), 'not-found')
    assert.deepEqual(await feedOf(deps, other), ['+ann@globex.example'])
    assert.equal((await listUsers(other, { limit: 10 }, deps)).total, 1)
  }),
)

testOnBoth('a user that was only seen in mail is taken over by the form', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const seen = await addUser(
      acme,
      { email: 'ann@acme.example', name: '', aliases: ['a@acme.example'] },
      deps,
    )
    await deps.store.db
      .updateTable('user_source')
      .set({ source: 'seen-in-mail' })
      .where('tenant_id', '=', acme.tenantId)
      .execute()
    const aliases = ['a@acme.example', 'b@acme.example']
    const taken = await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases }, deps)
    assert.deepEqual([taken.id, taken.name, taken.aliases], [seen.id, 'Ann', aliases])
    assert.deepEqual(taken.sources, ['manual'])
  }),
)

testOnBoth('lists: by address, in pages, by the beginning of name, address or alias', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    for (const [email, name, alias] of [
      ['zoe', 'Ángela Zoe', 'sales'],
      ['bob', 'Bob', 'b'],
      ['ann', 'Ann', 'a'],
      ['an_', '100 % Ann', 'x'],
    ]) {
      const input = { email: `${email}@acme.example`, name: name!, aliases: [`${alias}@acme.example`] }
      await addUser(acme, input, deps)
    }
    const first = await listUsers(acme, { limit: 3 }, deps)
    assert.deepEqual(
      [first.total, ...first.items.map(({ email }) => email)],
      [4, 'an_@acme.example', 'ann@acme.example', 'bob@acme.example'],
    )
    const second = await listUsers(acme, { limit: 3, after: first.next! }, deps)
    assert.deepEqual([second.next, ...second.items.map(({ email }) => email)], [null, 'zoe@acme.example'])
    for (const [search, expected] of [
      ['AN', ['an_', 'ann', 'zoe']],
      ['an_', ['an_']],
      ['angela', ['zoe']],
      ['Sales@acme', ['zoe']],
      ['%', []],
      ['100 %', ['an_']],
      ['\u0301', []],
      ['nobody', []],
    ] as const) {
      const found = (await listUsers(acme, { limit: 10, search }, deps)).items
      assert.deepEqual(
        found.map(({ email }) => email.split('@')[0]),
        expected,
        search,
      )
    }
    assert.equal((await listUsers(acme, { limit: 10, source: 'spreadsheet' }, deps)).items.length, 0)
    assert.equal((await listUsers(acme, { limit: 10, source: 'manual', search: 'b' }, deps)).items.length, 1)
  }),
)

async function feedOf({ store }: Deps, { tenantId }: Scope): Promise<string[]> {
  const rows = await store.db
    .selectFrom('feed')
    .select(['key', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('list', '=', 'recipient')
    .orderBy('position')
    .execute()
  return rows.map(({ key, value }) => `${value === null ? '-' : '+'}${key}`)
}

async function actionsOf({ store }: Deps, { tenantId }: Scope): Promise<string[]> {
  const rows = await store.db
    .selectFrom('audit')
    .select('action')
    .where('tenant_id', '=', tenantId)
    .where('action', 'like', 'user%')
    .orderBy('id')
    .execute()
  return rows.map(({ action }) => action).toSorted()
}

async function refused(work: Promise<unknown>, name: string): Promise<Problem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `expected ${name}, got ${String(error)}`)
  assert.equal(error.problemName, name)
  return error
}
