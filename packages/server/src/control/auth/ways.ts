// How addresses of a domain sign in (home-realm discovery): read from the organisation's profiles alone, so
// that the answer is the same for every address of the domain, there or not.
import type { SignInWays } from '@gatepost/contract/sign-in.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { tooMany } from './auth.ts'
import { tenantOfAddress } from './candidate.ts'
import type { AuthDeps, RequestOrigin } from './deps.ts'
import { profilesOf } from './profile-store.ts'

/** Whether somebody here signs in elsewhere: then the page asks for the address before the password. */
export async function isAddressFirst({ store }: Pick<AuthDeps, 'store'>): Promise<boolean> {
  const row = await acrossTenants(store.db)
    .selectFrom('identity_provider')
    .select('id')
    .where('enabled', '=', 1)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * What any profile of the address' organisation allows; a domain that nobody has here asks for a password.
 */
export async function waysOf(
  email: string,
  { from }: Pick<RequestOrigin, 'from'>,
  { store, attempts }: Pick<AuthDeps, 'store' | 'attempts'>,
): Promise<SignInWays> {
  const waitSeconds = attempts.spend('look', from)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  const tenantId = await tenantOfAddress(store.db, email)
  if (tenantId === null) return { password: true, providers: [] }
  const profiles = await profilesOf(store.db, tenantId)
  const named = new Set(profiles.flatMap(({ providers }) => providers))
  const rows = await store.db
    .selectFrom('identity_provider')
    .select(['id', 'name', 'kind'])
    .where('tenant_id', '=', tenantId)
    .where('enabled', '=', 1)
    .orderBy('name')
    .execute()
  return {
    password: profiles.some(({ password, directory }) => password || directory),
    providers: rows.filter(({ id }) => named.has(id)),
  }
}
