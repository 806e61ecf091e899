// Lists that follow their users, over both databases.
import assert from 'node:assert/strict'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { moveSenders } from './move-store.ts'
import { addSenders, listSenders } from './sender.ts'
import { countSenders } from './store.ts'

testOnBoth('two addresses of one user that named the same sender: the later word stands, once', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const rest = { onlyIfAuthenticated: false, comment: '', expiresAt: null, senders: ['bob@far.example'] }
    // Imported before anybody knew whose addresses these are.
    await addSenders(acme, { ...rest, user: 'a.smith@acme.example', action: 'permit' }, deps)
    clock.add(1_000)
    await addSenders(acme, { ...rest, user: 'asmith@acme.example', action: 'block' }, deps)
    const moves = new Map([
      ['a.smith@acme.example', 'ann@acme.example'],
      ['asmith@acme.example', 'ann@acme.example'],
    ])
    const { tenantId } = acme
    const made = { tenantId, now: clock.now(), dialect: deps.store.dialect }
    await deps.store.transaction((trx) => moveSenders(trx, moves, made))
    const { items } = await listSenders(acme, { limit: 10 }, deps)
    assert.deepEqual(
      items.map(({ user, sender, action }) => [user, sender, action]),
      [['ann@acme.example', 'bob@far.example', 'block']],
    )
    const { users, entries } = await countSenders(deps.store.db, tenantId)
    assert.deepEqual([users, entries], [1, 1])
  }),
)
