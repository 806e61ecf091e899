// Roles of an organisation: the built-in ones, which never change, and its own, made of permissions.
import { isProtected, type Permission, roles, roleWords } from '@gatepost/contract/permission.ts'
import { ROLES_MAX, type RoleView, type SecurityPermission } from '@gatepost/contract/role.ts'
import { newId } from '#platform/random.ts'
import { isUniqueViolation } from '#store/errors.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import { permissionsIn, type ResolvedRole, resolveRole } from '../auth/access.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { requireRevision } from '../settings/settings.ts'
import { lockRoles, mayGive, type RoleScope, requireMayGive } from './rules.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>

export type RoleFields = {
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
}

/** All roles, built-in ones first. */
export async function listRoles(
  scope: RoleScope,
  { store }: Pick<Deps, 'store'>,
): Promise<{ readonly items: RoleView[]; readonly held: Permission[] }> {
  const { tenantId, held } = scope
  const [own, people, groups] = await Promise.all([
    store.db
      .selectFrom('custom_role')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('name_key')
      .execute(),
    holders(store.db, 'role_binding', tenantId),
    holders(store.db, 'role_group', tenantId),
  ])
  const view = (
    role: ResolvedRole,
    more: Pick<RoleView, 'description' | 'builtIn' | 'revision'>,
  ): RoleView => ({
    ...more,
    id: role.id,
    name: role.name,
    permissions: [...role.permissions],
    protected: isProtected(role.permissions),
    security: securityOf(role.permissions),
    people: people.get(role.id) ?? 0,
    groups: groups.get(role.id) ?? 0,
    mayGive: mayGive(held, role.permissions),
  })
  const builtIn = roles.map((name) =>
    view(resolveRole(name, NOT_OWN)!, {
      description: roleWords[name].means,
      builtIn: true,
      revision: 0,
    }),
  )
  const made = own.map((row) =>
    view(resolveRole(row.id, row)!, {
      description: row.description,
      builtIn: false,
      revision: row.revision,
    }),
  )
  return { items: [...builtIn, ...made], held: [...held] }
}

const NOT_OWN = { name: null, permissions: null }

/** Makes a role. Throws `not-allowed` for permissions the maker does not hold. */
export async function createRole(scope: RoleScope, fields: RoleFields, deps: Deps): Promise<RoleView> {
  const { tenantId } = scope
  const now = deps.clock.now()
  const id = newId('rol', now)
  const permissions = checked(scope, fields)
  await deps.store.transaction(async (trx) => {
    await lockRoles(trx, tenantId)
    await requireRoom(trx, tenantId)
    await trx
      .insertInto('custom_role')
      .values({
        id,
        tenant_id: tenantId,
        ...columnsOf(fields, permissions),
        created_at: now,
        created_by: scope.actor.name,
        updated_at: now,
        revision: 1,
      })
      .execute()
      .catch(refuseTwin)
    const event = { action: 'role.created', subject: `role ${fields.name}`, before: null }
    await appendAudit(trx, scope, { ...event, after: { ...fields, permissions }, at: now })
  })
  return requireView(scope, id, deps)
}

/**
 * Changes a role. Whoever changes it must be able to give it as it was and as it becomes: else a role held by
 * a stronger person could be emptied, or one's own filled.
 */
export async function updateRole(
  scope: RoleScope,
  input: { readonly id: string; readonly fields: RoleFields; readonly expected: number | null },
  deps: Deps,
): Promise<RoleView> {
  const { fields, id } = input
  const now = deps.clock.now()
  const permissions = checked(scope, fields)
  await deps.store.transaction(async (trx) => {
    await lockRoles(trx, scope.tenantId)
    const row = await requireOwn(trx, scope, id)
    requireRevision(row, input.expected)
    await trx
      .updateTable('custom_role')
      .set({ ...columnsOf(fields, permissions), updated_at: now, revision: row.revision + 1 })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .execute()
      .catch(refuseTwin)
    const { name, description } = row
    const before = { name, description, permissions: permissionsIn(row.permissions) }
    const event = { action: 'role.changed', subject: `role ${fields.name}`, before }
    await appendAudit(trx, scope, { ...event, after: { ...fields, permissions }, at: now })
  })
  return requireView(scope, id, deps)
}

