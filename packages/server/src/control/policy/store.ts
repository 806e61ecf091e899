// Queries of policies and address groups.
import type { PolicyRevision } from '@gatepost/contract/policy.ts'
import { sql } from 'kysely'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { nameKeyOf } from '../user/address.ts'
import type { GroupNames, GroupRow, NewGroupRow, PolicyRow } from './rows.ts'

export type PolicyQuery = {
  readonly limit: number
  /** Id of the last policy of the page before. */
  readonly after?: string | undefined
  readonly type?: string | undefined
  readonly search?: string | undefined
  readonly enabled?: 'true' | 'false' | undefined
  readonly origin?: PolicyRow['origin'] | undefined
  readonly group?: string | undefined
}

/** One row more than asked for, newest first, and how many match in all. */
export async function policyPage(
  db: Db,
  tenantId: string,
  query: PolicyQuery,
): Promise<{ readonly rows: readonly PolicyRow[]; readonly total: number }> {
  const { after, limit } = query
  const [rows, { total }] = await Promise.all([
    matching(db, tenantId, query)
      .selectAll()
      .$if(after !== undefined, (select) => select.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute(),
    matching(db, tenantId, query)
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow(),
  ])
  return { rows, total: Number(total) }
}

function matching(db: Db, tenantId: string, { type, search, enabled, origin, group }: PolicyQuery) {
  return db
    .selectFrom('policy')
    .where('tenant_id', '=', tenantId)
    .$if(type !== undefined, (select) => select.where('type', '=', type!))
    .$if(enabled !== undefined, (select) => select.where('enabled', '=', enabled === 'true' ? 1 : 0))
    .$if(origin !== undefined, (select) => select.where('origin', '=', origin!))
    .$if(group !== undefined, (select) =>
      select.where((where) => where.or([where('from_group', '=', group!), where('to_group', '=', group!)])),
    )
    .$if(!!search, (select) => select.where(containing(search!)))
}

/** Finds the words anywhere; `%` and `_` stand for themselves. */
function containing(search: string) {
  const pattern = `%${nameKeyOf(search).replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`search like ${pattern} escape '\\'`
}

export async function findPolicy(db: Db, tenantId: string, id: string): Promise<PolicyRow | null> {
  const row = await db
    .selectFrom('policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** Enabled policies of these types, for what they mean to each other. */
export function enabledPolicies(db: Db, tenantId: string, types: readonly string[]): Promise<PolicyRow[]> {
  return db
    .selectFrom('policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('type', 'in', types)
    .where('enabled', '=', 1)
    .execute()
}

export async function countPolicies(
  db: Db,
  tenantId: string,
): Promise<readonly { readonly type: string; readonly total: number; readonly enabled: number }[]> {
  const rows = await db
    .selectFrom('policy')
    .select([
      'type',
      ({ fn }) => fn.countAll<number>().as('total'),
      ({ fn }) => fn.sum('enabled').as('enabled'),
    ])
    .where('tenant_id', '=', tenantId)
    .groupBy('type')
    .execute()
  return rows.map(({ type, total, enabled }) => ({ type, total: Number(total), enabled: Number(enabled) }))
}

export async function insertPolicyRow(trx: Trx, row: PolicyRow): Promise<void> {
  await trx.insertInto('policy').values(row).execute()
}

export async function updatePolicyRow(
  trx: Trx,
  row: Pick<PolicyRow, 'id' | 'tenant_id'>,
  values: Partial<
    Omit<
      PolicyRow,
      'id' | 'tenant_id' | 'type' | 'origin' | 'origin_id' | 'locked' | 'created_at' | 'created_by'
    >
  >,
): Promise<void> {
  await trx
    .updateTable('policy')
    .set(values)
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

export async function deletePolicyRow(trx: Trx, { tenant_id, id }: PolicyRow): Promise<void> {
  await trx.deleteFrom('policy').where('tenant_id', '=', tenant_id).where('id', '=', id).execute()
}

/** Policies that were made for a domain or a service. */
export function policiesMadeFor(db: Db, tenantId: string, originId: string): Promise<PolicyRow[]> {
  return db
    .selectFrom('policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('origin_id', '=', originId)
    .execute()
}

export function policiesWithGroup(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<Pick<PolicyRow, 'id' | 'type' | 'name' | 'from_group' | 'to_group'>[]> {
  if (ids.length === 0) return Promise.resolve([])
  return db
    .selectFrom('policy')
    .select(['id', 'type', 'name', 'from_group', 'to_group'])
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('from_group', 'in', ids), where('to_group', 'in', ids)]))
    .orderBy('id', 'desc')
    .execute()
}

export async function insertRevision(trx: Trx, row: Row<'policy_revision'>): Promise<void> {
  await trx
    .insertInto('policy_revision')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** One more than asked for, newest first. `after` is a revision number. */
export function revisionsOf(
  db: Db,
  subject: { readonly tenantId: string; readonly id: string },
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<Row<'policy_revision'>[]> {
  const after = Number(page.after ?? Number.MAX_SAFE_INTEGER)
  return db
    .selectFrom('policy_revision')
    .selectAll()
    .where('tenant_id', '=', subject.tenantId)
    .where('subject_id', '=', subject.id)
    .where('number', '<', Number.isSafeInteger(after) ? after : 0)
    .orderBy('number', 'desc')
    .limit(page.limit + 1)
    .execute()
}

export function shownRevision(row: Row<'policy_revision'>): PolicyRevision {
  const { number, at, actor, action, reason } = row
  const changes = JSON.parse(row.changes) as PolicyRevision['changes']
  return { id: `${row.subject_id}.${number}`, number, at, actor, action, reason, changes }
}

export async function groupPage(
  db: Db,
  tenantId: string,
  query: {
    readonly limit: number
    readonly after?: string | undefined
    readonly search?: string | undefined
    readonly origin?: 'local' | 'directory' | undefined
  },
): Promise<{ readonly rows: readonly GroupRow[]; readonly total: number }> {
  const { limit, after, search, origin } = query
  const all = () =>
    db
      .selectFrom('address_group')
      .where('tenant_id', '=', tenantId)
      .$if(origin !== undefined, (select) =>
        select.where('origin', origin === 'directory' ? '=' : '!=', 'directory'),
      )
      .$if(!!search, (select) => select.where(containing(search!)))
  const last = after === undefined ? null : await findGroup(db, tenantId, after)
  const [rows, { total }] = await Promise.all([
    all()
      .selectAll()
      .$if(last !== null, (select) =>
        select.where((where) =>
          where.or([
            where('name_key', '>', last!.name_key),
            where.and([where('name_key', '=', last!.name_key), where('id', '>', last!.id)]),
          ]),
        ),
      )
      .orderBy('name_key')
      .orderBy('id')
      .limit(limit + 1)
      .execute(),
    all()
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow(),
  ])
  return { rows, total: Number(total) }
}

export async function findGroup(db: Db, tenantId: string, id: string): Promise<GroupRow | null> {
  const row = await db
    .selectFrom('address_group')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export function groupsOf(db: Db, tenantId: string): Promise<GroupRow[]> {
  return db.selectFrom('address_group').selectAll().where('tenant_id', '=', tenantId).execute()
}

/** Members of a group by address, from one on. */
export function memberPage(
  db: Db,
  tenantId: string,
  query: { readonly group: string; readonly limit: number; readonly after?: string | undefined },
) {
  return db
    .selectFrom('group_member')
    .innerJoin('user', (join) =>
      join
        .onRef('user.id', '=', 'group_member.user_id')
        .onRef('user.tenant_id', '=', 'group_member.tenant_id'),
    )
    .select(['user.id', 'user.email', 'user.email_key', 'user.name'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('user.tenant_id', '=', tenantId)
    .where('group_member.group_id', '=', query.group)
    .$if(query.after !== undefined, (select) => select.where('user.email_key', '>', query.after!))
    .orderBy('user.email_key')
    .limit(query.limit + 1)
    .execute()
}

/** Addresses of the users in these groups, by group, aliases among them; `limit` in all. */
export async function memberAddresses(
  db: Db,
  tenantId: string,
  groupIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (groupIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('group_member')
    .innerJoin('user_address', (join) =>
      join
        .onRef('user_address.user_id', '=', 'group_member.user_id')
        .onRef('user_address.tenant_id', '=', 'group_member.tenant_id'),
    )
    .select(['group_member.group_id', 'user_address.address_key'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('user_address.tenant_id', '=', tenantId)
    .where('group_member.group_id', 'in', groupIds)
    .orderBy('group_member.group_id')
    .orderBy('user_address.address_key')
    .limit(limit)
    .execute()
  const found = new Map<string, string[]>()
  for (const { group_id, address_key } of rows) {
    const list = found.get(group_id) ?? []
    if (list.length === 0) found.set(group_id, list)
    list.push(address_key)
  }
  return found
}

export async function groupNamesOf(db: Db, tenantId: string): Promise<GroupNames> {
  const rows = await db
    .selectFrom('address_group')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenantId)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export async function insertGroupRow(trx: Trx, row: NewGroupRow): Promise<void> {
  await trx.insertInto('address_group').values(row).execute()
}

export async function updateGroupRow(
  trx: Trx,
  row: Pick<GroupRow, 'id' | 'tenant_id'>,
  values: Partial<Omit<GroupRow, 'id' | 'tenant_id' | 'origin' | 'created_at'>>,
): Promise<void> {
  await trx
    .updateTable('address_group')
    .set(values)
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

export async function deleteGroupRow(trx: Trx, { tenant_id, id }: GroupRow): Promise<void> {
  await trx.deleteFrom('address_group').where('tenant_id', '=', tenant_id).where('id', '=', id).execute()
}

export async function domainNamesOf(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .execute()
  return rows.map(({ name }) => name)
}

export async function domainsOfTenant(
  db: Db,
  tenantId: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return db.selectFrom('domain').select(['id', 'name']).where('tenant_id', '=', tenantId).execute()
}

export async function markDefault(
  trx: Trx,
  mark: { readonly tenantId: string; readonly name: string; readonly at: number },
): Promise<void> {
  await trx
    .insertInto('policy_default')
    .values({ tenant_id: mark.tenantId, name: mark.name, made_at: mark.at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Organisations that never got the defaults of a name; for all tenants at once. */
export async function tenantsWithoutDefaults(
  db: Db,
  name: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('tenant')
    .leftJoin('policy_default', (join) =>
      join.onRef('policy_default.tenant_id', '=', 'tenant.id').on('policy_default.name', '=', name),
    )
    .select('tenant.id')
    .where('policy_default.tenant_id', 'is', null)
    .orderBy('tenant.id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
