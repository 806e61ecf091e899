// Rows of what an organisation allows its users of their held mail.
import type { Db, Trx } from '#store/open.ts'
import type { ClassRule } from './classes.ts'

export type StoredSettings = {
  readonly rules: ReadonlyMap<string, ClassRule>
  readonly notifyAtOnce: boolean
  readonly revision: number
}

export const NO_SETTINGS: StoredSettings = { rules: new Map(), notifyAtOnce: false, revision: 0 }

export async function heldSettingsOf(db: Db, tenantId: string): Promise<StoredSettings> {
  const row = await db
    .selectFrom('held_setting')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!row) return NO_SETTINGS
  return {
    rules: new Map(JSON.parse(row.rules) as [string, ClassRule][]),
    notifyAtOnce: row.notify_at_once === 1,
    revision: row.revision,
  }
}

export async function writeHeldSettings(
  trx: Trx,
  tenantId: string,
  { rules, notifyAtOnce, revision }: StoredSettings,
): Promise<void> {
  const values = {
    rules: JSON.stringify([...rules]),
    notify_at_once: notifyAtOnce ? 1 : 0,
    revision,
  } as const
  await trx
    .insertInto('held_setting')
    .values({ tenant_id: tenantId, ...values })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(values))
    .execute()
}
