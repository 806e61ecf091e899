// What Connect derives C4 from: the default profile's ways in, and whether each was seen to work.
import { ProviderTest } from '@gatepost/contract/sign-in-settings.ts'
import type { Db } from '#store/open.ts'
import { DEFAULT_PROFILE, profilesOf } from './profile-store.ts'
import { providersOf } from './provider.ts'
import { readSettings } from './settings-store.ts'

export async function signInState(db: Db, tenantId: string) {
  const settings = await readSettings(db, tenantId)
  const profile = (await profilesOf(db, tenantId)).find(({ id }) => id === DEFAULT_PROFILE)
  const connectors = await db
    .selectFrom('connector')
    .select('id')
    .where('tenant_id', '=', tenantId)
    // An agent may answer sign-ins as well, where its site lets it.
    .where('kind', 'in', ['ldap', 'agent'])
    .where('enabled', '=', 1)
    .execute()
  const providers = await providersOf(db, tenantId)
  return {
    chosenAt: settings.chosenAt,
    password: profile?.password ?? true,
    directory: profile?.directory ? { isThere: connectors.length > 0, test: settings.directoryTest } : null,
    providers: providers.map(({ id, name, enabled, test }) => {
      const parsed = ProviderTest.safeParse(test === null ? null : JSON.parse(test))
      return {
        name,
        enabled: enabled === 1,
        isUsed: profile?.providers.includes(id) ?? false,
        test: parsed.success ? parsed.data : null,
      }
    }),
  }
}
