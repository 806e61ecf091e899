// Who holds the role Basic Administrator, and whether they can sign in: for step C12.
import type { Db } from '#store/open.ts'
import { lastSeen } from './administrator.ts'

export type BasicAdministrators = {
  readonly people: readonly { readonly name: string; readonly canSignIn: boolean }[]
  readonly invited: readonly string[]
}

/** Shown in a step; an organisation has few. */
const SHOWN_MAX = 50

export async function basicAdministrators(
  db: Db,
  tenantId: string,
  now: number,
): Promise<BasicAdministrators> {
  const people = await db
    .selectFrom('role_binding')
    .innerJoin('person', 'person.id', 'role_binding.person_id')
    .select(['person.id', 'person.name', 'person.password'])
    .where('role_binding.tenant_id', '=', tenantId)
    .where('role_binding.role', '=', 'basic')
    .orderBy('person.name')
    .limit(SHOWN_MAX)
    .execute()
  const seen = await lastSeen(
    db,
    people.map(({ id }) => id),
  )
  const invited = await db
    .selectFrom('invitation')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'basic')
    .where('expires_at', '>', now)
    .orderBy('name')
    .limit(SHOWN_MAX)
    .execute()
  return {
    people: people.map(({ id, name, password }) => ({ name, canSignIn: password !== '' || seen.has(id) })),
    invited: invited.map(({ name }) => name),
  }
}
