// What directories say over both databases: who is added, joined, changed, kept and removed, and what is told
// where it contradicts the list; groups in groups.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DirectoryEntry } from '@gatepost/directory/entry.ts'
import { testOnBoth, withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import type { Scope } from '../scope.ts'
import { type Applied, applyPeople, type ConnectorSource, changesOf, previewPeople } from './apply.ts'
import { addUser, listUsers, updateUser } from './user.ts'
import { getUser } from './user-detail.ts'

const ad: ConnectorSource = { kind: 'directory', connectorId: 'con_ad' }
const entra: ConnectorSource = { kind: 'entra', connectorId: 'con_entra' }

function entry(externalId: string, email: string | null, more: Partial<DirectoryEntry> = {}): DirectoryEntry {
  return {
    externalId,
    kind: 'user',
    email,
    aliases: [],
    name: externalId,
    userName: null,
    signInEnabled: true,
    attributes: new Map(),
    members: [],
    place: `cn=${externalId}`,
    ...more,
  }
}

function apply(
  { tenantId }: Scope,
  source: ConnectorSource,
  upserts: readonly DirectoryEntry[],
  { store }: Deps,
  removals: readonly string[] = [],
): Promise<Applied> {
  const input = { tenantId, source, upserts, removals, now: START }
  return store.transaction((trx) => applyPeople(trx, input, { store }))
}

async function listed(scope: Scope, deps: Deps): Promise<readonly string[]> {
  const { items } = await listUsers(scope, { limit: 100 }, deps)
  return items.map(({ email, name, aliases, sources, enabled }) => {
    return `${[email, ...aliases].join(' ')} “${name}” ${sources.join(' ')}${enabled ? '' : ' off'}`
  })
}

function counts({ added, changed, removed, kept, unchanged, skipped }: Applied): readonly number[] {
  return [added, changed, removed, kept, unchanged, skipped.length]
}

testOnBoth('a directory adds, changes and removes; the same word twice changes nothing', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const ann = entry('ann', 'ann@acme.example', { aliases: ['a@acme.example', 'ann@acme.onmicrosoft.com'] })
    const room = entry('room', 'room@acme.example', { kind: 'resource', signInEnabled: false })
    const first = await apply(acme, ad, [ann, room, entry('none', null), entry('far', 'x@far.example')], deps)
    assert.deepEqual(counts(first), [2, 0, 0, 0, 0, 2])
    assert.match(first.skipped[1]!.why, /x@far.example is in no validated domain/)
    assert.deepEqual(counts(await apply(acme, ad, [ann, room], deps)), [0, 0, 0, 0, 2, 0])
    const moved = entry('ann', 'ann.smith@acme.example', {
      name: 'Ann Smith',
      aliases: ['ann@acme.example'],
      signInEnabled: false,
    })
    const second = await apply(acme, ad, [moved], deps)
    assert.deepEqual(second.changes, [
      {
        kind: 'changed',
        externalId: 'ann',
        email: 'ann.smith@acme.example',
        name: 'Ann Smith',
        what: [
          'main address ann@acme.example → ann.smith@acme.example',
          'name “ann” → “Ann Smith”',
          'may no longer sign in',
          'alias ann.smith@acme.example added',
          'alias a@acme.example removed',
        ],
      },
    ])
    assert.deepEqual(await listed(acme, deps), [
      'ann.smith@acme.example ann@acme.example “Ann Smith” directory off',
      'room@acme.example “room” directory',
    ])
    assert.deepEqual(await fed(deps, acme), [
      'ann.smith@acme.example directory',
      'ann@acme.example directory ann.smith@acme.example',
      'room@acme.example directory',
    ])
    assert.deepEqual(counts(await apply(acme, ad, [], deps, ['ann', 'room'])), [0, 0, 2, 0, 0, 0])
    assert.deepEqual(await fed(deps, acme), [])
  }),
)

