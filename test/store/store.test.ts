// The store itself: transactions, the tenant guard, migrations, the feed and revisions, alike on both
// databases.
import assert from 'node:assert/strict'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { listAudit } from '@gatepost/server/control/audit/read.ts'
import { accessOf } from '@gatepost/server/control/auth/access.ts'
import { changeSettings } from '@gatepost/server/control/settings/settings.ts'
import { getTenant, listTenants, updateTenant } from '@gatepost/server/control/tenant/tenant.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { isUniqueViolation } from '@gatepost/server/store/errors.ts'
import { appendFeed } from '@gatepost/server/store/feed.ts'
import { openStore } from '@gatepost/server/store/open.ts'
import { acrossTenants, UnguardedQuery } from '@gatepost/server/store/tenant-guard.ts'
import { testOnBoth, withFolder } from './databases.ts'
import { addOrganisation, anna, START, steadyClock, withStore } from './fixtures.ts'

testOnBoth('a transaction that throws leaves nothing behind, and readers see commits', (place) =>
  withStore(place, async ({ store }) => {
    const insert = { digest: 'd', created_at: 1, expires_at: 2, used_at: null }
    await assert.rejects(
      store.transaction(async (trx) => {
        await trx.insertInto('setup_link').values(insert).execute()
        throw new Error('broken off')
      }),
      /broken off/,
    )
    assert.deepEqual(await store.db.selectFrom('setup_link').selectAll().execute(), [])
    await store.transaction((trx) => trx.insertInto('setup_link').values(insert).execute())
    assert.deepEqual(await store.db.selectFrom('setup_link').selectAll().execute(), [insert])
    await assert.rejects(store.db.insertInto('setup_link').values(insert).execute(), isUniqueViolation)
  }),
)

testOnBoth('transactions at the same time follow each other', (place) =>
  withStore(place, async ({ store }) => {
    const scope = await addOrganisation(store, 'Acme', 'acme.example')
    const change = {
      action: 'test.changed',
      subject: 'test',
      before: { value: 1 },
      after: { value: 2 },
      at: START,
    }
    const numbers = await Promise.all(
      Array.from({ length: 8 }, () => store.transaction((trx) => changeSettings(trx, scope, change))),
    )
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      [2, 3, 4, 5, 6, 7, 8, 9],
    )
    const rows = await store.db
      .selectFrom('revision')
      .select(['number', 'diff', 'actor'])
      .where('tenant_id', '=', scope.tenantId)
      .orderBy('number', 'desc')
      .execute()
    assert.equal(rows.length, 9)
    assert.deepEqual({ ...rows[0] }, { number: 9, diff: '{"value":[1,2]}', actor: 'Anna' })
  }),
)

testOnBoth('the guard refuses queries that name no tenant', (place) =>
  withStore(place, async ({ store }) => {
    const { db } = store
    const open = [
      () => db.selectFrom('domain').selectAll().execute(),
      () => db.selectFrom('domain').selectAll().where('name', '=', 'tenant_id').execute(),
      () =>
        db
          .selectFrom('domain')
          .selectAll()
          .where((where) => where.or([where('tenant_id', '=', 'a'), where('name', '=', 'b')]))
          .execute(),
      () => db.selectFrom('domain').selectAll().where('tenant_id', '!=', 'a').execute(),
      () => db.selectFrom('domain').selectAll().whereRef('tenant_id', '=', 'tenant_id').execute(),
      () =>
        db
          .selectFrom('domain')
          .innerJoin('route', 'route.id', 'domain.route_id')
          .selectAll('domain')
          .where('domain.tenant_id', '=', 'a')
          .execute(),
      () =>
        db
          .selectFrom('tenant')
          .select('id')
          .where('id', 'in', (inner) => inner.selectFrom('user').select('tenant_id'))
          .execute(),
      () => db.updateTable('route').set({ name: 'x' }).where('id', '=', 'r').execute(),
      () => db.deleteFrom('user_address').where('address_key', '=', 'a').execute(),
    ]
    for (const [at, query] of open.entries()) {
      await assert.rejects(async () => void (await query()), UnguardedQuery, `query ${at}`)
    }
  }),
)

testOnBoth('the guard lets pass what compares the tenant, directly or through a join', (place) =>
  withStore(place, async ({ store }) => {
    const { db } = store
    await db.selectFrom('domain').selectAll().where('tenant_id', '=', 'a').execute()
    await db.selectFrom('domain as d').selectAll().where('d.tenant_id', 'in', ['a', 'b']).execute()
    await db
      .selectFrom('user')
      .innerJoin('user_address', (join) =>
        join
          .onRef('user_address.tenant_id', '=', 'user.tenant_id')
          .onRef('user_address.user_id', '=', 'user.id'),
      )
      .select('user.id')
      .where('user.tenant_id', '=', 'a')
      .where((where) =>
        where.exists(
          where
            .selectFrom('user_source')
            .select('user_source.source')
            .whereRef('user_source.tenant_id', '=', 'user.tenant_id')
            .whereRef('user_source.user_id', '=', 'user.id'),
        ),
      )
      .execute()
    assert.deepEqual(await acrossTenants(db).selectFrom('domain').selectAll().execute(), [])
  }),
)

