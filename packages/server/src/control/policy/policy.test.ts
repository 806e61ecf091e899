// Policies and groups over both databases: defaults, checks, revisions, conflicts, and what edges get.
import assert from 'node:assert/strict'
import { PolicyDraft, type PolicyDraftIn } from '@gatepost/contract/policy.ts'
import { compileTenant } from '#link/compile.ts'
import { TenantShard } from '#link/snapshot.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import { retentionOf } from '../archive/nightly.ts'
import { insertRule } from '../archive/store.ts'
import { addDomain, removeDomain } from '../domain/domain.ts'
import { Problem } from '../problem.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { ensureDefaults } from './defaults.ts'
import { createGroup, getGroup, listGroups, removeGroup, updateGroup } from './group.ts'
import {
  createPolicy,
  duplicatePolicy,
  enablePolicy,
  getPolicy,
  listPolicies,
  policyHistory,
  policySummary,
  previewPolicy,
  removePolicy,
  updatePolicy,
} from './policy.ts'

const BLOCK: PolicyDraftIn = {
  type: 'blocked-senders',
  name: 'Spammers',
  from: { kind: 'domain', domain: '@Bücher.example' },
  to: { kind: 'everyone' },
  option: { action: 'block' },
}
const PERMIT: PolicyDraftIn = {
  type: 'permitted-senders',
  name: 'Partner',
  from: { kind: 'address', address: 'Bob@Partner.example' },
  to: { kind: 'internal' },
  option: { action: 'permit', onlyIfAuthenticated: true },
}

const draft = (written: PolicyDraftIn, change: Partial<PolicyDraftIn> = {}): PolicyDraft =>
  PolicyDraft.parse({ ...written, ...change })

async function fails(act: Promise<unknown>, name: string, path?: string): Promise<void> {
  const error = await act.then(
    () => assert.fail(`no ${name}`),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Problem)) throw error
  assert.equal(error.problemName, name)
  if (path !== undefined)
    assert.deepEqual(
      error.errors.map((fault) => fault.path),
      path.split(' '),
    )
}

function inStore(name: string, work: (deps: Deps & ControlDeps, scope: Scope) => Promise<void>): void {
  testOnBoth(name, (place) =>
    withStore(place, async (deps) => {
      const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
      await work(deps as Deps & ControlDeps, scope)
    }),
  )
}

inStore(
  'organisations and domains begin with their defaults, and removed ones stay away',
  async (deps, scope) => {
    const { items, total } = await listPolicies(scope, { limit: 50 }, deps)
    assert.deepEqual(items.map(({ type }) => type).toSorted(), [
      'anti-spoofing',
      'attachment-handling',
      'authentication',
      'blocked-senders',
      'blocked-senders',
      'blocked-senders',
      'display-name',
      'greylisting',
      'permitted-senders',
      'spam-scanning',
      'virus-scanning',
      'virus-scanning',
    ])
    assert.equal(total, 12)
    assert.ok(items.every(({ origin, state }) => origin === 'default' && state === 'active'))
    const relay = items.find(({ locked }) => locked)!
    assert.equal(relay.name, 'External to external')
    await fails(duplicatePolicy(scope, { id: relay.id, reason: '' }, deps), 'policy-locked')
    await fails(removePolicy(scope, { id: relay.id, reason: '', expected: null }, deps), 'policy-locked')
    const greylisting = items.find(({ type }) => type === 'greylisting')!
    await removePolicy(scope, { id: greylisting.id, reason: 'not wanted', expected: null }, deps)
    assert.equal(await ensureDefaults(deps), 0)
    const { types } = await policySummary(scope, deps)
    assert.equal(types.find(({ type }) => type === 'greylisting')?.total, 0)
    // A domain brings its policy and takes it away.
    await addDomain(scope, { name: 'eu.acme.example' }, deps)
    const spoofing = () => listPolicies(scope, { limit: 50, type: 'anti-spoofing' }, deps)
    const sides = (await spoofing()).items.map(({ fromText }) => fromText)
    assert.deepEqual(sides.toSorted(), ['acme.example', 'eu.acme.example'])
    await removeDomain(scope, 'eu.acme.example', deps)
    assert.equal((await spoofing()).total, 1)
  },
)