testOnBoth('who another source names stays, with what that source says', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann by hand', aliases: ['a@acme.example'] }, deps)
    await apply(
      acme,
      ad,
      [entry('1', 'ann@acme.example', { name: 'Ann AD', aliases: ['x@acme.example'] })],
      deps,
    )
    await apply(acme, entra, [entry('g1', 'ann@acme.example', { name: 'Ann E', signInEnabled: false })], deps)
    assert.deepEqual(await listed(acme, deps), [
      'ann@acme.example a@acme.example x@acme.example “Ann AD” directory entra manual off',
    ])
    const gone = await apply(acme, ad, [], deps, ['1'])
    assert.deepEqual(counts(gone), [0, 0, 0, 1, 0, 0])
    assert.deepEqual(await listed(acme, deps), ['ann@acme.example a@acme.example “Ann E” entra manual off'])
    await apply(acme, entra, [], deps, ['g1'])
    assert.deepEqual(await listed(acme, deps), ['ann@acme.example a@acme.example “Ann by hand” manual'])
    assert.deepEqual(await fed(deps, acme), [
      'a@acme.example manual ann@acme.example',
      'ann@acme.example manual',
    ])
  }),
)

testOnBoth('an alias there that is a user here: joined, absorbed or left out with the reason', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'old@acme.example', name: 'Old', aliases: [] }, deps)
    await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: ['sales@acme.example'] }, deps)
    const result = await apply(
      acme,
      ad,
      [
        entry('1', 'new@acme.example', { name: 'New', aliases: ['old@acme.example'] }),
        entry('2', 'sales@acme.example', { kind: 'shared-mailbox' }),
        entry('3', 'cleo@acme.example', { aliases: ['bob@acme.example', 'c@acme.example'] }),
        entry('4', 'dora@acme.example', { aliases: ['c@acme.example'] }),
        entry('5', 'dora@acme.example'),
      ],
      deps,
    )
    assert.deepEqual(
      result.skipped.map(({ externalId, why }) => `${externalId}: ${why}`),
      [
        '2: sales@acme.example is an alias of bob@acme.example. Remove it there first.',
        '5: dora@acme.example belongs to cn=4 in the same directory. Give each its own address there.',
      ],
    )
    assert.deepEqual(
      result.notes.map(({ externalId, why }) => `${externalId}: ${why}`),
      ['4: c@acme.example is an alias of cleo@acme.example already, so it is left out here.'],
    )
    assert.deepEqual(await listed(acme, deps), [
      'cleo@acme.example bob@acme.example c@acme.example sales@acme.example “3” directory manual',
      'dora@acme.example “4” directory',
      'new@acme.example old@acme.example “New” directory manual',
    ])
  }),
)

testOnBoth('addresses swap between users, and an account made anew keeps its user', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await apply(acme, ad, [entry('1', 'ann@acme.example'), entry('2', 'bob@acme.example')], deps)
    const ann = await getUser(acme, 'ann@acme.example', deps)
    const swap = [entry('1', 'bob@acme.example'), entry('2', 'ann@acme.example')]
    const swapped = await apply(acme, ad, swap, deps)
    assert.deepEqual(counts(swapped), [0, 2, 0, 0, 0, 0])
    assert.equal((await getUser(acme, 'bob@acme.example', deps)).id, ann.id)
    const anew = await apply(acme, ad, [entry('9', 'bob@acme.example')], deps, ['1'])
    assert.deepEqual(counts(anew), [0, 1, 0, 0, 0, 0])
    assert.equal((await getUser(acme, 'bob@acme.example', deps)).id, ann.id)
  }),
)

testOnBoth('groups in groups hold the users of all, also when they come later or go round', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const group = (id: string, members: readonly string[]) => entry(id, null, { kind: 'group', members })
    const people = [entry('1', 'ann@acme.example'), entry('2', 'bob@acme.example')]
    const groups = [group('all', ['sales', '1']), group('sales', ['2', '3', 'all']), group('none', [])]
    const first = await apply(acme, ad, [...people, ...groups], deps)
    assert.deepEqual(first.groups, { added: 3, changed: 2, removed: 0 })
    assert.deepEqual(await membersByGroup(deps, acme), ['all: ann bob', 'none: ', 'sales: ann bob'])
    await apply(acme, ad, [entry('3', 'cleo@acme.example')], deps)
    assert.deepEqual(await membersByGroup(deps, acme), ['all: ann bob cleo', 'none: ', 'sales: ann bob cleo'])
    await apply(acme, ad, [group('sales', ['2'])], deps)
    assert.deepEqual(await membersByGroup(deps, acme), ['all: ann bob', 'none: ', 'sales: bob'])
    await apply(acme, ad, [], deps, ['sales', '2'])
    assert.deepEqual(await membersByGroup(deps, acme), ['all: ann', 'none: '])
  }),
)

