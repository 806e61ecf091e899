// Many users at once over both databases: sign-in, groups, removal; who is left alone and why; and back.
import assert from 'node:assert/strict'
import type { BulkAction } from '@gatepost/contract/user.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import { createGroup } from '../policy/group.ts'
import { changeMembers, listMembers } from '../policy/members.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { Scope } from '../scope.ts'
import { applyPeople } from './apply.ts'
import { changeUsers, undoUsersChange } from './bulk.ts'
import { exportUsers } from './export.ts'
import { UNDO_MS } from './import-store.ts'
import { addUser, listUsers, removeUser, updateUser } from './user.ts'
import { getUser } from './user-detail.ts'

/** Ann and Bob by hand, Cleo from a directory, Anna an administrator. */
async function people(deps: Deps): Promise<Scope> {
  const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
  for (const name of ['ann', 'bob', 'anna'])
    await addUser(acme, { email: `${name}@acme.example`, name, aliases: [`${name}.x@acme.example`] }, deps)
  const entry = {
    externalId: '1',
    kind: 'user' as const,
    email: 'cleo@acme.example',
    aliases: ['c@acme.example'],
    name: 'Cleo',
    userName: null,
    signInEnabled: false,
    attributes: new Map([['title', 'Chief']]),
    members: [],
    place: '',
  }
  const staff = {
    ...entry,
    externalId: 'g',
    kind: 'group' as const,
    email: null,
    aliases: [],
    name: 'Staff',
    members: ['1'],
  }
  const source = { kind: 'directory', connectorId: 'con_1' } as const
  const said = { tenantId: acme.tenantId, source, upserts: [entry, staff], removals: [], now: START }
  await deps.store.transaction((trx) => applyPeople(trx, said, deps))
  return acme
}

const all = (acme: Scope, action: BulkAction, deps: Deps, group?: string) =>
  changeUsers(acme, { action, where: { domain: 'acme.example' }, expected: 4, group }, deps)

async function totalOf(acme: Scope, deps: Deps, filter: object): Promise<number | null> {
  return (await listUsers(acme, { limit: 1, ...filter }, deps)).total
}

testOnBoth(
  'sign-in is switched for all that a filter finds, and back; directories keep their word',
  (place) =>
    withStore(place, async (deps, clock) => {
      const acme = await people(deps)
      const off = await all(acme, 'disable', deps)
      const anna = { email: 'anna@acme.example', why: /is an administrator/ }
      assert.deepEqual([off.changed, off.left[0]?.email, off.leftCount], [3, anna.email, 1])
      assert.match(off.left[0]?.why ?? '', anna.why)
      assert.equal(await totalOf(acme, deps, { enabled: 'no' }), 3)
      const alone = { user: anna.email, change: { enabled: false }, expected: null }
      await assert.rejects(updateUser(acme, alone, deps), anna.why)
      clock.add(1) // Which of two of one moment came later, nobody could tell.
      const on = await all(acme, 'enable', deps)
      assert.deepEqual(
        [on.changed, on.left],
        [2, [{ email: 'cleo@acme.example', why: 'A directory has the account disabled.' }]],
      )
      assert.equal((await undoUsersChange(acme, on.id, deps)).state, 'undone')
      assert.equal(await totalOf(acme, deps, { enabled: 'no' }), 3)
      clock.add(UNDO_MS + 1)
      await assert.rejects(undoUsersChange(acme, off.id, deps), /time is over/)
      await assert.rejects(
        changeUsers(acme, { action: 'enable', where: {}, expected: 3 }, deps),
        /finds 4 users by now/,
      )
    }),
)

