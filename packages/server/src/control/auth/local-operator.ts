// Who speaks on data/run/admin.sock: the owner of the data folder, who could read everything in it anyway.
import { permissionsOf } from '@gatepost/contract/permission.ts'
import type { Store, Trx } from '#store/open.ts'
import { problem } from '../problem.ts'

/** Stands where a person's id would; there is no such row. */
export const LOCAL_OPERATOR = 'local'

/**
 * A signed-in operator that may act in every organisation; its changes are audited as "local administrator".
 */
export async function localOperator(store: Store) {
  const tenants = await store.db.selectFrom('tenant').select(['id', 'slug']).execute()
  return {
    sessionId: 'local',
    person: { id: LOCAL_OPERATOR, name: 'local administrator', email: '', operator: true },
    tenants: tenants.map((tenant) => ({ ...tenant, permissions: permissionsOf.super, asOperator: true })),
  }
}

/** Who becomes administrator of what the local operator makes. Throws `not-allowed` before set-up is done. */
export async function firstOperator(trx: Trx): Promise<string> {
  const person = await trx
    .selectFrom('person')
    .select('id')
    .where('operator', '=', 1)
    .orderBy('id')
    .executeTakeFirst()
  if (person) return person.id
  throw problem('not-allowed', 'Open the set-up link first: there is no administrator yet.')
}