inStore('organisations of an earlier release get their defaults once', async (deps, scope) => {
  for (const table of ['policy', 'policy_default', 'address_group'] as const) {
    await acrossTenants(deps.store.db).deleteFrom(table).execute()
  }
  assert.equal(await ensureDefaults(deps), 1)
  assert.equal(await ensureDefaults(deps), 0)
  assert.equal((await listPolicies(scope, { limit: 50 }, deps)).total, 12)
  // One of the release before screening lacks its policies alone.
  await acrossTenants(deps.store.db).deleteFrom('policy').where('type', '=', 'virus-scanning').execute()
  await acrossTenants(deps.store.db).deleteFrom('policy_default').where('name', '=', 'screening').execute()
  assert.equal(await ensureDefaults(deps), 1)
  assert.equal((await listPolicies(scope, { limit: 50 }, deps)).total, 13)
})

inStore(
  'a policy is written, read in one form, changed by revision, and its history stays',
  async (deps, scope) => {
    const made = await createPolicy(scope, { draft: draft(BLOCK), reason: 'wave of 21 November' }, deps)
    const { id } = made.policy
    assert.deepEqual(made.policy.from, { kind: 'domain', domain: 'xn--bcher-kva.example' })
    const changed = await updatePolicy(
      scope,
      { id, draft: draft(BLOCK, { name: 'Book spam' }), reason: '', expected: made.revision },
      deps,
    )
    const again = { id, draft: draft(BLOCK), reason: '', expected: made.revision }
    await fails(updatePolicy(scope, again, deps), 'changed-meanwhile')
    const off = await enablePolicy(
      scope,
      { id, enabled: false, reason: 'calm', expected: changed.revision },
      deps,
    )
    assert.equal(off.policy.state, 'disabled')
    const copy = await duplicatePolicy(scope, { id, reason: '' }, deps)
    assert.equal(copy.policy.name, 'Copy of Book spam')
    await removePolicy(scope, { id, reason: 'gone', expected: off.revision }, deps)
    await fails(getPolicy(scope, id, deps), 'not-found')
    const { items } = await policyHistory(scope, { id, limit: 10 }, deps)
    assert.deepEqual(
      items.map(({ action, reason, actor }) => `${action} ${reason} ${actor}`),
      ['removed gone Anna', 'disabled calm Anna', 'changed  Anna', 'created wave of 21 November Anna'],
    )
    assert.deepEqual(items[2]?.changes, [{ field: 'name', before: 'Spammers', after: 'Book spam' }])
  },
)

inStore('what is wrong is named by field, all at once', async (deps, scope) => {
  const create = (written: PolicyDraftIn) => createPolicy(scope, { draft: draft(written), reason: '' }, deps)
  const cases: readonly (readonly [Partial<PolicyDraftIn>, string])[] = [
    [{ from: { kind: 'domain', domain: 'co.uk' } }, '/draft/from/domain'],
    [{ from: { kind: 'address', address: 'no address' } }, '/draft/from/address'],
    [{ from: { kind: 'group', groupId: 'grp_none' } }, '/draft/from/groupId'],
    [{ sourceIps: ['192.0.2.0/24', '0.0.0.0/0', 'x.y'] }, '/draft/sourceIps/1 /draft/sourceIps/2'],
    [{ hostNames: ['*.co.uk', 'ms*.ssmx.net', '.net'] }, '/draft/hostNames/0 /draft/hostNames/2'],
    [{ validFrom: 10, validUntil: 10 }, '/draft/validUntil'],
    [{ from: { kind: 'everyone' } }, '/draft/from'],
  ]
  for (const [change, path] of cases)
    await fails(create({ ...BLOCK, ...change } as PolicyDraftIn), 'invalid-input', path)
  // Of the client nothing is known any more when mail leaves: such a policy would never apply.
  const conditions = { sourceIps: ['192.0.2.0/24'], hostNames: ['mx.partner.example'] }
  for (const [type, option, path] of [
    ['secure-delivery', { level: 'enforced-strict', names: [] }, ' /draft/addressesBasedOn'],
    ['dkim-signing', { action: 'none' }, ''],
  ] as const) {
    const written = { ...BLOCK, type, option, ...conditions, addressesBasedOn: 'header' } as PolicyDraftIn
    await fails(create(written), 'invalid-input', `/draft/sourceIps /draft/hostNames${path}`)
  }
  // A permit for ourselves is the mistake after a spoof (behaviour §5.3).
  await fails(
    create({ ...PERMIT, from: { kind: 'domain', domain: 'acme.example' } }),
    'invalid-input',
    '/draft/from',
  )
  const preview = await previewPolicy(
    scope,
    { draft: draft(PERMIT, { from: { kind: 'external' } } as Partial<PolicyDraftIn>), id: null },
    deps,
  )
  assert.deepEqual(preview.errors, [])
  assert.match(preview.warnings[0] ?? '', /senders that nobody knows/)
})

