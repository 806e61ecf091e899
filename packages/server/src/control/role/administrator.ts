// Who has a role in an organisation: listed, given another role, removed. What changes counts with the next
// request of whoever it concerns.
import { isProtected } from '@gatepost/contract/permission.ts'
import type { Administrator } from '@gatepost/contract/role.ts'
import type { Db, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { type ResolvedRole, resolveRole } from '../auth/access.ts'
import { type Page, pageOf } from '../page.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import {
  lockRoles,
  mayGive,
  type RoleScope,
  requireAnotherSuper,
  requireMayGive,
  requireRole,
} from './rules.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>

export type AdministratorQuery = {
  readonly limit: number
  readonly after?: string | undefined
  readonly search?: string | undefined
  readonly role?: string | undefined
}

/** Persons with a role, by address; end users only where `role` asks for them. */
export async function listAdministrators(
  scope: RoleScope,
  query: AdministratorQuery,
  { store }: Pick<Deps, 'store'>,
): Promise<Page<Administrator>> {
  const { limit, after, search, role } = query
  const wanted = search === undefined || search === '' ? null : `%${likeOf(search.toLowerCase())}%`
  const rows = await bindings(store.db, scope.tenantId)
    .$if(role === undefined, (select) => select.where('role_binding.role', '!=', 'end-user'))
    .$if(role !== undefined, (select) => select.where('role_binding.role', '=', role!))
    .$if(after !== undefined, (select) => select.where('person.email_key', '>', after!))
    .$if(wanted !== null, (select) =>
      select.where(({ or, eb, fn }) =>
        or([
          eb('person.email_key', 'like', wanted!),
          eb(fn<string>('lower', ['person.name']), 'like', wanted!),
        ]),
      ),
    )
    .orderBy('person.email_key')
    .limit(limit + 1)
    .execute()
  const seen = await lastSeen(
    store.db,
    rows.map(({ id }) => id),
  )
  return pageOf(rows, limit, {
    item: (row) => shown(row, { scope, lastSeenAt: seen.get(row.id) ?? null }),
    cursor: ({ email_key }) => email_key,
  })
}

/** Gives another role. Throws `not-allowed` unless both the old and the new are the giver's to give. */
export async function giveRole(
  scope: RoleScope,
  input: { readonly person: string; readonly role: string },
  { store, clock }: Deps,
): Promise<Administrator> {
  const { tenantId } = scope
  return store.transaction(async (trx) => {
    await lockRoles(trx, tenantId)
    const row = await requireBinding(trx, tenantId, input.person)
    const role = await requireRole(trx, tenantId, input.role)
    const before = roleOf(row)
    requireMayGive(scope.held, before)
    requireMayGive(scope.held, role)
    if (row.role === 'super' && role.id !== 'super') await requireAnotherSuper(trx, tenantId, row.id)
    await trx
      .updateTable('role_binding')
      .set({ role: role.id })
      .where('tenant_id', '=', tenantId)
      .where('person_id', '=', row.id)
      .execute()
    const event = { action: 'administrator.changed', subject: `${row.name} (${row.email})` }
    const change = { before: { role: before.name }, after: { role: role.name } }
    await appendAudit(trx, scope, { ...event, ...change, at: clock.now() })
    const now = await requireBinding(trx, tenantId, row.id)
    const lastSeenAt = (await lastSeen(trx, [row.id])).get(row.id) ?? null
    return shown(now, { scope, lastSeenAt })
  })
}

/** Takes the role. A person that is one of the organisation's users stays an end user. */
export async function removeAdministrator(
  scope: RoleScope,
  personId: string,
  { store, clock }: Deps,
): Promise<void> {
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    await lockRoles(trx, tenantId)
    const row = await requireBinding(trx, tenantId, personId)
    const before = roleOf(row)
    requireMayGive(scope.held, before)
    if (row.role === 'super') await requireAnotherSuper(trx, tenantId, personId)
    const isUser = await isUserHere(trx, tenantId, row.user_id)
    await (isUser
      ? trx
          .updateTable('role_binding')
          .set({ role: 'end-user' })
          .where('tenant_id', '=', tenantId)
          .where('person_id', '=', personId)
          .execute()
      : trx
          .deleteFrom('role_binding')
          .where('tenant_id', '=', tenantId)
          .where('person_id', '=', personId)
          .execute())
    const event = { action: 'administrator.removed', subject: `${row.name} (${row.email})` }
    const after = isUser ? { role: 'End user' } : null
    await appendAudit(trx, scope, { ...event, before: { role: before.name }, after, at: clock.now() })
  })
}

/** Whether the user that a person is belongs to this tenant. */
export async function isUserHere(db: Db, tenantId: string, userId: string | null): Promise<boolean> {
  if (userId === null) return false
  const user = await db
    .selectFrom('user')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst()
  return user !== undefined
}

type BindingRow = Awaited<ReturnType<ReturnType<typeof bindings>['execute']>>[number]

function bindings(db: Db, tenantId: string) {
  return db
    .selectFrom('role_binding')
    .innerJoin('person', 'person.id', 'role_binding.person_id')
    .leftJoin('custom_role', (join) =>
      join
        .onRef('custom_role.id', '=', 'role_binding.role')
        .onRef('custom_role.tenant_id', '=', 'role_binding.tenant_id'),
    )
    .select(['person.id', 'person.name', 'person.email', 'person.email_key', 'person.user_id'])
    .select(['role_binding.role', 'role_binding.as_operator', 'role_binding.created_at'])
    .select(['custom_role.name as role_name', 'custom_role.permissions'])
    .select(({ eb }) => eb('person.password', '!=', '').as('has_password'))
    .where('role_binding.tenant_id', '=', tenantId)
}

async function requireBinding(trx: Trx, tenantId: string, personId: string): Promise<BindingRow> {
  const row = await bindings(trx, tenantId).where('person.id', '=', personId).executeTakeFirst()
  if (!row) throw problem('not-found', 'Nobody of that id has a role here.')
  return row
}

/** A role that is gone holds nothing. */
function roleOf(row: BindingRow): ResolvedRole {
  const own = { name: row.role_name, permissions: row.permissions }
  return resolveRole(row.role, own) ?? { id: row.role, name: 'No role', permissions: [] }
}

function shown(
  row: BindingRow,
  { scope, lastSeenAt }: { readonly scope: RoleScope; readonly lastSeenAt: number | null },
): Administrator {
  const role = roleOf(row)
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: role.id,
    roleName: role.name,
    protected: isProtected(role.permissions),
    asOperator: row.as_operator === 1,
    you: scope.actor.kind === 'person' && scope.actor.id === row.id,
    since: row.created_at,
    lastSeenAt,
    canSignIn: Boolean(row.has_password) || lastSeenAt !== null,
    mayChange: mayGive(scope.held, role.permissions),
  }
}

/** When each person was last seen, as far as sessions still tell. */
export async function lastSeen(db: Db, personIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (personIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('session')
    .select(({ fn }) => ['person_id', fn.max('seen_at').as('at')])
    .where('person_id', 'in', personIds)
    .groupBy('person_id')
    .execute()
  return new Map(rows.map(({ person_id, at }) => [person_id, Number(at)]))
}

/** What people type stands for itself, not for a pattern. */
function likeOf(text: string): string {
  return text.replaceAll(/[%_]/g, '')
}