/** Removes a role that nobody holds. Throws `role-in-use`. */
export async function removeRole(scope: RoleScope, id: string, { store, clock }: Deps): Promise<void> {
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    await lockRoles(trx, tenantId)
    const row = await requireOwn(trx, scope, id)
    const people = (await holders(trx, 'role_binding', tenantId)).get(id) ?? 0
    const groups = (await holders(trx, 'role_group', tenantId)).get(id) ?? 0
    const asked = (await holders(trx, 'invitation', tenantId)).get(id) ?? 0
    if (people + groups + asked > 0) {
      const who = `${people} people, ${groups} groups and ${asked} invitations`
      throw problem('role-in-use', `${who} name the role ${row.name}. Give them another first.`)
    }
    await trx.deleteFrom('custom_role').where('tenant_id', '=', tenantId).where('id', '=', id).execute()
    const before = { name: row.name, permissions: permissionsIn(row.permissions) }
    const event = { action: 'role.removed', subject: `role ${row.name}`, before, after: null }
    await appendAudit(trx, scope, { ...event, at: clock.now() })
  })
}

/** What a role of these permissions may do with roles. */
export function securityOf(permissions: readonly Permission[]): SecurityPermission {
  if (permissions.includes('roles:protected')) return 'protected'
  return permissions.includes('roles:write') ? 'application' : 'none'
}

/** The permissions of a draft, in the order of the contract and with what they need. */
function checked(scope: RoleScope, { name, permissions }: RoleFields): readonly Permission[] {
  const system = permissions.filter((permission) => permission.startsWith('system:'))
  if (system.length > 0) {
    const message = `${system.join(', ')} belong to operators of the installation, not to a role.`
    throw invalidInput([{ path: '/permissions', message }])
  }
  const all = new Set(permissions)
  // Who may change a list has to see it.
  for (const permission of permissions) {
    if (permission.endsWith(':write')) all.add(permission.replace(':write', ':read') as Permission)
  }
  if (all.has('roles:protected')) all.add('roles:read').add('roles:write')
  const wanted = [...all]
  requireMayGive(scope.held, { id: '', name, permissions: wanted })
  return wanted.sort()
}

function columnsOf({ name, description }: RoleFields, permissions: readonly Permission[]) {
  return { name, name_key: name.toLowerCase(), description, permissions: JSON.stringify(permissions) }
}

async function requireOwn(trx: Trx, scope: RoleScope, id: string): Promise<Row<'custom_role'>> {
  const row = await trx
    .selectFrom('custom_role')
    .selectAll()
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw problem('not-found', 'There is no such role of your own; built-in roles never change.')
  requireMayGive(scope.held, { id, name: row.name, permissions: permissionsIn(row.permissions) })
  return row
}

async function requireView(scope: RoleScope, id: string, deps: Deps): Promise<RoleView> {
  const found = (await listRoles(scope, deps)).items.find((role) => role.id === id)
  if (!found) throw problem('not-found')
  return found
}

async function requireRoom(trx: Trx, tenantId: string): Promise<void> {
  const { count } = await trx
    .selectFrom('custom_role')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= ROLES_MAX) throw problem('limit-reached', `At most ${ROLES_MAX} roles of your own.`)
}

async function holders(
  db: Db,
  table: 'role_binding' | 'role_group' | 'invitation',
  tenantId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom(table)
    .select(({ fn }) => ['role', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .groupBy('role')
    .execute()
  return new Map(rows.map(({ role, count }) => [role, Number(count)]))
}

function refuseTwin(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw invalidInput([{ path: '/name', message: 'There is a role of this name already; choose another.' }])
}
