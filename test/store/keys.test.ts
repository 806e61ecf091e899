// Rotation of the master key on both databases: every sealed column is opened and sealed anew, nothing is
// lost, and an older key leaves the file only when nothing needs it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { KeyRotation } from '@gatepost/server/control/secret/rotation.ts'
import { passingColumns, sealedColumns } from '@gatepost/server/control/secret/sealed-columns.ts'
import { ensureMasterKey, openSecretBox, SecretUnreadable } from '@gatepost/server/platform/secret-box.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, anna, START, withStore } from './fixtures.ts'

const SECRETS = 450 // More than two batches.

testOnBoth('everything sealed opens with the new key alone after a rotation', (place) =>
  withStore(place, async (deps) => {
    const { store, clock, link } = deps
    const { tenantId } = await addOrganisation(store, 'Acme', 'acme.example')
    const keyFile = join(place.dataFolder, 'master.key')
    ensureMasterKey(keyFile)
    const secrets = openSecretBox(keyFile)
    const edge = openSecretBox(keyFile)
    const ids = Array.from({ length: SECRETS }, (_, index) => `cre_${String(index).padStart(4, '0')}`)
    const placeOf = (id: string) => ({ tenantId, column: 'smtp_credential.keys', id })
    const base = {
      tenant_id: tenantId,
      created_at: START,
      created_by: 'Anna',
      changed_at: START,
      revision: 1,
    }
    for (const id of ids) {
      const keys = secrets.seal(`keys of ${id}`, placeOf(id))
      await store.db
        .insertInto('smtp_credential')
        .values({ ...base, id, name: id, username: id, keys, last_seen_at: null, last_address: null })
        .execute()
    }
    const rotation = new KeyRotation({ store, clock, link, secrets, keyFile })
    const by = { actor: anna, from: '192.0.2.1' }
    const begun = await rotation.start(by, { keep: false })
    assert.equal(begun.keys.length, 2)
    await assert.rejects(rotation.start(by, { keep: false }), { problemName: 'rotation-running' })
    await until(async () => !(await rotation.status()).running)
    const done = await rotation.status()
    assert.deepEqual([done.resealed, done.outdated, done.failed], [SECRETS, 0, null])
    const rows = await acrossTenants(store.db).selectFrom('smtp_credential').select(['id', 'keys']).execute()
    const wrong = rows.filter(({ id, keys }) => edge.open(keys, placeOf(id)) !== `keys of ${id}`)
    assert.deepEqual(wrong, [])
    const dropped = await rotation.drop(by)
    assert.deepEqual(dropped.keys, [begun.keys[0]])
    assert.equal(openSecretBox(keyFile).open(rows[0]!.keys, placeOf(rows[0]!.id)), `keys of ${rows[0]!.id}`)
    const actions = await store.db
      .selectFrom('audit')
      .select('action')
      .where('tenant_id', 'is', null)
      .where('action', 'like', 'key.%')
      .execute()
    assert.deepEqual(actions.map(({ action }) => action).toSorted(), [
      'key.dropped',
      'key.resealed',
      'key.rotated',
    ])
  }),
)

testOnBoth('a key stays in the file as long as a secret or a compiled copy needs it', (place) =>
  withStore(place, async (deps) => {
    const { store, clock, link } = deps
    const { tenantId } = await addOrganisation(store, 'Acme', 'acme.example')
    const keyFile = join(place.dataFolder, 'master.key')
    ensureMasterKey(keyFile)
    const secrets = openSecretBox(keyFile)
    const old = secrets.seal('copy', { tenantId, column: 'dkim_key.private_key', id: 'key_1' })
    const shard = { digest: 'd', tenant_id: tenantId, version: 1, created_at: START, replaced_at: null }
    await store.db
      .insertInto('shard')
      .values({ ...shard, body: JSON.stringify({ sealed: old }) })
      .execute()
    const rotation = new KeyRotation({ store, clock, link, secrets, keyFile })
    const by = { actor: anna, from: '192.0.2.1' }
    await rotation.start(by, { keep: false })
    await until(async () => !(await rotation.status()).running)
    await assert.rejects(rotation.drop(by), { problemName: 'key-in-use' })
    await store.db
      .updateTable('shard')
      .set({ replaced_at: START })
      .where('tenant_id', '=', tenantId)
      .execute()
    assert.equal((await rotation.drop(by)).keys.length, 1)
    const gone = () => secrets.open(old, { tenantId, column: 'dkim_key.private_key', id: 'key_1' })
    assert.throws(gone, SecretUnreadable)
  }),
)

test('every place where the code seals stands in the list of sealed columns', () => {
  const root = new URL('../../packages/server/src/', import.meta.url).pathname
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
  const listed = new Set([
    ...sealedColumns.map(({ table, column }) => `${table}.${column}`),
    ...passingColumns,
  ])
  const named = new Set(
    sources
      .flatMap((text) => [...text.matchAll(/(?:column: |_?COLUMN = )'(\w+\.\w+)'/g)])
      .map(([, column]) => column!),
  )
  assert.deepEqual([...named].toSorted(), [...listed].toSorted())
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 3_000; times += 1) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it never came')
}
