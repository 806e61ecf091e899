// Managed senders on their way to edges, over both databases: the feed goes on, a new edge is filled from the
// table, and what is old is dropped from the feed without being lost.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { createPublishingStore } from '@gatepost/server/control/publishing/store.ts'
import { addSenders, removeSenders } from '@gatepost/server/control/sender/sender.ts'
import { managedSenderKey } from '@gatepost/server/link/managed-sender.ts'
import { openReplica, type Replica } from '@gatepost/server/link/replica.ts'
import { applyPage, openForWriting } from '@gatepost/server/link/replica-writer.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, withStore } from './fixtures.ts'

const DAY_MS = 24 * 3_600_000

testOnBoth('a new edge is filled from the table and then follows the feed', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const publishing = createPublishingStore(deps.store)
    const entry = { action: 'permit', onlyIfAuthenticated: true, comment: '', expiresAt: null } as const
    const many = Array.from({ length: 25 }, (_, index) => `s${index}@far.example`)
    await addSenders(acme, { ...entry, user: 'ann@acme.example', senders: many }, deps)
    await addSenders(other, { ...entry, user: 'ann@other.example', senders: ['far.example'] }, deps)
    clock.add(DAY_MS)
    await publishing.compactFeed(clock.now())
    assert.deepEqual(
      (await publishing.feed(0, 100)).filter(({ list }) => list === 'managed-sender'),
      [],
      'what is old is gone from the feed',
    )
    assert.ok((await publishing.feedFloor()) > 0)

    const path = join(place.dataFolder, 'replica.db')
    const writer = openForWriting(path)
    const replica = openReplica(path)
    const position = await publishing.feedPosition()
    applyPage(writer, { items: [], position, restart: true, fill: '' })
    assert.equal(wordOf(replica, acme.tenantId, 'ann@acme.example', 's3@far.example'), 'failed')
    // A change while the edge is filled: the feed carries it.
    await removeSenders(acme, { search: 's3@far.example', all: false }, deps)
    let cursor: string | null = ''
    for (let pages = 0; cursor !== null; pages += 1) {
      assert.ok(pages < 10)
      const { items, next } = await publishing.fill(cursor, 10)
      applyPage(writer, {
        items: items.map((item) => ({ position, ...item })),
        position: await publishing.feedPosition(),
        restart: false,
        fill: next,
      })
      cursor = next
    }
    const later = await publishing.feed(position, 100)
    assert.equal(later.length, 1)
    applyPage(writer, { items: [...later], position: later[0]!.position, restart: false })
    replica.position() // Ends the view, as a new snapshot does.
    assert.equal(wordOf(replica, acme.tenantId, 'ann@acme.example', 's3@far.example'), 'null')
    assert.equal(wordOf(replica, acme.tenantId, 'ann@acme.example', 's4@far.example'), '["p","m"]')
    assert.equal(wordOf(replica, other.tenantId, 'ann@other.example', 'far.example'), '["p","m",1]')
    assert.equal(wordOf(replica, acme.tenantId, 'ann@other.example', 'far.example'), 'null')
    replica.close()
    writer.close()
  }),
)

testOnBoth('many changes of one call share rows of the feed, and none is cut by a page', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const senders = Array.from({ length: 400 }, (_, index) => `s${index}.example`)
    const entry = { action: 'block', onlyIfAuthenticated: false, comment: '', expiresAt: null } as const
    await addSenders(acme, { ...entry, user: 'ann@acme.example', senders }, deps)
    await addSenders(acme, { ...entry, user: 'ben@acme.example', senders }, deps)
    const publishing = createPublishingStore(deps.store)
    const rows = await deps.store.db
      .selectFrom('feed')
      .select('position')
      .where('tenant_id', '=', acme.tenantId)
      .where('list', '=', 'managed-sender')
      .execute()
    assert.equal(rows.length, 2)
    const first = await publishing.feed(rows[0]!.position - 1, 10)
    assert.equal(first.length, 400)
    assert.deepEqual(new Set(first.map(({ position }) => position)), new Set([rows[0]!.position]))
  }),
)

function wordOf(replica: Replica, tenantId: string, user: string, sender: string): string {
  const found = replica.lookUp(tenantId, 'managed-sender', managedSenderKey(user, sender))
  return found.kind === 'failed' ? 'failed' : JSON.stringify(found.value)
}