testOnBoth('a preview changes nothing, and hands and organisations stay apart', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Globex', 'globex.example')
    const upserts = [entry('1', 'ann@acme.example')]
    const input = { tenantId: acme.tenantId, source: ad, upserts, removals: [], now: START }
    const plan = await previewPeople(deps.store.db, input)
    assert.deepEqual(
      changesOf(plan).map(({ kind, email }) => `${kind} ${email}`),
      ['added ann@acme.example'],
    )
    assert.deepEqual(await listed(acme, deps), [])
    await apply(acme, ad, upserts, deps)
    assert.equal((await apply(other, ad, upserts, deps)).skipped.length, 1)
    assert.deepEqual(counts(await apply(other, ad, [], deps, ['1'])), [0, 0, 0, 0, 0, 0])
    assert.equal((await listed(acme, deps)).length, 1)
    const { id } = await getUser(acme, 'ann@acme.example', deps)
    await updateUser(acme, { user: id, change: { enabled: false }, expected: null }, deps)
    assert.deepEqual(counts(await apply(acme, ad, upserts, deps)), [0, 0, 0, 0, 1, 0])
    assert.deepEqual(await listed(acme, deps), ['ann@acme.example “1” directory off'])
  }),
)

test('10,000 users with groups are applied, and again', { timeout: 240_000 }, (context) =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const users = Array.from({ length: 10_000 }, (_, at) => {
        const aliases = [`a${at}@acme.example`, `b${at}@acme.example`]
        return entry(`u${at}`, `user${at}@acme.example`, { aliases, name: `User ${at}` })
      })
      const groups = Array.from({ length: 100 }, (_, at) => {
        const members = users.filter((_, index) => index % 100 === at || index % 7 === at % 7)
        return entry(`g${at}`, null, { kind: 'group', members: members.map(({ externalId }) => externalId) })
      })
      const start = performance.now()
      const first = await apply(acme, ad, [...users, ...groups], deps)
      const between = performance.now()
      const again = await apply(acme, ad, [...users, ...groups], deps)
      const end = performance.now()
      assert.deepEqual([first.added, again.unchanged, again.changed], [10_000, 10_000, 0])
      context.diagnostic(`first ${Math.round(between - start)} ms, again ${Math.round(end - between)} ms`)
    }),
  ),
)

async function fed({ store }: Deps, { tenantId }: Scope): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom('feed')
    .select(['key', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('list', '=', 'recipient')
    .orderBy('position')
    .execute()
  const last = new Map<string, string | null>(rows.map(({ key, value }) => [key, value]))
  return [...last]
    .flatMap(([key, value]) => {
      if (value === null) return []
      const { source, user } = JSON.parse(value) as { source: string; user?: string }
      return [[key, source, user].filter(Boolean).join(' ')]
    })
    .toSorted()
}

async function membersByGroup({ store }: Deps, { tenantId }: Scope): Promise<readonly string[]> {
  const groups = await store.db
    .selectFrom('address_group')
    .select(['id', 'name', 'member_count'])
    .where('tenant_id', '=', tenantId)
    .where('origin', '=', 'directory')
    .orderBy('name_key')
    .execute()
  const members = await store.db
    .selectFrom('group_member')
    .innerJoin('user', 'user.id', 'group_member.user_id')
    .select(['group_id', 'user.email'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('user.tenant_id', '=', tenantId)
    .orderBy('user.email')
    .execute()
  return groups.map(({ id, name, member_count }) => {
    const own = members.filter(({ group_id }) => group_id === id).map(({ email }) => email.split('@')[0])
    assert.equal(own.length, member_count)
    return `${name}: ${own.join(' ')}`
  })
}