inStore('conflicts: shadowed, shadowing, a part, and a block over a permit', async (deps, scope) => {
  const create = async (written: PolicyDraftIn) =>
    (await createPolicy(scope, { draft: draft(written), reason: '' }, deps)).policy.id
  const domain = await create({ ...BLOCK, from: { kind: 'domain', domain: 'partner.example' } })
  const exception = await create({
    ...BLOCK,
    name: 'But Bob',
    from: { kind: 'address', address: 'bob@partner.example' },
    option: { action: 'none' },
  })
  const relations = async (written: PolicyDraftIn) =>
    (await previewPolicy(scope, { draft: draft(written), id: null }, deps)).conflicts.map(
      ({ id, relation }) => `${relation} ${id}`,
    )
  // Newer than all, and as specific as the first.
  assert.deepEqual(await relations({ ...BLOCK, from: { kind: 'domain', domain: 'partner.example' } }), [
    `shadows ${domain}`,
    `overlaps ${exception}`,
  ])
  assert.deepEqual(await relations({ ...BLOCK, from: { kind: 'domain', domain: 'a.partner.example' } }), [])
  assert.deepEqual(await relations(PERMIT), [`beats ${domain}`])
  const over = await relations({ ...BLOCK, from: { kind: 'free-mail' }, override: true })
  assert.deepEqual(over, [])
  const bob = { kind: 'address', address: 'bob@partner.example' } as const
  await create({
    ...BLOCK,
    name: 'First',
    from: { kind: 'domain', domain: 'partner.example' },
    override: true,
  })
  const [shadow] = (
    await previewPolicy(scope, { draft: draft(BLOCK, { from: bob } as never), id: null }, deps)
  ).conflicts
  assert.equal(shadow?.relation, 'shadowed-by')
  assert.match(shadow?.text ?? '', /“First” comes first for all mail of this policy/)
})

inStore('groups: entries in one form, who names them, and no removal while named', async (deps, scope) => {
  const written = {
    name: 'Partners',
    description: '',
    addresses: ['BOB@x.example', 'bob@x.example'],
    domains: ['Y.example'],
  }
  const group = await createGroup(scope, { ...written, reason: '' }, deps)
  assert.deepEqual([group.addresses, group.domains], [['bob@x.example'], ['y.example']])
  const from = { kind: 'group', groupId: group.id } as const
  const { policy } = await createPolicy(scope, { draft: draft(BLOCK, { from } as never), reason: '' }, deps)
  assert.equal(policy.fromText, 'Group “Partners”')
  const removal = { id: group.id, reason: '', expected: null }
  await fails(removeGroup(scope, removal, deps), 'group-in-use')
  const more = Array.from({ length: 1_001 }, (_, i) => `u${i}@x.example`)
  const change = { ...written, id: group.id, reason: '', expected: group.revision }
  await fails(updateGroup(scope, { ...change, addresses: more }, deps), 'invalid-input', '/addresses')
  await updateGroup(scope, { ...change, name: 'Friends' }, deps)
  assert.deepEqual(
    (await getGroup(scope, group.id, deps)).usedBy.map(({ id }) => id),
    [policy.id],
  )
  const { items } = await listGroups(scope, { limit: 10, search: 'y.exam' }, deps)
  assert.deepEqual(
    items.map(({ name }) => name),
    ['Friends'],
  )
  await removePolicy(scope, { id: policy.id, reason: '', expected: null }, deps)
  await removeGroup(scope, { ...removal }, deps)
})

