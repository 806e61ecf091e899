// One thing done to many users (D2): each that it cannot be done to is named with the reason, and the whole
// is taken back within the hour.
import type { BulkAction, UserBulk, UserFilter } from '@gatepost/contract/user.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { actorName, appendAudit } from '../audit/audit.ts'
import { changeMembersOf, requireLocalGroup } from '../policy/members.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { batchesOf } from './batches.ts'
import { claimUndo } from './import.ts'
import { claimImport, dropUndo, findImport, insertImport, keepCommitted, UNDO_MS } from './import-store.ts'
import { matching } from './list-store.ts'
import { administratorsAmong, settleUsers, whyNotRemovable } from './own-word.ts'
import { putBackUsers, type RemovedUsers, takeUsers } from './removed.ts'
import { type UserRow, usersById } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

export type BulkInput = {
  readonly action: BulkAction
  readonly users?: readonly string[] | undefined
  readonly where?: UserFilter | undefined
  readonly expected?: number | undefined
  readonly group?: string | undefined
}

/** What takes a change back. */
type Undo =
  | { readonly kind: 'sign-in'; readonly ids: readonly string[]; readonly enabled: 0 | 1 }
  | {
      readonly kind: 'members'
      readonly group: string
      readonly added: readonly string[]
      readonly removed: readonly string[]
    }
  | { readonly kind: 'removed'; readonly users: RemovedUsers }

type Done = {
  readonly changed: number
  readonly left: readonly { readonly email: string; readonly why: string }[]
  readonly undo: Undo
}

/** Users changed at once by filter. */
const USERS_MAX = 100_000
/** Named one by one; the count is exact. */
const LEFT_NAMED_MAX = 100

/** Throws `changed-meanwhile` when the filter finds more than the asker saw. */
export async function changeUsers(scope: Scope, input: BulkInput, deps: Deps): Promise<UserBulk> {
  const { store, clock, link } = deps
  const now = clock.now()
  const id = newId('imp', now)
  const found = await store.transaction(async (trx) => {
    const rows = await asked(trx, scope.tenantId, input)
    const done = await carryOut(trx, scope, { input, rows, now, dialect: store.dialect })
    const { changed, left } = done
    const found = {
      action: input.action,
      changed,
      left: left.slice(0, LEFT_NAMED_MAX),
      leftCount: left.length,
    }
    const row = {
      id,
      tenant_id: scope.tenantId,
      kind: 'bulk' as const,
      file_name: WORDS[input.action],
      raw: new Uint8Array(),
      created_at: now,
      created_by: actorName(scope.actor),
    }
    await insertImport(trx, row, found)
    const stored = { ...row, state: 'previewed' } as Row<'user_import'>
    await claimImport(trx, stored, { from: 'previewed', to: 'committed' })
    await keepCommitted(trx, stored, { found, undo: done.undo, now })
    const event = { action: `users.${input.action}`, subject: `${changed} users`, before: null }
    await appendAudit(trx, scope, { ...event, after: { changed, left: left.length }, at: now })
    return found
  })
  link.settingsChanged()
  return { ...found, id, state: 'done', undoUntil: found.changed === 0 ? null : now + UNDO_MS }
}

/** Takes a change back. Throws `import-gone` when its hour is over. */
export async function undoUsersChange(scope: Scope, id: string, deps: Deps): Promise<UserBulk> {
  const { store, clock, link } = deps
  const now = clock.now()
  const row = await store.transaction(async (trx) => {
    const row = await findImport(trx, scope.tenantId, id, 'bulk')
    if (!row) throw problem('not-found', `There is no change “${id}” here.`)
    const undo = await claimUndo<Undo>(trx, row, now)
    await takeBack(trx, scope, { undo, now, dialect: store.dialect })
    await dropUndo(trx, row)
    const event = { action: 'users.change-undone', subject: row.file_name, before: null, after: null }
    await appendAudit(trx, scope, { ...event, at: now })
    return row
  })
  link.settingsChanged()
  const found = JSON.parse(row.preview) as Pick<UserBulk, 'action' | 'changed' | 'left' | 'leftCount'>
  return { ...found, id, state: 'undone', undoUntil: null }
}

const WORDS: { readonly [Action in BulkAction]: string } = {
  enable: 'sign-in switched on',
  disable: 'sign-in switched off',
  remove: 'users removed',
  'add-to-group': 'users put into a group',
  'take-from-group': 'users taken out of a group',
}

async function asked(trx: Trx, tenantId: string, input: BulkInput): Promise<readonly UserRow[]> {
  if (input.users !== undefined) return [...(await usersById(trx, tenantId, input.users)).values()]
  if (input.where === undefined) {
    throw invalidInput([{ path: '/users', message: 'Name the users, or give a filter.' }])
  }
  const rows = await matching(trx, tenantId, input.where)
    .selectAll('user')
    .limit(USERS_MAX + 1)
    .execute()
  if (rows.length > USERS_MAX) {
    const message = `The filter finds more than ${USERS_MAX} users. Narrow it down.`
    throw invalidInput([{ path: '/where', message }])
  }
  if (input.expected !== undefined && rows.length > input.expected) {
    const detail = `The filter finds ${rows.length} users by now, not ${input.expected}. Look again.`
    throw problem('changed-meanwhile', detail)
  }
  return rows
}

