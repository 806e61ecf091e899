// Who speaks on data/run/admin.sock: the owner of the data folder, who could read everything in it anyway.
import { permissionsOf } from '@gatepost/contract/permission.ts'
import type { Store } from '#store/open.ts'

/** A signed-in operator that may act in every organisation; its changes are audited as "local administrator". */
export async function localOperator(store: Store) {
  const tenants = await store.db.selectFrom('tenant').select(['id', 'slug']).execute()
  return {
    sessionId: 'local',
    person: { id: 'local', name: 'local administrator', email: '', operator: true },
    tenants: tenants.map((tenant) => ({ ...tenant, permissions: permissionsOf.super })),
  }
}
