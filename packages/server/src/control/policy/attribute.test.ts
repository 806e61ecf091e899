// Policies about users with an attribute: edges know those users by all their addresses, and hear of every
// change of an attribute or an alias.
import assert from 'node:assert/strict'
import { PolicyDraft } from '@gatepost/contract/policy.ts'
import { compileTenant } from '#link/compile.ts'
import { TenantShard } from '#link/snapshot.ts'
import { attributeId } from '#policy/rules/scope.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { ControlDeps } from '../scope.ts'
import { addUser, updateUser } from '../user/user.ts'
import { createPolicy, previewPolicy } from './policy.ts'

const draft = PolicyDraft.parse({
  type: 'spam-scanning',
  name: 'Sales sees more',
  from: { kind: 'external' },
  to: { kind: 'attribute', name: 'Department', value: 'sales' },
  option: { action: 'tag', level: 'relaxed' },
})

testOnBoth('users with an attribute are known to edges, and changes reach them', (place) =>
  withStore(place, async (given) => {
    const deps = given as Deps & ControlDeps
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const publishing = createPublishingStore(deps.store)
    const people = async (): Promise<readonly string[] | undefined> => {
      const rows = await publishing.rowsOf(scope.tenantId)
      const shard = TenantShard.parse(JSON.parse(JSON.stringify(compileTenant(rows!))))
      return shard.groups?.find(({ id }) => id === attributeId('department', 'Sales'))?.addresses
    }
    /** The mark of what is to be published; it grows with each change. */
    const mark = async (): Promise<number> =>
      (await publishing.dirty(10)).find(({ tenantId }) => tenantId === scope.tenantId)?.mark ?? 0
    const set = (user: string, value: string) =>
      updateUser(
        scope,
        { user, change: { attributes: [{ name: 'department', value }] }, expected: null },
        deps,
      )
    const ann = await addUser(
      scope,
      { email: 'ann@acme.example', name: 'Ann', aliases: ['a@acme.example'] },
      deps,
    )
    const bob = await addUser(scope, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
    await set(ann.id, 'Sales')
    const before = await mark()
    await set(bob.id, 'Law')
    assert.equal(await mark(), before, 'no policy is about an attribute: nothing to publish')
    const { policy } = await createPolicy(scope, { draft, reason: '' }, deps)
    assert.equal(policy.toText, 'Users with Department “sales”')
    assert.deepEqual(await people(), ['a@acme.example', 'ann@acme.example'])
    const published = await mark()
    await set(bob.id, 'SALES')
    assert.ok((await mark()) > published)
    assert.deepEqual(await people(), ['a@acme.example', 'ann@acme.example', 'bob@acme.example'])
    const wider = { ...draft, name: 'All', to: { kind: 'internal' as const }, override: true }
    const preview = await previewPolicy(scope, { draft: wider, id: null }, deps)
    assert.deepEqual(
      preview.conflicts.filter(({ id }) => id === policy.id).map(({ relation }) => relation),
      ['shadows'],
    )
  }),
)