type Work = {
  readonly input: BulkInput
  readonly rows: readonly UserRow[]
  readonly now: number
  readonly dialect: Deps['store']['dialect']
}

async function carryOut(trx: Trx, scope: Scope, work: Work): Promise<Done> {
  const { action } = work.input
  if (action === 'enable' || action === 'disable') return switchSignIn(trx, scope, work)
  if (action === 'remove') return removeAll(trx, scope, work)
  return moveMembers(trx, scope, work)
}

async function switchSignIn(trx: Trx, { tenantId }: Scope, { input, rows, now }: Work): Promise<Done> {
  const enabled = input.action === 'enable' ? 1 : 0
  const meant = rows.filter(({ enabled_locally }) => enabled_locally !== enabled)
  const obstacles = enabled === 1 ? null : await administratorsAmong(trx, tenantId, meant)
  const ids = meant.filter(({ id }) => !obstacles?.has(id)).map(({ id }) => id)
  await setSignIn(trx, tenantId, { ids, enabled, now })
  const after = await usersById(trx, tenantId, ids)
  const left = [...after.values()]
    .filter((row) => row.enabled !== enabled)
    .map(({ email }) => ({ email, why: 'A directory has the account disabled.' }))
  const shutOut = meant.flatMap(({ id, email }) => {
    const why = obstacles?.get(id)?.text
    return why === undefined ? [] : [{ email, why }]
  })
  return {
    changed: ids.length - left.length,
    left: [...shutOut, ...left],
    undo: { kind: 'sign-in', ids, enabled: enabled === 1 ? 0 : 1 },
  }
}

async function setSignIn(
  trx: Trx,
  tenantId: string,
  { ids, enabled, now }: { readonly ids: readonly string[]; readonly enabled: 0 | 1; readonly now: number },
): Promise<void> {
  for (const batch of batchesOf(ids)) {
    await trx
      .updateTable('user')
      .set((set) => ({ enabled_locally: enabled, updated_at: now, revision: set('revision', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', batch)
      .execute()
  }
  await settleUsers(trx, tenantId, ids)
}

async function removeAll(trx: Trx, { tenantId }: Scope, { rows, now, dialect }: Work): Promise<Done> {
  const obstacles = await whyNotRemovable(trx, tenantId, rows)
  const left = rows.flatMap(({ id, email }) => {
    const why = obstacles.get(id)
    return why ? [{ email, why: why.text }] : []
  })
  const ids = rows.filter(({ id }) => !obstacles.has(id)).map(({ id }) => id)
  const users = await takeUsers(trx, { tenantId, ids, now, dialect })
  return { changed: ids.length, left, undo: { kind: 'removed', users } }
}

async function moveMembers(trx: Trx, scope: Scope, { input, rows, now }: Work): Promise<Done> {
  if (input.group === undefined) throw invalidInput([{ path: '/group', message: 'Name the group.' }])
  const group = await requireLocalGroup(trx, scope.tenantId, input.group)
  const inside = new Set<string>()
  for (const batch of batchesOf(rows.map(({ id }) => id))) {
    const found = await trx
      .selectFrom('group_member')
      .select('user_id')
      .where('tenant_id', '=', scope.tenantId)
      .where('group_id', '=', group.id)
      .where('user_id', 'in', batch)
      .execute()
    for (const { user_id } of found) inside.add(user_id)
  }
  const isAdding = input.action === 'add-to-group'
  const ids = rows.filter(({ id }) => inside.has(id) !== isAdding).map(({ id }) => id)
  const change = { add: isAdding ? ids : [], remove: isAdding ? [] : ids, at: now }
  await changeMembersOf(trx, scope, group, change)
  const undo = { kind: 'members', group: group.id, added: change.add, removed: change.remove } as const
  return { changed: ids.length, left: [], undo }
}

async function takeBack(
  trx: Trx,
  scope: Scope,
  { undo, now, dialect }: { readonly undo: Undo; readonly now: number; readonly dialect: Work['dialect'] },
): Promise<void> {
  const { tenantId } = scope
  if (undo.kind === 'sign-in') return setSignIn(trx, tenantId, { ...undo, now })
  if (undo.kind === 'removed') return putBackUsers(trx, undo.users, { tenantId, now, dialect })
  const group = await requireLocalGroup(trx, tenantId, undo.group)
  const there = await usersById(trx, tenantId, undo.removed)
  await changeMembersOf(trx, scope, group, { add: [...there.keys()], remove: undo.added, at: now })
}
