// Who may give what: nobody gives what they do not hold, protected roles are for those who may protect, and a
// tenant keeps a super administrator.
import {
  isProtected,
  type Permission,
  protectedPermissions,
  type Role,
  roles,
} from '@gatepost/contract/permission.ts'
import type { Db, Trx } from '#store/open.ts'
import { type ResolvedRole, resolveRole } from '../auth/access.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'

/** A scope with what the asker holds in its tenant at this moment. */
export type RoleScope = Scope & { readonly held: readonly Permission[] }

/** Whether whoever holds `held` may give or take a role of these permissions. */
export function mayGive(held: readonly Permission[], wanted: readonly Permission[]): boolean {
  return whyNot(held, wanted) === null
}

/** Throws `not-allowed` with what is missing. */
export function requireMayGive(held: readonly Permission[], role: ResolvedRole): void {
  const why = whyNot(held, role.permissions)
  if (why !== null) throw problem('not-allowed', `${role.name}: ${why}`)
}

function whyNot(held: readonly Permission[], wanted: readonly Permission[]): string | null {
  if (isProtected(wanted) && !held.includes('roles:protected')) {
    const [first] = wanted.filter((permission) => protectedPermissions.has(permission))
    return `the role is protected (${first}); only a super administrator gives or takes it.`
  }
  const missing = wanted.filter((permission) => !held.includes(permission))
  if (missing.length === 0) return null
  return `you do not hold ${missing.slice(0, 3).join(', ')} yourself.`
}

/** The role by name or id in this tenant. Throws `invalid-input` for one that is not there. */
export async function requireRole(db: Db, tenantId: string, role: string): Promise<ResolvedRole> {
  const found = await findRole(db, tenantId, role)
  if (found) return found
  throw invalidInput([{ path: '/role', message: `There is no role “${role}”; choose one of the list.` }])
}

export async function findRole(db: Db, tenantId: string, role: string): Promise<ResolvedRole | null> {
  const isBuiltIn = roles.includes(role as Role)
  const own = isBuiltIn
    ? undefined
    : await db
        .selectFrom('custom_role')
        .select(['name', 'permissions'])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', role)
        .executeTakeFirst()
  return resolveRole(role, own ?? { name: null, permissions: null })
}

/** Changes of roles in one tenant follow each other: two who demote each other do not both win. */
export async function lockRoles(trx: Trx, tenantId: string): Promise<void> {
  await trx
    .updateTable('tenant')
    .set(({ ref }) => ({ name: ref('name') }))
    .where('id', '=', tenantId)
    .execute()
}

/** Throws `last-super` when nobody but this person is super administrator. Call `lockRoles` before. */
export async function requireAnotherSuper(trx: Trx, tenantId: string, personId: string): Promise<void> {
  const other = await trx
    .selectFrom('role_binding')
    .select('person_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'super')
    .where('person_id', '!=', personId)
    .executeTakeFirst()
  if (!other) {
    throw problem('last-super', 'Make somebody else a super administrator first: an organisation keeps one.')
  }
}
