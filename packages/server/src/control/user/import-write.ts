// Carries an import out in batches, keeps what undoes it, and takes it back.
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import { nameKeyOf } from './address.ts'
import { batchesOf } from './batches.ts'
import type { ImportChange, ImportPlan } from './import-plan.ts'
import { feedRecipients } from './recipient-feed.ts'
import {
  deleteAddresses,
  deleteUsers,
  insertAddresses,
  insertSources,
  insertUsers,
  type NewUser,
  usersById,
} from './store.ts'

/** What an import did, as far as it must be known to take it back. */
export type ImportUndo = {
  readonly added: readonly string[]
  readonly changed: readonly {
    readonly id: string
    /** Name before and after; null where it stayed. */
    readonly name: readonly [string, string] | null
    readonly aliasKeys: readonly string[]
    readonly isNewSource: boolean
  }[]
}

type Context = {
  readonly tenantId: string
  readonly importId: string
  readonly now: number
  readonly dialect: Store['dialect']
}

/** Stores everything of a plan that is right, with the feed items of its addresses. */
export async function writeImport(trx: Trx, plan: ImportPlan, context: Context): Promise<ImportUndo> {
  const { tenantId, importId, now, dialect } = context
  const made = { tenantId, source: 'spreadsheet', reference: importId, now } as const
  const users = plan.adds.map(({ email, name, aliases }): NewUser => {
    return { id: newId('usr', now), email, name, aliases }
  })
  await insertUsers(trx, users, made)
  const named = [...plan.changes, ...plan.unchanged]
  const aliases = named.flatMap(({ user, aliases }) => {
    return aliases.map((address) => ({ userId: user.id, address, isPrimary: false }))
  })
  await insertAddresses(trx, aliases, made)
  const newlyNamed = named.filter(({ isNewSource }) => isNewSource).map(({ user }) => user.id)
  await insertSources(trx, newlyNamed, made)
  for (const change of plan.changes) await rename(trx, change.user, change.name ?? change.user.name, now)
  const added = [
    ...users.flatMap(({ email, aliases }) =>
      [email, ...aliases].map(({ key }) => ({ key, primaryKey: email.key })),
    ),
    ...named.flatMap(({ user, aliases }) => aliases.map(({ key }) => ({ key, primaryKey: user.email_key }))),
  ]
  await feedRecipients(trx, { tenantId, source: 'spreadsheet', added, removed: [] }, { dialect, now })
  return { added: users.map(({ id }) => id), changed: named.filter(isUndoable).map(undoOf) }
}

/**
 * Puts back what stood before. What people changed by hand in the meantime stays, except on users that go.
 */
export async function undoImport(trx: Trx, undo: ImportUndo, context: Context): Promise<void> {
  const { tenantId, now, dialect } = context
  const gone = await deleteUsers(trx, tenantId, undo.added)
  const users = await usersById(
    trx,
    tenantId,
    undo.changed.map(({ id }) => id),
  )
  const there = undo.changed.filter(({ id }) => users.has(id))
  const aliasKeys = there.flatMap(({ id, aliasKeys }) => aliasKeys.map((key) => ({ key, userId: id })))
  const removed = await deleteAddresses(trx, tenantId, aliasKeys)
  for (const { id, name, aliasKeys } of there) {
    if (name === null && aliasKeys.length === 0) continue
    const user = users.get(id)!
    await rename(trx, user, name !== null && user.name === name[1] ? name[0] : user.name, now)
  }
  const sources = there.filter(({ isNewSource }) => isNewSource).map(({ id }) => id)
  await deleteSources(trx, sources, context)
  const fed = { tenantId, source: 'spreadsheet', added: [], removed: [...gone, ...removed] }
  await feedRecipients(trx, fed, { dialect, now })
}

async function rename(trx: Trx, user: ImportChange['user'], name: string, now: number): Promise<void> {
  await trx
    .updateTable('user')
    .set({ name, name_key: nameKeyOf(name), updated_at: now, revision: user.revision + 1 })
    .where('tenant_id', '=', user.tenant_id)
    .where('id', '=', user.id)
    .execute()
}

async function deleteSources(trx: Trx, userIds: readonly string[], context: Context): Promise<void> {
  for (const ids of batchesOf(userIds)) {
    await trx
      .deleteFrom('user_source')
      .where('tenant_id', '=', context.tenantId)
      .where('user_id', 'in', ids)
      .where('source', '=', 'spreadsheet')
      .where('reference', '=', context.importId)
      .execute()
  }
}

function isUndoable({ name, aliases, isNewSource }: ImportChange): boolean {
  return name !== null || aliases.length > 0 || isNewSource
}

function undoOf({ user, name, aliases, isNewSource }: ImportChange): ImportUndo['changed'][number] {
  return {
    id: user.id,
    name: name === null ? null : [user.name, name],
    aliasKeys: aliases.map(({ key }) => key),
    isNewSource,
  }
}
