// Roles on both databases: who may give what, the last super administrator, invitations, groups, operators.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isProtected,
  type Permission,
  permissionsOf,
  type Role,
  roles,
} from '@gatepost/contract/permission.ts'
import { listAudit } from '@gatepost/server/control/audit/read.ts'
import { accessOf } from '@gatepost/server/control/auth/access.ts'
import { acceptInvitation, checkInvitation } from '@gatepost/server/control/role/accept.ts'
import {
  giveRole,
  listAdministrators,
  removeAdministrator,
} from '@gatepost/server/control/role/administrator.ts'
import { giveGroupRole, listGroupRoles } from '@gatepost/server/control/role/group-role.ts'
import { inviteAdministrator, listInvitations } from '@gatepost/server/control/role/invitation.ts'
import { inviteOperator, listOperators, setOperator } from '@gatepost/server/control/role/operator.ts'
import { createRole, listRoles, removeRole, updateRole } from '@gatepost/server/control/role/role.ts'
import type { RoleScope } from '@gatepost/server/control/role/rules.ts'
import { findBearer } from '@gatepost/server/control/token/bearer.ts'
import { createToken } from '@gatepost/server/control/token/token.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import type { Store } from '@gatepost/server/store/open.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, anna, type Deps, START, withStore } from './fixtures.ts'

test('basic administrators hold no protected permission, end users only their portal', () => {
  const table = roles.map((role) => [role, isProtected(permissionsOf[role]), permissionsOf[role].length > 1])
  assert.deepEqual(table, [
    ['super', true, true],
    ['full', true, true],
    ['basic', false, true],
    ['help-desk', false, true],
    ['discovery-officer', true, true],
    ['read-only', false, true],
    ['end-user', false, false],
  ])
  assert.ok(permissionsOf.basic.includes('held:content') && !permissionsOf.basic.includes('messages:content'))
  assert.ok(!permissionsOf.full.includes('roles:protected') && permissionsOf.full.includes('roles:write'))
  for (const role of ['help-desk', 'read-only', 'end-user', 'discovery-officer'] as const) {
    assert.deepEqual(
      permissionsOf[role].filter((permission) => permission.endsWith(':write')),
      [],
    )
  }
})

testOnBoth('nobody gives what they do not hold, and protected roles are for super administrators', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    const asRole = (role: Role): RoleScope => ({ ...owner, held: permissionsOf[role] })
    const bob = await person(deps.store, owner.tenantId, { name: 'Bob', role: 'help-desk' })
    const refused: readonly [Role, Role][] = [
      ['basic', 'full'],
      ['basic', 'super'],
      ['basic', 'discovery-officer'],
      ['full', 'super'],
      ['full', 'full'],
      ['full', 'discovery-officer'],
    ]
    for (const [as, role] of refused) {
      const given = giveRole(asRole(as), { person: bob, role }, deps)
      await assert.rejects(given, { problemName: 'not-allowed' }, `${as} gives ${role}`)
    }
    for (const role of ['basic', 'read-only', 'help-desk', 'end-user'] as const) {
      assert.equal((await giveRole(asRole('basic'), { person: bob, role }, deps)).role, role)
    }
    const helper = { ...owner, held: [...permissionsOf['help-desk'], 'roles:write'] as Permission[] }
    await assert.rejects(giveRole(helper, { person: bob, role: 'basic' }, deps), {
      problemName: 'not-allowed',
      message: /you do not hold .* yourself/,
    })
    assert.equal((await giveRole(owner, { person: bob, role: 'full' }, deps)).role, 'full')
    // What was given by the stronger is not taken by the weaker.
    const taken = removeAdministrator(asRole('basic'), bob, deps)
    await assert.rejects(taken, { problemName: 'not-allowed' })
    await assert.rejects(giveRole(owner, { person: bob, role: 'rol_none' }, deps), {
      problemName: 'invalid-input',
    })
  }),
)