testOnBoth('removal leaves users of directories and administrators, and is taken back whole', (place) =>
  withStore(place, async (deps) => {
    const acme = await people(deps)
    const other = await addOrganisation(deps.store, 'Globex', 'globex.example')
    const group = await createGroup(
      acme,
      { name: 'Team', description: '', addresses: [], domains: [], reason: '' },
      deps,
    )
    const change = { group: group.id, add: ['ann@acme.example', 'bob@acme.example'], remove: [] }
    assert.deepEqual(await changeMembers(acme, change, deps), { added: 2, removed: 0, memberCount: 2 })
    const before = await getUser(acme, 'ann@acme.example', deps)
    const done = await all(acme, 'remove', deps)
    assert.equal(done.changed, 2)
    assert.deepEqual(done.left.map(({ why }) => why).toSorted(), [
      'anna@acme.example is an administrator. Take the role away first.',
      'cleo@acme.example comes from a directory. Remove it there.',
    ])
    assert.equal((await listMembers(acme, { group: group.id, limit: 10 }, deps)).total, 0)
    await assert.rejects(undoUsersChange(other, done.id, deps), /There is no change/)
    await undoUsersChange(acme, done.id, deps)
    const { revision: _one, ...after } = await getUser(acme, 'ann@acme.example', deps)
    const { revision: _two, ...was } = before
    assert.deepEqual(after, was)
    assert.equal((await listMembers(acme, { group: group.id, limit: 10 }, deps)).total, 2)
    await assert.rejects(removeUser(acme, 'cleo@acme.example', deps), /comes from a directory/)
    const wrong = { user: 'cleo@acme.example', change: { name: 'C' }, expected: null }
    await assert.rejects(updateUser(acme, wrong, deps), /The name comes from a directory/)
    const drop = { user: 'cleo@acme.example', change: { aliases: [] }, expected: null }
    await assert.rejects(updateUser(acme, drop, deps), /c@acme.example comes from a directory/)
  }),
)

testOnBoth('groups: many in and out; policies that name them reach all addresses of their users', (place) =>
  withStore(place, async (deps) => {
    const acme = await people(deps)
    const fields = { name: 'Team', description: '', addresses: ['x@far.example'], domains: [], reason: '' }
    const group = await createGroup(acme, fields, deps)
    const inside = await all(acme, 'add-to-group', deps, group.id)
    assert.deepEqual([inside.changed, await totalOf(acme, deps, { group: group.id })], [4, 4])
    const staff = await deps.store.db
      .selectFrom('address_group')
      .select('id')
      .where('tenant_id', '=', acme.tenantId)
      .where('origin', '=', 'directory')
      .executeTakeFirstOrThrow()
    await assert.rejects(all(acme, 'add-to-group', deps, staff.id), /kept by a directory/)
    const rule = JSON.stringify({ from: { kind: 'everyone' }, to: { kind: 'everyone' } })
    const policy = {
      tenant_id: acme.tenantId,
      type: 'greylisting',
      description: '',
      search: '',
      enabled: 1 as const,
    }
    for (const [id, to_group] of [
      ['pol_1', group.id],
      ['pol_2', staff.id],
    ] as const) {
      const more = {
        id,
        name: id,
        origin: 'person' as const,
        origin_id: null,
        locked: 0 as const,
        rule,
        to_group,
      }
      const times = {
        valid_from: null,
        valid_until: null,
        created_at: START,
        created_by: 'x',
        updated_at: START,
      }
      await deps.store.db
        .insertInto('policy')
        .values({ ...policy, ...more, ...times, from_group: null, revision: 1 })
        .execute()
    }
    const compiled = await createPublishingStore(deps.store).rowsOf(acme.tenantId)
    const addressesOf = (id: string) => compiled?.groups?.find((one) => one.id === id)?.addresses
    assert.deepEqual(addressesOf(staff.id), ['c@acme.example', 'cleo@acme.example'])
    assert.equal(addressesOf(group.id)?.length, 9)
    await undoUsersChange(acme, inside.id, deps)
    assert.equal(await totalOf(acme, deps, { group: group.id }), 0)
  }),
)

testOnBoth('a user’s page tells what each source says; the export can be imported again', (place) =>
  withStore(place, async (deps) => {
    const acme = await people(deps)
    await updateUser(
      acme,
      {
        user: 'cleo@acme.example',
        change: {
          aliases: ['c@acme.example', 'boss@acme.example'],
          attributes: [{ name: 'Office', value: 'Bern' }],
        },
        expected: null,
      },
      deps,
    )
    const cleo = await getUser(acme, 'cleo@acme.example', deps)
    assert.deepEqual(cleo.attributes, [
      { name: 'Office', value: 'Bern', from: 'Written here' },
      { name: 'title', value: 'Chief', from: 'Directory' },
    ])
    assert.deepEqual(cleo.aliases, ['boss@acme.example', 'c@acme.example'])
    assert.deepEqual(
      cleo.provenance.map(({ source, email, enabled }) => [source, email, enabled]),
      [['directory', 'cleo@acme.example', false]],
    )
    let text = ''
    for await (const piece of exportUsers(acme, { search: 'cleo' }, deps)) text += piece
    assert.equal(
      text,
      '\u{feff}email,name,aliases,groups,enabled,attr:Office,attr:title\r\n' +
        'cleo@acme.example,Cleo,"boss@acme.example;c@acme.example",,no,Bern,Chief\r\n',
    )
  }),
)
