// Queries of the history of checks.
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

type Change = Pick<Row<'check_change'>, 'step' | 'check' | 'title' | 'state' | 'saw' | 'said'>

const SAW_MAX = 500
const ROWS_PER_INSERT = 100

/** The last state of every check, by step and name. */
export async function lastStates(db: Db, tenantId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('check_state')
    .select(['step', 'check', 'state'])
    .where('tenant_id', '=', tenantId)
    .execute()
  return new Map(rows.map(({ step, check, state }) => [`${step} ${check}`, state]))
}

export async function insertChanges(
  trx: Trx,
  tenantId: string,
  changes: readonly Change[],
  now: number,
): Promise<void> {
  for (let at = 0; at < changes.length; at += ROWS_PER_INSERT) {
    const part = changes.slice(at, at + ROWS_PER_INSERT)
    const rows = part.map((change) => {
      const saw = change.saw.slice(0, SAW_MAX)
      return { id: newId('act', now), tenant_id: tenantId, at: now, ...change, saw }
    })
    await trx.insertInto('check_change').values(rows).execute()
    for (const { step, check, state } of part) {
      await trx
        .insertInto('check_state')
        .values({ tenant_id: tenantId, step, check, state, since: now })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'step', 'check']).doUpdateSet({ state, since: now }),
        )
        .execute()
    }
  }
}

export function changesOfStep(
  db: Db,
  { tenantId, step, limit }: { readonly tenantId: string; readonly step: string; readonly limit: number },
): Promise<Row<'check_change'>[]> {
  return db
    .selectFrom('check_change')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('step', '=', step)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function dropOldChanges(db: Db, before: number): Promise<void> {
  await acrossTenants(db).deleteFrom('check_change').where('at', '<', before).execute()
}