testOnBoth('an organisation keeps a super administrator, also when two demote each other at once', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    await assert.rejects(removeAdministrator(owner, anna.id, deps), { problemName: 'last-super' })
    await assert.rejects(giveRole(owner, { person: anna.id, role: 'basic' }, deps), {
      problemName: 'last-super',
    })
    const bob = await person(deps.store, owner.tenantId, { name: 'Bob', role: 'super' })
    const both = await Promise.allSettled([
      giveRole(owner, { person: anna.id, role: 'basic' }, deps),
      removeAdministrator(owner, bob, deps),
    ])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const { items } = await listAdministrators(owner, { limit: 50 }, deps)
    assert.equal(items.filter(({ role }) => role === 'super').length, 1)
  }),
)

testOnBoth('the installation keeps an operator, also when two demote each other at once', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    const bob = await person(deps.store, owner.tenantId, { name: 'Bob', role: 'super' })
    await deps.store.db.updateTable('person').set({ operator: 1 }).where('id', 'in', [anna.id, bob]).execute()
    const demoted = (person: string) => setOperator(owner, { person, installation: false, tenants: [] }, deps)
    const both = await Promise.allSettled([demoted(anna.id), demoted(bob)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const { items } = await listOperators(anna.id, deps)
    assert.equal(items.filter(({ installation }) => installation).length, 1)
  }),
)

testOnBoth('a token acts from outside as long as its maker does, so that the organisation sees it', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    const bob = await person(deps.store, owner.tenantId, { name: 'Bob', role: 'full' })
    const scope = { ...owner, actor: { kind: 'person', id: bob, name: 'Bob' } as const }
    const asked = { name: 'Sync', permissions: ['users:read'] as const, days: 7 }
    const { token } = await createToken(scope, asked, deps)
    const actsFromOutside = async () =>
      (await findBearer(token, '192.0.2.1', deps))?.tenants.map(({ asOperator }) => asOperator)
    assert.deepEqual(await actsFromOutside(), [false])
    await deps.store.db
      .updateTable('role_binding')
      .set({ as_operator: 1 })
      .where('tenant_id', '=', owner.tenantId)
      .where('person_id', '=', bob)
      .execute()
    assert.deepEqual(await actsFromOutside(), [true])
  }),
)

testOnBoth('an own role counts at once when it is given, changed and taken', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    const bob = await person(deps.store, owner.tenantId, { name: 'Bob', role: 'end-user' })
    const mayOf = async () => (await accessOf(deps.store.db, bob))[0]?.permissions ?? []
    const fields = { name: 'Senders desk', description: '', permissions: ['senders:write'] as const }
    const made = await createRole(owner, fields, deps)
    assert.deepEqual([made.permissions, made.security], [['senders:read', 'senders:write'], 'none'])
    await assert.rejects(createRole(owner, { ...fields, name: 'SENDERS DESK' }, deps), {
      problemName: 'invalid-input',
    })
    await giveRole(owner, { person: bob, role: made.id }, deps)
    assert.deepEqual(await mayOf(), ['senders:read', 'senders:write'])
    const wider = { ...fields, permissions: ['senders:write', 'users:read'] as const }
    const stale = updateRole(owner, { id: made.id, fields: wider, expected: 7 }, deps)
    await assert.rejects(stale, { problemName: 'changed-meanwhile' })
    await updateRole(owner, { id: made.id, fields: wider, expected: made.revision }, deps)
    assert.deepEqual(await mayOf(), ['users:read', 'senders:read', 'senders:write'])
    await assert.rejects(removeRole(owner, made.id, deps), { problemName: 'role-in-use' })
    await removeAdministrator(owner, bob, deps)
    assert.deepEqual(await mayOf(), [])
    await removeRole(owner, made.id, deps)
    const basic = { ...owner, held: permissionsOf.basic }
    const strong = { name: 'Reader', description: '', permissions: ['messages:content'] as const }
    await assert.rejects(createRole(basic, strong, deps), { problemName: 'not-allowed' })
    const protectedRole = await createRole(owner, { ...strong, permissions: ['roles:protected'] }, deps)
    assert.deepEqual([protectedRole.protected, protectedRole.security], [true, 'protected'])
    const emptied = { id: protectedRole.id, fields, expected: null }
    await assert.rejects(updateRole(basic, emptied, deps), { problemName: 'not-allowed' })
    const { items } = await listRoles(basic, deps)
    assert.deepEqual(
      items.filter(({ mayGive }) => mayGive).map(({ id }) => id),
      ['basic', 'help-desk', 'read-only', 'end-user'],
    )
    const system = { name: 'S', description: '', permissions: ['system:write'] as const }
    await assert.rejects(createRole(owner, system, deps), { problemName: 'invalid-input' })
  }),
)