inStore('a group whose mail the archive keeps for days of its own stays', async (deps, scope) => {
  const { db } = deps.store
  const written = { name: 'Works council', description: '', addresses: ['dan@x.example'], domains: [] }
  const group = await createGroup(scope, { ...written, reason: '' }, deps)
  const rule = { id: 'pol_1', tenant_id: scope.tenantId, kind: 'group', value: group.id } as const
  const about = { days: 4_000, created_at: 1, created_by: 'Anna', revision: 1 }
  await insertRule(db as never, { ...rule, ...about })
  await fails(removeGroup(scope, { id: group.id, reason: '', expected: null }, deps), 'group-in-use')
  const { rules } = await retentionOf(deps, scope.tenantId)
  assert.deepEqual(rules, [{ kind: 'address', value: 'dan@x.example', days: 4_000 }])
  // Nothing goes by the days for everybody while nobody knows whose mail it is.
  await db.deleteFrom('address_group').where('tenant_id', '=', scope.tenantId).execute()
  await assert.rejects(retentionOf(deps, scope.tenantId), /names the group/)
})

inStore('a policy that is faulty by now can be switched off, but not on', async (deps, scope) => {
  const { policy } = await createPolicy(scope, { draft: draft(PERMIT), reason: '' }, deps)
  await deps.store.db
    .updateTable('domain')
    .set({ name: 'partner.example' })
    .where('tenant_id', '=', scope.tenantId)
    .execute()
  const change = { id: policy.id, reason: '', expected: null }
  const off = await enablePolicy(scope, { ...change, enabled: false }, deps)
  assert.equal(off.policy.state, 'disabled')
  await fails(enablePolicy(scope, { ...change, enabled: true }, deps), 'invalid-input', '/draft/from')
})

inStore('lists: by type, words and group, page by page', async (deps, scope) => {
  for (let i = 0; i < 5; i++) {
    const change = { name: `Wave 100%_${i}`, from: { kind: 'domain', domain: `s${i}.example` } } as const
    await createPolicy(scope, { draft: draft(BLOCK, change), reason: '' }, deps)
  }
  const search = async (words: string) =>
    (await listPolicies(scope, { limit: 50, search: words }, deps)).total
  assert.deepEqual(
    await Promise.all(['wave', '100%_3', '%_', 's4.EXAMPLE', 'nothing'].map(search)),
    [5, 1, 5, 1, 0],
  )
  const first = await listPolicies(scope, { limit: 3, search: 'wave' }, deps)
  const second = await listPolicies(scope, { limit: 3, search: 'wave', after: first.next! }, deps)
  assert.deepEqual([first.items.length, second.items.length, second.next], [3, 2, null])
})

inStore(
  'edges get enabled policies and the groups they name, in a shard they can read',
  async (deps, scope) => {
    const { policy } = await createPolicy(scope, { draft: draft(BLOCK), reason: '' }, deps)
    const off = await createPolicy(scope, { draft: draft(PERMIT, { enabled: false }), reason: '' }, deps)
    await createGroup(
      scope,
      { name: 'Unused', description: '', addresses: [], domains: [], reason: '' },
      deps,
    )
    const publishing = createPublishingStore(deps.store)
    assert.ok((await publishing.dirty(10)).some(({ tenantId }) => tenantId === scope.tenantId))
    const shard = compileTenant((await publishing.rowsOf(scope.tenantId))!)
    const read = TenantShard.parse(JSON.parse(JSON.stringify(shard)))
    assert.deepEqual(read, shard)
    assert.ok(shard.rules?.some(({ id }) => id === policy.id))
    assert.ok(!shard.rules?.some(({ id }) => id === off.policy.id))
    assert.deepEqual(shard.groups?.map(({ name }) => name).toSorted(), [
      'Blocked senders',
      'Forwarding addresses',
      'Permitted senders',
    ])
  },
)
