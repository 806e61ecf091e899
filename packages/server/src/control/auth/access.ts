// What a person may do where: the own role in a tenant, roles of groups the person is in, and roles that the
// tenant made itself. Asked with every request, so that a change counts at once.
import {
  permissions as allPermissions,
  isProtected,
  type Permission,
  permissionsOf,
  type Role,
  roles,
  roleWords,
} from '@gatepost/contract/permission.ts'
import type { Me } from '@gatepost/contract/session.ts'
import type { Db, Store } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { problem } from '../problem.ts'
import type { Actor, Scope } from '../scope.ts'
import { findTenantId } from '../tenant/store.ts'
import type { SignedIn } from './session.ts'

/** What a person may do in one tenant. */
export type Access = {
  readonly id: string
  readonly slug: string
  readonly name: string
  /** A built-in role's name or a custom role's id; of several, the one that lets do most. */
  readonly role: string
  readonly roleName: string
  readonly permissions: readonly Permission[]
  /** The person acts for the tenant from outside: every page says so, and the tenant's audit log. */
  readonly asOperator: boolean
}

/** A role as resolved: what it is called and lets do. */
export type ResolvedRole = {
  readonly id: string
  readonly name: string
  readonly permissions: readonly Permission[]
}

const ROLES: ReadonlySet<string> = new Set(roles)
const PERMISSIONS: ReadonlySet<string> = new Set(allPermissions)

/** Everywhere a person has a role, by the tenant's name. */
export async function accessOf(db: Db, personId: string): Promise<readonly Access[]> {
  const held = [...(await ownRoles(db, personId)), ...(await groupRoles(db, personId))]
  if (held.length === 0) return []
  const tenantIds = [...new Set(held.map(({ tenantId }) => tenantId))]
  const tenants = await db
    .selectFrom('tenant')
    .select(['id', 'slug', 'name'])
    .where('id', 'in', tenantIds)
    .orderBy('name')
    .orderBy('id')
    .execute()
  return tenants.flatMap((tenant) => {
    const mine = held.filter(({ tenantId, role }) => tenantId === tenant.id && role !== null)
    const [first] = mine.toSorted((a, b) => count(b) - count(a))
    if (!first?.role) return []
    const granted = new Set(mine.flatMap(({ role }) => role?.permissions ?? []))
    return [
      {
        ...tenant,
        role: first.role.id,
        roleName: first.role.name,
        permissions: allPermissions.filter((permission) => granted.has(permission)),
        asOperator: mine.every(({ asOperator }) => asOperator),
      },
    ]
  })
}

const count = ({ role }: Held): number => role?.permissions.length ?? 0

type Held = { readonly tenantId: string; readonly role: ResolvedRole | null; readonly asOperator: boolean }

async function ownRoles(db: Db, personId: string): Promise<readonly Held[]> {
  const rows = await acrossTenants(db)
    .selectFrom('role_binding')
    .leftJoin('custom_role', (join) =>
      join
        .onRef('custom_role.tenant_id', '=', 'role_binding.tenant_id')
        .onRef('custom_role.id', '=', 'role_binding.role'),
    )
    .select(['role_binding.tenant_id', 'role_binding.role', 'role_binding.as_operator'])
    .select(['custom_role.name', 'custom_role.permissions'])
    .where('role_binding.person_id', '=', personId)
    .execute()
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    role: resolveRole(row.role, row),
    asOperator: row.as_operator === 1,
  }))
}

