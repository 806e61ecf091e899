// What rows of a list are checked against: passwords by the organisation's rules, roles that the importer may
// give, groups that lists may fill.
import { isProtected, type Permission, roles, roleWords } from '@gatepost/contract/permission.ts'
import type { Db } from '#store/open.ts'
import { resolveRole } from '../auth/access.ts'
import { namesOfTenant, passwordRulesOf } from '../auth/candidate.ts'
import { checkPassword } from '../auth/password-policy.ts'
import { mayGive } from '../role/rules.ts'
import { nameKeyOf } from './address.ts'
import type { RowRules } from './rows.ts'
import { ownDomains } from './store.ts'

/** `held` are the importer's permissions. */
export async function rowRulesOf(db: Db, tenantId: string, held: readonly Permission[]): Promise<RowRules> {
  const [domains, rules, organisation, roleIds, directoryGroups] = await Promise.all([
    ownDomains(db, tenantId),
    passwordRulesOf(db, tenantId),
    namesOfTenant(db, tenantId),
    rolesByName(db, tenantId),
    directoryGroupNames(db, tenantId),
  ])
  return {
    domains,
    passwordFault: (password, who) => checkPassword(password, rules, { ...who, organisation })[0] ?? null,
    roleOf(text) {
      const role = roleIds.get(nameKeyOf(text))
      if (!role) return `There is no role “${text}”. The page Roles lists them.`
      if (role.id === 'end-user') return { id: role.id }
      if (!held.includes('roles:write')) return 'You may not give roles. Leave the cell empty.'
      if (isProtected(role.permissions)) return 'Protected roles are given one by one, on the page Roles.'
      if (!mayGive(held, role.permissions)) return 'The role has more permissions than you hold yourself.'
      return { id: role.id }
    },
    groupFault(name) {
      if (!directoryGroups.has(nameKeyOf(name))) return null
      return 'A directory keeps a group of this name. Choose another name, or add the users there.'
    },
  }
}

type NamedRole = { readonly id: string; readonly permissions: readonly Permission[] }

/** Built-in roles by name and id, and the organisation's own by name. */
async function rolesByName(db: Db, tenantId: string): Promise<ReadonlyMap<string, NamedRole>> {
  const own = await db
    .selectFrom('custom_role')
    .select(['id', 'name', 'permissions'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const found = new Map<string, NamedRole>()
  for (const { id, name, permissions } of own) {
    const role = resolveRole(id, { name, permissions })
    if (role) found.set(nameKeyOf(name), { id, permissions: role.permissions })
  }
  for (const id of roles) {
    const role = resolveRole(id, { name: null, permissions: null })
    if (!role) continue
    for (const name of [id, roleWords[id].name])
      found.set(nameKeyOf(name), { id, permissions: role.permissions })
  }
  return found
}

async function directoryGroupNames(db: Db, tenantId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('address_group')
    .select('name_key')
    .where('tenant_id', '=', tenantId)
    .where('origin', '=', 'directory')
    .execute()
  return new Set(rows.map(({ name_key }) => name_key))
}