testOnBoth('an invitation works once, and an account that exists takes it only signed in', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    const ask = { email: 'Nora@acme.example', name: 'Nora', role: 'basic', send: 'show' } as const
    const stale = tokenIn(await inviteAdministrator(owner, ask, deps))
    const token = tokenIn(await inviteAdministrator(owner, ask, deps))
    assert.equal((await listInvitations(owner, deps)).items.length, 1)
    await assert.rejects(checkInvitation(stale, { personId: null }, deps), {
      problemName: 'invitation-wrong',
    })
    const shown = await checkInvitation(token, { personId: null }, deps)
    assert.deepEqual(
      [shown.organisation, shown.roleName, shown.hasAccount],
      ['Acme', 'Basic administrator', false],
    )
    const nobody = { personId: null, from: '192.0.2.7' }
    await assert.rejects(acceptInvitation({ token }, nobody, deps), { problemName: 'invalid-input' })
    const password = 'a long enough secret'
    const done = await acceptInvitation({ token, password }, nobody, deps)
    assert.equal(done.slug, 'acme')
    await assert.rejects(acceptInvitation({ token, password }, nobody, deps), {
      problemName: 'invitation-wrong',
    })
    const nora = (await listAdministrators(owner, { limit: 9, search: 'nora' }, deps)).items[0]!
    assert.deepEqual([nora.role, nora.canSignIn, nora.lastSeenAt], ['basic', true, null])
    await assert.rejects(inviteAdministrator(owner, ask, deps), { problemName: 'invalid-input' })

    // The same address is asked by another organisation: its password there must not open this one.
    const other = { ...(await addOrganisation(deps.store, 'Other', 'other.example')), held: owner.held }
    const second = tokenIn(await inviteAdministrator(other, ask, deps))
    assert.equal((await checkInvitation(second, { personId: null }, deps)).hasAccount, true)
    const asNew = acceptInvitation({ token: second, password: 'another long secret' }, nobody, deps)
    await assert.rejects(asNew, { problemName: 'not-signed-in' })
    assert.equal((await accessOf(deps.store.db, nora.id)).length, 1)
    await acceptInvitation({ token: second }, { personId: nora.id, from: '192.0.2.7' }, deps)
    assert.equal((await accessOf(deps.store.db, nora.id)).length, 2)
    const basic = { ...owner, held: permissionsOf.basic }
    const super_ = { ...ask, email: 'eve@acme.example', role: 'super' } as const
    await assert.rejects(inviteAdministrator(basic, super_, deps), { problemName: 'not-allowed' })
  }),
)

testOnBoth('a directory group gives its members a role as long as they are enabled', (place) =>
  withStore(place, async (deps) => {
    const owner = await world(deps)
    const { db } = deps.store
    const { tenantId } = owner
    const bob = await person(deps.store, tenantId, { name: 'Bob', role: null })
    await db
      .insertInto('user')
      .values({
        id: 'usr_bob',
        tenant_id: tenantId,
        email: 'bob@acme.example',
        email_key: 'bob@acme.example',
        name: 'Bob',
        name_key: 'bob',
        enabled: 1,
        created_at: START,
        updated_at: START,
        revision: 1,
      })
      .execute()
    await db.updateTable('person').set({ user_id: 'usr_bob' }).where('id', '=', bob).execute()
    const [theirs, ours] = await Promise.all([
      group(deps.store, tenantId, { name: 'Mail admins', origin: 'directory' }),
      group(deps.store, tenantId, { name: 'Local', origin: 'person' }),
    ])
    await db
      .insertInto('group_member')
      .values({ tenant_id: tenantId, group_id: theirs, user_id: 'usr_bob' })
      .execute()
    const give = (groupId: string, role: string) => giveGroupRole(owner, { group: groupId, role }, deps)
    await assert.rejects(give(ours, 'basic'), { problemName: 'not-allowed' })
    await assert.rejects(give(theirs, 'full'), { problemName: 'not-allowed' })
    await give(theirs, 'help-desk')
    const mayOf = async () => (await accessOf(db, bob)).map(({ role }) => role)
    assert.deepEqual(await mayOf(), ['help-desk'])
    assert.equal((await listGroupRoles(owner, deps)).items[0]?.groupName, 'Mail admins')
    await db.updateTable('user').set({ enabled: 0 }).where('tenant_id', '=', tenantId).execute()
    assert.deepEqual(await mayOf(), [])
  }),
)

