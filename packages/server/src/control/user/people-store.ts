// Writes of people that come by the ten thousand: rows are put as they shall be, whether they were there or
// not.
import type { Trx } from '#store/open.ts'
import type { NewRow } from '#store/schema.ts'
import { batchesOf } from './batches.ts'

/** Rows of up to fourteen columns stay below the parameter limits of both databases. */
const ROWS = 2_000

export async function putUsers(trx: Trx, rows: readonly NewRow<'user'>[]): Promise<void> {
  for (const batch of batchesOf(rows, ROWS)) {
    await trx
      .insertInto('user')
      .values(batch)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((set) => ({
          email: set.ref('excluded.email'),
          email_key: set.ref('excluded.email_key'),
          name: set.ref('excluded.name'),
          name_key: set.ref('excluded.name_key'),
          enabled: set.ref('excluded.enabled'),
          enabled_locally: set.ref('excluded.enabled_locally'),
          kind: set.ref('excluded.kind'),
          attributes: set.ref('excluded.attributes'),
          updated_at: set.ref('excluded.updated_at'),
          revision: set.ref('excluded.revision'),
        })),
      )
      .execute()
  }
}

export async function putAddresses(trx: Trx, rows: readonly NewRow<'user_address'>[]): Promise<void> {
  for (const batch of batchesOf(rows, ROWS)) {
    await trx
      .insertInto('user_address')
      .values(batch)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'address_key']).doUpdateSet((set) => ({
          address: set.ref('excluded.address'),
          user_id: set.ref('excluded.user_id'),
          is_primary: set.ref('excluded.is_primary'),
          source: set.ref('excluded.source'),
          named_by: set.ref('excluded.named_by'),
        })),
      )
      .execute()
  }
}

export async function putSources(trx: Trx, rows: readonly NewRow<'user_source'>[]): Promise<void> {
  for (const batch of batchesOf(rows, ROWS)) {
    await trx
      .insertInto('user_source')
      .values(batch)
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'source', 'connector_id']).doUpdateSet((set) => ({
          external_id: set.ref('excluded.external_id'),
          reference: set.ref('excluded.reference'),
          claim: set.ref('excluded.claim'),
          seen_at: set.ref('excluded.seen_at'),
        })),
      )
      .execute()
  }
}
