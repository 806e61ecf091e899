// The row of an organisation's sign-in settings, with defaults where there is none.
import { defaultPasswordRules, PasswordRules } from '@gatepost/contract/password.ts'
import { DirectoryTest } from '@gatepost/contract/sign-in-settings.ts'
import type { Db, Trx } from '#store/open.ts'

export type StoredSettings = {
  readonly rules: PasswordRules
  readonly chosenAt: number | null
  readonly directoryTest: DirectoryTest | null
  readonly vouchesForOperators: boolean
  readonly revision: number
}

export async function readSettings(db: Db, tenantId: string): Promise<StoredSettings> {
  const row = await db
    .selectFrom('sign_in_settings')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  const rules = PasswordRules.safeParse(row ? JSON.parse(row.rules) : null)
  const test = DirectoryTest.safeParse(row?.directory_test ? JSON.parse(row.directory_test) : null)
  return {
    rules: rules.success ? rules.data : defaultPasswordRules,
    chosenAt: row?.chosen_at ?? null,
    directoryTest: test.success ? test.data : null,
    vouchesForOperators: row?.vouches_for_operators === 1,
    revision: row?.revision ?? 0,
  }
}

export async function writeSettings(trx: Trx, tenantId: string, settings: StoredSettings): Promise<void> {
  const row = {
    rules: JSON.stringify(settings.rules),
    chosen_at: settings.chosenAt,
    directory_test: settings.directoryTest === null ? null : JSON.stringify(settings.directoryTest),
    vouches_for_operators: settings.vouchesForOperators ? (1 as const) : (0 as const),
    revision: settings.revision,
  }
  await trx
    .insertInto('sign_in_settings')
    .values({ tenant_id: tenantId, ...row })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(row))
    .execute()
}

/** Whether directory and identity providers of a tenant may sign in operators of the installation. */
export async function vouchesForOperators(db: Db, tenantId: string): Promise<boolean> {
  return (await readSettings(db, tenantId)).vouchesForOperators
}
