// Removals that a brake held back come again with the next run, also where the directory says once who is
// gone.
import assert from 'node:assert/strict'
import type { DirectoryEvent } from '@gatepost/directory/entry.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { holdRemovals } from './run-store.ts'
import { stage } from './stage.ts'
import { putEntries } from './store.ts'

testOnBoth('a removal that was held back is due again after a delta that is silent about it', (place) =>
  withStore(place, async ({ store, clock }) => {
    const { tenantId } = await addOrganisation(store, 'Acme', 'acme.example')
    const now = clock.now()
    const entry = { tenant_id: tenantId, connector_id: 'con_1', entry_kind: 'user', name: '', digest: 'd' }
    await store.transaction((trx) =>
      putEntries(
        trx,
        ['ann', 'ben'].map((id) => ({
          ...entry,
          external_id: id,
          email: `${id}@acme.example`,
          body: '{}',
          gone_since: null,
        })),
      ),
    )
    const run = async (runId: string, events: readonly DirectoryEvent[]) => {
      const wish = { domains: new Set<string>(), acknowledgeDisabled: false, contacts: false }
      const input = { place: { tenantId, id: 'con_1' }, runId, wish, graceMs: 0, circumstances: '', now }
      const end = { kind: 'end', mode: 'delta', cursor: 'c', notListed: [] } as const
      const all = (async function* () {
        yield* [...events, end]
      })()
      return (await stage({ ...input, events: all }, store.db, async () => {})).due
    }
    assert.equal(await run('run_1', [{ kind: 'removed', externalId: 'ben' }]), 1)
    const held = { connectorId: 'con_1', why: 'another connector is in error', now }
    await store.transaction((trx) => holdRemovals(trx, { tenantId, id: 'run_1' }, held))
    assert.equal(await run('run_2', []), 1)
    const changes = await store.db
      .selectFrom('sync_change')
      .select(['run_id', 'external_id', 'outcome'])
      .where('tenant_id', '=', tenantId)
      .orderBy('run_id')
      .execute()
    assert.deepEqual(
      changes.map((row) => [row.run_id, row.external_id, row.outcome]),
      [
        ['run_1', 'ben', 'held'],
        ['run_2', 'ben', 'planned'],
      ],
    )
  }),
)
