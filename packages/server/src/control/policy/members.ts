// Users in groups that policies name: what edges are told, and what people put into local groups.

import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { Page } from '../page.ts'
import { pageOf } from '../page.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { markDirty } from '../settings/settings.ts'
import { addMembers, groupsInPolicies, recountGroups, removeMembers } from '../user/group-store.ts'
import { findUser } from '../user/store.ts'
import type { GroupRow } from './rows.ts'
import { findGroup, memberPage } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Member = { readonly id: string; readonly email: string; readonly name: string }

/** Users of a group, by address. */
export async function listMembers(
  { tenantId }: Scope,
  query: { readonly group: string; readonly limit: number; readonly after?: string | undefined },
  { store }: Pick<Deps, 'store'>,
): Promise<Page<Member>> {
  const row = await findGroup(store.db, tenantId, query.group)
  if (!row) throw problem('not-found', `There is no group “${query.group}” here.`)
  const rows = await memberPage(store.db, tenantId, query)
  const item = ({ id, email, name }: Member): Member => ({ id, email, name })
  return pageOf(rows, query.limit, { item, cursor: ({ email_key }) => email_key, total: row.member_count })
}

export type MembersChanged = { added: number; removed: number; memberCount: number }

/** Puts users into a local group and takes others out. Throws `group-read-only`, `not-found`. */
export async function changeMembers(
  scope: Scope,
  input: { readonly group: string; readonly add: readonly string[]; readonly remove: readonly string[] },
  { store, clock, link }: Deps,
): Promise<MembersChanged> {
  const { tenantId } = scope
  const done = await store.transaction(async (trx) => {
    const group = await requireLocalGroup(trx, tenantId, input.group)
    const add = await idsOf(trx, tenantId, input.add)
    const remove = await idsOf(trx, tenantId, input.remove)
    const change = { add, remove, at: clock.now() }
    return changeMembersOf(trx, scope, group, change)
  })
  link.settingsChanged()
  return done
}

/** A group that people may change here. Throws `group-read-only`, `not-found`. */
export async function requireLocalGroup(trx: Trx, tenantId: string, id: string): Promise<GroupRow> {
  const row = await findGroup(trx, tenantId, id)
  if (!row) throw problem('not-found', `There is no group “${id}” here.`)
  if (row.origin === 'directory') {
    throw problem('group-read-only', `${row.name} is kept by a directory. Change who is in it there.`)
  }
  return row
}

/**
 * Call inside a transaction. The members of a group are no settings: they are told in the audit log alone.
 */
export async function changeMembersOf(
  trx: Trx,
  scope: Scope,
  group: Pick<GroupRow, 'id' | 'name' | 'member_count'>,
  change: { readonly add: readonly string[]; readonly remove: readonly string[]; readonly at: number },
): Promise<MembersChanged> {
  const { tenantId } = scope
  const { id } = group
  await removeMembers(trx, tenantId, { id, users: change.remove })
  const between = await countOf(trx, tenantId, id)
  await addMembers(trx, tenantId, { id, users: change.add })
  await recountGroups(trx, tenantId, [id])
  const memberCount = await countOf(trx, tenantId, id)
  const removed = group.member_count - between
  const added = memberCount - between
  if (added + removed === 0) return { added, removed, memberCount }
  const event = { action: 'group.members-changed', subject: `group ${group.name}`, before: null }
  await appendAudit(trx, scope, { ...event, after: { added, removed }, at: change.at })
  if ((await groupsInPolicies(trx, tenantId)).has(id)) await markDirty(trx, tenantId, change.at)
  return { added, removed, memberCount }
}

async function countOf(trx: Trx, tenantId: string, groupId: string): Promise<number> {
  const row = await trx
    .selectFrom('group_member')
    .select((select) => select.fn.countAll<number>().as('users'))
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .executeTakeFirst()
  return Number(row?.users ?? 0)
}

async function idsOf(trx: Trx, tenantId: string, references: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const reference of references) {
    const row = await findUser(trx, tenantId, reference)
    if (!row) throw problem('not-found', `There is no user “${reference}” here.`)
    ids.push(row.id)
  }
  return ids
}
