// Searches over entries that are not in the indexes yet give what they give afterwards, over both databases.
import assert from 'node:assert/strict'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import type { Scope } from '../scope.ts'
import { commitSenders, previewSenders, takeBackSenders } from './import.ts'
import { addSenders, listSenders, removeSenders, updateSender } from './sender.ts'
import { hasTrailing, indexPart } from './trailing-store.ts'

const ROWS = 2_400
/** By sender, by domain, by both after users; the last are in the indexes from the beginning. */
const SEARCHES = ['c12', 'far3.example', 'far', 'new', 'user', 'nobody', 'b', 'c1@far1.example'] as const

testOnBoth('a large import is searched as well before its entries are in the indexes', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId } = acme
    const by = { onlyIfAuthenticated: false, comment: '', expiresAt: null, action: 'permit' } as const
    const senders = ['c12@far3.example', 'far2.example', 'bob@new.example']
    await addSenders(acme, { ...by, user: 'anna@acme.example', senders }, deps)
    const lines = Array.from({ length: ROWS }, (_, index) => {
      return `user${index % 60}@acme.example,c${index}@far${index % 7}.example,${index % 5 === 0 ? 'BLOCK' : 'PERMIT'}`
    })
    lines.push('user1@acme.example,far4.example,PERMIT')
    const file = { fileName: 'a.csv', raw: Buffer.from(lines.join('\n')) }
    const { id } = await previewSenders(acme, file, deps)
    assert.equal((await commitSenders(acme, id, deps)).added, ROWS + 1)
    assert.ok(await hasTrailing(deps.store.db, tenantId))
    const before = await allFound(acme, deps)
    assert.equal(
      before.get('far3.example')?.length,
      1 + [...lines].filter((line) => line.includes('far3.')).length,
    )
    assert.deepEqual(before.get('c1@far1.example'), ['user1@acme.example c1@far1.example'])
    // A part of it is in: some rows come from the index and others do not.
    assert.ok(await indexPart(deps.store))
    assert.ok(await hasTrailing(deps.store.db, tenantId))
    assert.deepEqual(await allFound(acme, deps), before)
    while (await indexPart(deps.store));
    assert.equal(await hasTrailing(deps.store.db, tenantId), false)
    assert.deepEqual(await allFound(acme, deps), before)
    await takeBackSenders(acme, id, deps)
    assert.deepEqual((await allFound(acme, deps)).get('far3.example'), ['anna@acme.example c12@far3.example'])
  }),
)

testOnBoth('entries that trail are changed and removed like all others', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const lines = Array.from(
      { length: ROWS },
      (_, index) => `user${index % 60}@acme.example,c${index}@far.example,PERMIT`,
    )
    const file = { fileName: 'a.csv', raw: Buffer.from(lines.join('\n')) }
    const { id } = await previewSenders(acme, file, deps)
    await commitSenders(acme, id, deps)
    const [first] = (await listSenders(acme, { limit: 1, search: 'c77@' }, deps)).items
    await updateSender(acme, { id: first!.id, change: { action: 'block' } }, deps)
    assert.deepEqual(await removeSenders(acme, { search: 'c78@', all: false }, deps), {
      removed: 1,
      more: false,
    })
    const actions = async () =>
      (await listSenders(acme, { limit: 200, search: 'c7' }, deps)).items.map(
        ({ sender, action }) => `${sender} ${action}`,
      )
    const changed = await actions()
    assert.ok(changed.includes('c77@far.example block'))
    while (await indexPart(deps.store));
    assert.deepEqual(await actions(), changed)
    assert.equal((await listSenders(acme, { limit: 9, search: 'c78@' }, deps)).items.length, 0)
  }),
)

/** What each search finds on all its pages, in order. */
async function allFound(acme: Scope, deps: Deps): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  for (const search of SEARCHES) {
    const rows: string[] = []
    let after: string | undefined
    do {
      const { items, next } = await listSenders(acme, { limit: 400, search, after }, deps)
      for (const { user, sender } of items) rows.push(`${user} ${sender}`)
      after = next ?? undefined
    } while (after !== undefined)
    assert.equal(new Set(rows).size, rows.length, search)
    found.set(search, rows)
  }
  return found
}
