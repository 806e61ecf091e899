// The edge's side of the link without control: the index answers right, and the replica takes pages and
// restarts.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { TenantSettings } from '#policy/settings.ts'
import { indexOf, SnapshotHolder } from './holder.ts'
import { openReplica } from './replica.ts'
import { applyPage, openForWriting } from './replica-writer.ts'
import { shardDigest } from './snapshot.ts'

function shard(tenantId: string, domain: string, cidrs: readonly string[]): TenantSettings {
  return {
    tenantId,
    slug: tenantId,
    revision: 1,
    domains: [{ id: 'd', name: domain, recipientMode: 'known', unknownRecipient: 'reject', routeId: null }],
    authorizedOutbounds: cidrs.map((cidr, at) => ({ id: `o${at}`, cidr })),
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
  }
}

test('the index knows domains and authorised addresses, shared ones for several tenants', () => {
  const index = indexOf(7, [
    shard('one', 'one.example', ['192.0.2.1', '198.51.100.0/24']),
    shard('two', 'two.example', ['192.0.2.1']),
  ])
  assert.equal(index.tenantOfDomain('ONE.example'), 'one')
  assert.equal(index.tenantOfDomain('sub.one.example'), null)
  assert.deepEqual(index.authorizedFor('192.0.2.1'), ['one', 'two'])
  assert.deepEqual(index.authorizedFor('198.51.100.9'), ['one'])
  assert.deepEqual(index.authorizedFor('203.0.113.1'), [])
})

test('a digest names the content of a shard', () => {
  assert.equal(shardDigest(shard('one', 'a.example', [])), shardDigest(shard('one', 'a.example', [])))
  assert.notEqual(shardDigest(shard('one', 'a.example', [])), shardDigest(shard('one', 'b.example', [])))
})

test('the replica: unknown before it is here, then exact, tenants apart, and a restart empties it first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'replica-'))
  const path = join(folder, 'replica.db')
  const replica = openReplica(path)
  const holder = new SnapshotHolder(replica)
  assert.equal(holder.recipientOf('one', 'ann@one.example').kind, 'unknown')
  assert.equal(replica.position(), -1)
  const writer = openForWriting(path)
  const item = (position: number, key: string, source: string | null) => ({
    position,
    tenantId: 'one',
    list: 'recipient' as const,
    key,
    value: source === null ? null : { source },
  })
  applyPage(writer, {
    restart: true,
    position: 2,
    items: [item(1, 'ann@one.example', 'manual'), item(2, 'bob@one.example', 'manual')],
  })
  assert.deepEqual(holder.recipientOf('one', 'ann@one.example'), {
    kind: 'known',
    value: { listed: true, source: 'manual' },
  })
  assert.deepEqual(holder.recipientOf('two', 'ann@one.example'), {
    kind: 'known',
    value: { listed: false, source: null },
  })
  applyPage(writer, { restart: false, position: 3, items: [item(3, 'ann@one.example', null)] })
  assert.equal(replica.position(), 3, 'what the position tells is seen from then on')
  assert.deepEqual(holder.recipientOf('one', 'ann@one.example'), {
    kind: 'known',
    value: { listed: false, source: null },
  })
  applyPage(writer, { restart: true, position: 9, items: [item(5, 'eve@one.example', 'manual')] })
  assert.equal(replica.position(), 5)
  assert.equal(holder.recipientOf('one', 'bob@one.example').kind, 'unknown', 'half a list never says no')
  applyPage(writer, { restart: true, position: 9, items: [] })
  await pause(50) // A view of the file is kept for a moment and then taken anew.
  assert.deepEqual(holder.recipientOf('one', 'bob@one.example'), {
    kind: 'known',
    value: { listed: false, source: null },
  })
  writer.close()
  replica.close()
  rmSync(folder, { recursive: true })
})