/** Roles by the directory groups of the user that the person is; a disabled user has none. */
async function groupRoles(db: Db, personId: string): Promise<readonly Held[]> {
  const rows = await acrossTenants(db)
    .selectFrom('person')
    .innerJoin('user', 'user.id', 'person.user_id')
    .innerJoin('group_member', 'group_member.user_id', 'user.id')
    .innerJoin('role_group', (join) =>
      join
        .onRef('role_group.tenant_id', '=', 'group_member.tenant_id')
        .onRef('role_group.group_id', '=', 'group_member.group_id'),
    )
    .leftJoin('custom_role', (join) =>
      join
        .onRef('custom_role.tenant_id', '=', 'role_group.tenant_id')
        .onRef('custom_role.id', '=', 'role_group.role'),
    )
    .select(['role_group.tenant_id', 'role_group.role', 'custom_role.name', 'custom_role.permissions'])
    .where('person.id', '=', personId)
    .where('user.enabled', '=', 1)
    .orderBy('role_group.group_id')
    .execute()
  return rows.flatMap((row) => {
    const role = resolveRole(row.role, row)
    // A role that became protected after the group was given it gives nothing by the group.
    if (role === null || isProtected(role.permissions)) return []
    return [{ tenantId: row.tenant_id, role, asOperator: false }]
  })
}

/** What a role's name or id stands for; null where the tenant's own role is gone. */
export function resolveRole(
  role: string,
  custom: { readonly name: string | null; readonly permissions: string | null },
): ResolvedRole | null {
  if (ROLES.has(role)) {
    const name = role as Role
    return { id: name, name: roleWords[name].name, permissions: permissionsOf[name] }
  }
  if (custom.name === null || custom.permissions === null) return null
  return { id: role, name: custom.name, permissions: permissionsIn(custom.permissions) }
}

/** Permissions as stored; names that this release does not know give nothing. */
export function permissionsIn(json: string): readonly Permission[] {
  const stored: unknown = JSON.parse(json)
  return Array.isArray(stored) ? stored.filter((one): one is Permission => PERMISSIONS.has(one)) : []
}

/** The person with organisations, roles and permissions. Throws `not-signed-in` for nobody. */
export async function meOf(personId: string, { store }: { readonly store: Store }): Promise<Me> {
  const person = await store.db
    .selectFrom('person')
    .select(['id', 'name', 'email', 'operator'])
    .where('id', '=', personId)
    .executeTakeFirst()
  if (!person) throw problem('not-signed-in')
  const access = await accessOf(store.db, personId)
  const domains = await primaryDomains(
    store.db,
    access.map(({ id }) => id),
  )
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    operator: person.operator === 1,
    passwordOnly: true,
    factorDueAt: null,
    mustDo: null,
    factors: [],
    tenants: access.map(({ permissions, ...tenant }) => ({
      ...tenant,
      primaryDomain: domains.get(tenant.id) ?? '',
      permissions: [...permissions],
    })),
  }
}

async function primaryDomains(db: Db, tenantIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (tenantIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('domain')
    .select(['tenant_id', 'name'])
    .where('tenant_id', 'in', tenantIds)
    .where('is_primary', '=', 1)
    .execute()
  return new Map(rows.map((row) => [row.tenant_id, row.name]))
}

/**
 * The scope of a signed-in person in the tenant of a path. Throws `not-found` where the person has no role,
 * so that nobody learns which tenants exist, and `not-allowed` where the role lacks the permission.
 */
export async function scopeOf(
  signedIn: SignedIn,
  request: { readonly tenant: string; readonly permission: Permission; readonly from: string },
  { store }: { readonly store: Store },
): Promise<Scope> {
  const tenantId = await findTenantId(store.db, request.tenant)
  const access = (await accessOf(store.db, signedIn.person.id)).find(({ id }) => id === tenantId)
  if (!access) throw problem('not-found')
  if (!access.permissions.includes(request.permission)) throw problem('not-allowed')
  return { tenantId: access.id, actor: actorOf(signedIn, access.asOperator), from: request.from }
}

/** `system:*` belongs to operators of the installation. Throws `not-allowed`. */
export function requireOperator(signedIn: SignedIn): void {
  if (!signedIn.person.operator) throw problem('not-allowed')
}

/** Whom the audit log names. */
export function actorOf(
  { person }: Pick<SignedIn, 'person'>,
  asOperator = false,
): Extract<Actor, { kind: 'person' }> {
  return { kind: 'person', id: person.id, name: person.name, ...(asOperator ? { asOperator } : {}) }
}