testOnBoth('an operator acts for chosen organisations, and each sees it', (place) =>
  withStore(place, async (deps, clock) => {
    const owner = await world(deps)
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const by = { actor: anna, from: '192.0.2.1' }
    const tenants = [{ tenant: owner.tenantId, role: 'basic' }]
    const grants = { installation: false, tenants }
    const asked = { ...grants, email: 'mona@msp.example', name: 'Mona' }
    const token = tokenIn(await inviteOperator(by, asked, deps))
    const password = 'a long enough secret'
    await acceptInvitation({ token, password }, { personId: null, from: '192.0.2.9' }, deps)
    const { items } = await listOperators(anna.id, deps)
    const mona = items.find(({ email }) => email === 'mona@msp.example')!
    assert.deepEqual(
      mona.tenants.map(({ slug, role }) => [slug, role]),
      [['acme', 'basic']],
    )
    const access = await accessOf(deps.store.db, mona.id)
    assert.deepEqual(
      access.map(({ slug, asOperator }) => [slug, asOperator]),
      [['acme', true]],
    )
    const log = await listAudit(owner, { limit: 5, who: 'operator' }, deps)
    assert.deepEqual(
      log.items.map(({ action, subject }) => [action, subject]),
      [['operator.admitted', 'Mona']],
    )
    clock.add(1_000)
    const moved = { installation: false, tenants: [{ tenant: other.tenantId, role: 'read-only' }] }
    await setOperator(by, { ...moved, person: mona.id }, deps)
    assert.deepEqual(
      (await accessOf(deps.store.db, mona.id)).map(({ slug, role }) => [slug, role]),
      [['other', 'read-only']],
    )
    const ended = await listAudit(owner, { limit: 1, action: 'operator.' }, deps)
    assert.equal(ended.items[0]?.action, 'operator.left')
    const last = setOperator(by, { installation: false, tenants: [], person: anna.id }, deps)
    await assert.rejects(last, { problemName: 'last-operator' })
  }),
)

/** Acme, with Anna as its super administrator. */
async function world(deps: Deps): Promise<RoleScope> {
  const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
  return { ...scope, held: permissionsOf.super }
}

async function person(
  store: Store,
  tenantId: string,
  { name, role }: { readonly name: string; readonly role: Role | null },
): Promise<string> {
  const id = newId('adm', START)
  const email = `${name.toLowerCase()}@acme.example`
  const row = { id, email, email_key: email, name, password: 'x', operator: 0 } as const
  await store.db
    .insertInto('person')
    .values({ ...row, created_at: START, updated_at: START })
    .execute()
  if (role === null) return id
  await store.db
    .insertInto('role_binding')
    .values({ tenant_id: tenantId, person_id: id, role, created_at: START })
    .execute()
  return id
}

async function group(
  store: Store,
  tenantId: string,
  made: { readonly name: string; readonly origin: 'directory' | 'person' },
): Promise<string> {
  const id = newId('grp', START)
  await store.db
    .insertInto('address_group')
    .values({
      id,
      tenant_id: tenantId,
      name: made.name,
      name_key: made.name.toLowerCase(),
      description: '',
      search: '',
      origin: made.origin,
      entries: '{"addresses":[],"domains":[]}',
      address_count: 0,
      domain_count: 0,
      created_at: START,
      updated_at: START,
      revision: 1,
    })
    .execute()
  return id
}

function tokenIn({ link }: { readonly link: string | null }): string {
  return new URL(link!).hash.slice('#token='.length)
}
