// A control store that an older release wrote: converted at the start with all its rows, or not touched at
// all.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { migrations, StoreRefused } from '@gatepost/server/store/migrate.ts'
import { columnTypes } from '@gatepost/server/store/migrations/migration.ts'
import { openStore } from '@gatepost/server/store/open.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { Client } from 'pg'
import { type Place, testOnBoth } from './databases.ts'

const TENANTS = 50

/** Runs statements on the database as any other program would. */
async function execute({ database, dataFolder }: Place, statements: readonly string[]): Promise<void> {
  if (database === null) {
    const file = new DatabaseSync(join(dataFolder, 'control.db'))
    for (const statement of statements) file.exec(statement)
    file.close()
    return
  }
  const client = new Client({ connectionString: database })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The store of the release with the first `version` migrations. */
function writeOld(place: Place, version: number): Promise<void> {
  const types = columnTypes[place.database === null ? 'sqlite' : 'postgres']
  const applied = migrations.slice(0, version)
  return execute(place, [
    'create table schema_version (version bigint primary key, name text not null, applied_at bigint not null)',
    ...applied.flatMap((migration) => migration.statements(types)),
    ...applied.map(
      (migration) => `insert into schema_version values (${migration.version}, '${migration.name}', 1)`,
    ),
    ...Array.from(
      { length: TENANTS },
      (_, at) => `insert into tenant (id, slug, name, environment, inbound_only, contact_name, contact_email,
        contact_phone, postmaster, settings_revision, revision, created_at)
        values ('ten_${at}', 'slug-${at}', 'Name ${at}', 'other', 0, '', '', '', null, 3, 4, 5)`,
    ),
  ])
}

const open = (place: Place) => openStore({ ...place, clock: systemClock, emit: silentEmit })

testOnBoth('a store of every older version converts with all its rows', async (place) => {
  await writeOld(place, 1)
  const store = await open(place)
  const db = acrossTenants(store.db)
  const rows = await db.selectFrom('tenant').selectAll().orderBy('created_at').execute()
  assert.equal(rows.length, TENANTS)
  for (const row of rows)
    assert.deepEqual([row.settings_revision, row.revision, row.delivery_paused], [3, 4, 0])
  const versions = await db.selectFrom('schema_version').select('version').orderBy('version').execute()
  assert.deepEqual(
    versions.map(({ version }) => version),
    migrations.map(({ version }) => version),
  )
  await store.close()
  await (await open(place)).close()
})

testOnBoth('a newer store is refused with a line that says what to do', async (place) => {
  await writeOld(place, migrations.length)
  await execute(place, ["insert into schema_version values (99, 'from-the-future', 1)"])
  await assert.rejects(open(place), (error: Error) => {
    assert.ok(error instanceof StoreRefused)
    assert.match(error.message, /has schema 99, but this release knows schemas up to \d+\. Start the release/)
    assert.doesNotMatch(error.message, /:[^/@]+@/, 'no password of the database')
    return true
  })
})

testOnBoth('a conversion that fails in its middle changes nothing', async (place) => {
  await writeOld(place, 1)
  // The second step of the second migration fails: its column is there.
  await execute(place, ['alter table route add column paused bigint not null default 0'])
  await assert.rejects(open(place), StoreRefused)
  await assert.rejects(execute(place, ['select delivery_paused from tenant']), /delivery_paused/)
  await execute(place, ['select revision from tenant', 'alter table route drop column paused'])
  await (await open(place)).close()
})