testOnBoth('two organisations may ask for a domain, one can have it', (place) =>
  withStore(place, async ({ store }) => {
    await addOrganisation(store, 'Acme', 'acme.example')
    await assert.rejects(addOrganisation(store, 'Copy', 'acme.example'), { problemName: 'domain-taken' })
    const other = await addOrganisation(store, 'Acmé', 'other.example')
    const { slug, primaryDomain, revision } = await getTenant(other, { store })
    assert.deepEqual(
      { slug, primaryDomain, revision },
      { slug: 'acme-2', primaryDomain: 'other.example', revision: 1 },
    )
    await assert.rejects(
      store.db
        .insertInto('domain')
        .values(await copyOfDomain(store, other.tenantId))
        .execute(),
      isUniqueViolation,
    )
  }),
)

async function copyOfDomain(store: Parameters<typeof addOrganisation>[0], tenantId: string) {
  const row = await store.db
    .selectFrom('domain')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return { ...row, id: 'dom_copy', name: 'acme.example' }
}

testOnBoth('an organisation changes by revision, and its audit log pages', (place) =>
  withStore(place, async (deps, clock) => {
    const { store } = deps
    const scope = await addOrganisation(store, 'Acme', 'acme.example')
    const other = await addOrganisation(store, 'Other', 'other.example')
    clock.add(1_000)
    const changed = await updateTenant(scope, { change: { name: 'Acme Ltd' }, expected: 1 }, deps)
    assert.deepEqual([changed.name, changed.revision, changed.environment], ['Acme Ltd', 2, 'on-premises'])
    const stale = updateTenant(scope, { change: { name: 'Late' }, expected: 1 }, deps)
    await assert.rejects(stale, { problemName: 'changed-meanwhile' })
    const first = await listAudit(scope, { limit: 2 }, deps)
    assert.deepEqual(first.items.map(({ action, actor, from }) => [action, actor, from]).at(0), [
      'tenant.changed',
      'Anna',
      '192.0.2.1',
    ])
    const rest = await listAudit(scope, { limit: 2, after: first.next! }, deps)
    assert.equal(first.items.length + rest.items.length, 3)
    assert.equal(rest.next, null)
    const ofOther = await listAudit(other, { limit: 50 }, deps)
    assert.ok(ofOther.items.every(({ subject }) => !subject.includes('Acme')))
    const asker = { tenants: await accessOf(store.db, anna.id) }
    const mine = await listTenants(asker, { limit: 1 }, deps)
    const more = await listTenants(asker, { limit: 1, after: mine.next! }, deps)
    assert.deepEqual([...mine.items, ...more.items].map(({ name }) => name).toSorted(), ['Acme Ltd', 'Other'])
  }),
)

testOnBoth('the postmaster is an address in a domain of the organisation, and reaches the edges', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const set = (postmaster: string | null) =>
      updateTenant(scope, { change: { postmaster }, expected: null }, deps)
    assert.equal((await set('pat@ACME.example')).postmaster, 'pat@ACME.example')
    await assert.rejects(set('pat@elsewhere.example'), { problemName: 'invalid-input' })
    assert.equal((await getTenant(scope, deps)).postmaster, 'pat@ACME.example')
    assert.equal((await set(null)).postmaster, null)
  }),
)

testOnBoth('the feed numbers changes in the order of their commits', (place) =>
  withStore(place, async ({ store }) => {
    const { dialect } = store
    const append = (key: string) =>
      store.transaction((trx) =>
        appendFeed(trx, [{ tenantId: 'ten_a', list: 'recipient', key, value: { source: 'manual' } }], {
          dialect,
          now: START,
        }),
      )
    await Promise.all(Array.from({ length: 10 }, (_, at) => append(`a${at}@acme.example`)))
    const rows = await acrossTenants(store.db).selectFrom('feed').selectAll().orderBy('position').execute()
    assert.equal(rows.length, 10)
    assert.ok(rows.every(({ position }) => typeof position === 'number'))
  }),
)

testOnBoth('a store opens again with what it held; a newer schema is refused', async (place) => {
  await withStore(place, async ({ store }) => {
    await addOrganisation(store, 'Acme', 'acme.example')
  })
  await withStore(place, async ({ store }) => {
    assert.equal((await store.db.selectFrom('tenant').selectAll().execute()).length, 1)
    await store.db
      .insertInto('schema_version')
      .values({ version: 99, name: 'future', applied_at: 1 })
      .execute()
  })
  const opened = openStore({ ...place, clock: steadyClock(), emit: silentEmit })
  await assert.rejects(opened, /has schema 99, but this release knows schemas up to \d+\. Start the release/)
})

testOnBoth('a migration with a lower number than one that was applied is made up for', async (place) => {
  await withStore(place, async ({ store }) => {
    await addOrganisation(store, 'Acme', 'acme.example')
    await store.db.schema.dropIndex('domain_by_name').execute()
    await store.db.schema.alterTable('domain').dropColumn('lost_at').execute()
    await store.db.deleteFrom('schema_version').where('version', '=', 56).execute()
  })
  await withStore(place, async ({ store }) => {
    const rows = await acrossTenants(store.db).selectFrom('domain').select('lost_at').execute()
    assert.deepEqual(rows, [{ lost_at: null }])
  })
})

test('a folder that cannot be used refuses in one line (SQLite)', () =>
  withFolder(async (folder) => {
    await openStore({ database: null, dataFolder: folder, clock: steadyClock(), emit: silentEmit }).then(
      (store) => store.close(),
    )
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    rmSync(join(folder, 'control.db'))
    const gone = openStore({
      database: 'postgres://gatepost:secret@127.0.0.1:9/gatepost',
      dataFolder: folder,
      clock: steadyClock(),
      emit: silentEmit,
    })
    await assert.rejects(
      gone,
      (error: Error) => error.message.includes('127.0.0.1:9/gatepost') && !error.message.includes('secret'),
    )
  }))
