// Roles by directory group. Only groups that a directory keeps, and only roles without protected permissions:
// whoever manages the group or its directory decides who is in it, and must not make super administrators.
import { isProtected } from '@gatepost/contract/permission.ts'
import type { GroupRole } from '@gatepost/contract/role.ts'
import { appendAudit } from '../audit/audit.ts'
import { resolveRole } from '../auth/access.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { findRole, lockRoles, type RoleScope, requireMayGive, requireRole } from './rules.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>

/** Groups offered to choose from; more are found by the search of the groups' own page. */
const GROUPS_SHOWN = 500

export type GroupRoles = {
  readonly items: GroupRole[]
  readonly groups: { readonly id: string; readonly name: string; readonly members: number }[]
}

/** Groups that give a role, and directory groups that could. */
export async function listGroupRoles(
  { tenantId }: Pick<RoleScope, 'tenantId'>,
  { store }: Pick<Deps, 'store'>,
): Promise<GroupRoles> {
  const rows = await store.db
    .selectFrom('role_group')
    .innerJoin('address_group', (join) =>
      join
        .onRef('address_group.id', '=', 'role_group.group_id')
        .onRef('address_group.tenant_id', '=', 'role_group.tenant_id'),
    )
    .leftJoin('custom_role', (join) =>
      join
        .onRef('custom_role.id', '=', 'role_group.role')
        .onRef('custom_role.tenant_id', '=', 'role_group.tenant_id'),
    )
    .select(['address_group.id', 'address_group.name', 'address_group.member_count', 'role_group.role'])
    .select(['custom_role.name as role_name', 'custom_role.permissions'])
    .where('role_group.tenant_id', '=', tenantId)
    .orderBy('address_group.name_key')
    .execute()
  const given = new Set(rows.map(({ id }) => id))
  const groups = await store.db
    .selectFrom('address_group')
    .select(['id', 'name', 'member_count'])
    .where('tenant_id', '=', tenantId)
    .where('origin', '=', 'directory')
    .orderBy('name_key')
    .limit(GROUPS_SHOWN)
    .execute()
  return {
    items: rows.map((row) => ({
      group: row.id,
      groupName: row.name,
      members: row.member_count,
      role: row.role,
      roleName:
        resolveRole(row.role, { name: row.role_name, permissions: row.permissions })?.name ?? 'No role',
    })),
    groups: groups
      .filter(({ id }) => !given.has(id))
      .map(({ id, name, member_count }) => ({ id, name, members: member_count })),
  }
}

/** Throws `not-allowed` for protected roles and groups that no directory keeps. */
export async function giveGroupRole(
  scope: RoleScope,
  input: { readonly group: string; readonly role: string },
  deps: Deps,
): Promise<GroupRoles> {
  const { tenantId } = scope
  const now = deps.clock.now()
  await deps.store.transaction(async (trx) => {
    await lockRoles(trx, tenantId)
    const group = await trx
      .selectFrom('address_group')
      .select(['id', 'name', 'origin'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', input.group)
      .executeTakeFirst()
    if (!group) throw problem('not-found', 'There is no such group.')
    if (group.origin !== 'directory') {
      throw problem('not-allowed', 'Only a group that a directory keeps can give a role.')
    }
    const role = await requireRole(trx, tenantId, input.role)
    requireMayGive(scope.held, role)
    if (isProtected(role.permissions)) {
      const detail = `${role.name} is protected and given to persons alone: a directory decides who is in a group.`
      throw problem('not-allowed', detail)
    }
    const before = await findBefore(trx, tenantId, group.id)
    const values = { tenant_id: tenantId, group_id: group.id, role: role.id, created_at: now }
    await trx
      .insertInto('role_group')
      .values({ ...values, created_by: scope.actor.name })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'group_id']).doUpdateSet({ role: role.id }))
      .execute()
    const event = { action: 'group-role.given', subject: `group ${group.name}`, before }
    await appendAudit(trx, scope, { ...event, after: { role: role.name }, at: now })
  })
  return listGroupRoles(scope, deps)
}

export async function removeGroupRole(
  scope: RoleScope,
  groupId: string,
  { store, clock }: Deps,
): Promise<void> {
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    const row = await trx
      .deleteFrom('role_group')
      .where('tenant_id', '=', tenantId)
      .where('group_id', '=', groupId)
      .returning('role')
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'The group gives no role.')
    const role = await findRole(trx, tenantId, row.role)
    if (role) requireMayGive(scope.held, role)
    const group = await trx
      .selectFrom('address_group')
      .select('name')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', groupId)
      .executeTakeFirst()
    const event = { action: 'group-role.removed', subject: `group ${group?.name ?? groupId}`, after: null }
    await appendAudit(trx, scope, { ...event, before: { role: role?.name ?? null }, at: clock.now() })
  })
}

async function findBefore(trx: Parameters<typeof findRole>[0], tenantId: string, groupId: string) {
  const row = await trx
    .selectFrom('role_group')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .executeTakeFirst()
  return row ? { role: (await findRole(trx, tenantId, row.role))?.name ?? null } : null
}
