// What is stored of a person: found by the address, exported as one JSON text, or erased with a receipt. A
// hold wins, and the audit log stays: it is the record of who did what.
import type { Erasure } from '@gatepost/contract/retention.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { listAudit } from '../audit/read.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { removeSenders } from '../sender/sender.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { requireRemovable } from '../user/own-word.ts'
import { removeUser } from '../user/user.ts'
import { eraseTraces, tracesOf } from './person-traces-store.ts'
import { requireNoHold } from './retention.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'> & { readonly tracking: Tracking }

/** Messages, and entries of the audit log, read at a time: of both there may be any number. */
const PAGE = 500

type Found = {
  readonly user: Row<'user'> | null
  /** Every address of the user, or the one asked for. */
  readonly keys: readonly string[]
  readonly person: Row<'person'> | null
  readonly role: string | null
}

/** Everything stored of an address, as JSON text in pieces; noted in the audit log first. */
export async function exportPerson(
  scope: Scope,
  address: string,
  deps: Deps,
): Promise<AsyncGenerator<string>> {
  const found = await find(deps.store.db, scope.tenantId, requireAddress(address, '/address'))
  const at = deps.clock.now()
  const event = { action: 'person.exported', subject: address, before: null, after: null, at }
  await deps.store.transaction((trx) => appendAudit(trx, scope, event))
  return textOf(scope, { address, found, at }, deps)
}

async function* textOf(
  scope: Scope,
  { address, found, at }: { readonly address: string; readonly found: Found; readonly at: number },
  deps: Deps,
): AsyncGenerator<string> {
  const { db } = deps.store
  const { tenantId } = scope
  const { user, person, keys } = found
  yield `{"address":${JSON.stringify(address)},"exportedAt":${at},"user":${JSON.stringify(user)}`
  const [traces, addresses, groups, senders, seen, sessions] = await Promise.all([
    tracesOf(db, { tenantId, keys }),
    db
      .selectFrom('user_address')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('address_key', 'in', keys)
      .execute(),
    user
      ? db
          .selectFrom('group_member')
          .select('group_id')
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', user.id)
          .execute()
      : [],
    sendersOf(db, tenantId, keys),
    db
      .selectFrom('seen_recipient')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('address', 'in', keys)
      .execute(),
    person
      ? db
          .selectFrom('session')
          .select(['created_at', 'seen_at', 'expires_at', 'from_address', 'user_agent', 'method'])
          .where('person_id', '=', person.id)
          .execute()
      : [],
  ])
  // What opens an account is no information about a person.
  const account = person && {
    id: person.id,
    name: person.name,
    email: person.email,
    createdAt: person.created_at,
    role: found.role,
  }
  yield `,"addresses":${JSON.stringify(addresses)},"groups":${JSON.stringify(groups)}`
  yield `,"senders":${JSON.stringify(senders)},"seen":${JSON.stringify(seen)}`
  yield `,"account":${JSON.stringify(account)},"sessions":${JSON.stringify(sessions)}`
  for (const [name, rows] of Object.entries(traces)) yield `,"${name}":${JSON.stringify(rows)}`
  yield ',"messages":['
  yield* listed(messagesOf(scope, keys, deps))
  yield '],"audit":['
  if (person) yield* listed(auditOf(scope, person, deps))
  yield ']}\n'
}

/** Pages as the elements of one JSON list. */
async function* listed(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let isFirst = true
  for await (const page of pages) {
    if (page.length > 0) yield `${isFirst ? '' : ','}${page.map((item) => JSON.stringify(item)).join(',')}`
    isFirst &&= page.length === 0
  }
}

/** Entries that the person made. */
async function* auditOf(scope: Scope, { id }: Row<'person'>, deps: Deps) {
  let after: string | undefined
  do {
    const { items, next } = await listAudit(scope, { limit: PAGE, who: id, after }, deps)
    yield items
    after = next ?? undefined
  } while (after !== undefined)
}

/**
 * Erases. Throws `on-hold`, `user-has-role` for administrators, whose role is taken first,
 * `user-from-directory` for somebody whom the next run would bring back, and `not-found` where nothing is
 * stored. What stands in the way is looked for before anything goes.
 */
export async function erasePerson(
  scope: Scope,
  input: { readonly address: string; readonly again: string },
  deps: Deps,
): Promise<Erasure> {
  const key = requireAddress(input.address, '/address')
  if (addressKey(input.again) !== key) {
    throw invalidInput([{ path: '/again', message: 'Write the same address again.' }])
  }
  const { store, clock, tracking } = deps
  const { tenantId } = scope
  const found = await find(store.db, tenantId, key)
  for (const each of found.keys) await requireNoHold(store.db, tenantId, each)
  if (found.role !== null && found.role !== 'end-user') {
    throw problem('user-has-role', 'Take the role of this administrator first.')
  }
  if (found.user) await store.transaction((trx) => requireRemovable(trx, found.user!))
  const senders = await eraseSenders(scope, found.keys, deps)
  if (found.user) await removeUser(scope, found.user.id, deps)
  let messages = 0
  for await (const items of messagesOf(scope, found.keys, deps)) {
    const ids = items.map(({ id }) => id)
    messages += await tracking.removeMessages(scope, ids)
  }
  const at = clock.now()
  const rest = await store.transaction((trx) => eraseRest(trx, scope, { found, at }))
  const removed = { user: found.user !== null, senders, messages, ...rest }
  const count = senders + messages + rest.seen + rest.invitations + rest.traces
  if (!removed.user && !removed.account && count === 0) {
    throw problem('not-found', 'Nothing is stored of this address.')
  }
  const entry = { action: 'person.erased', subject: input.address, before: null, after: removed, at }
  const auditId = await store.transaction((trx) => appendAudit(trx, scope, entry))
  return { address: input.address, erasedAt: at, auditId, removed, stays: STAYS }
}

const STAYS = [
  'The audit log names who did what; it cannot be changed and goes by its own retention.',
  'Backups made before hold what they held; they go when they are deleted.',
  'Messages in the queue or held are delivered, returned or discarded by their own rules.',
  'Messages in the archive stay for as long as its retention and its holds say.',
  'Imported files and runs of directories list whom they brought; they go by their own retention.',
]

async function eraseRest(
  trx: Trx,
  scope: Scope,
  { found, at }: { readonly found: Found; readonly at: number },
): Promise<Pick<Erasure['removed'], 'account' | 'seen' | 'invitations' | 'traces'>> {
  const { tenantId } = scope
  const { person, keys } = found
  const traces = await eraseTraces(trx, { tenantId, keys })
  const seen = await trx
    .deleteFrom('seen_recipient')
    .where('tenant_id', '=', tenantId)
    .where('address', 'in', keys)
    .executeTakeFirst()
  const invitations = await trx
    .deleteFrom('invitation')
    .where('tenant_id', '=', tenantId)
    .where('email_key', 'in', keys)
    .executeTakeFirst()
  const account = person !== null && (await eraseAccount(trx, { tenantId, person, at }))
  const invited = Number(invitations.numDeletedRows)
  return { account, seen: Number(seen.numDeletedRows), invitations: invited, traces }
}

/** Somebody who has a role elsewhere too keeps the account there. */
async function eraseAccount(
  trx: Trx,
  {
    tenantId,
    person,
    at,
  }: { readonly tenantId: string; readonly person: Row<'person'>; readonly at: number },
): Promise<boolean> {
  await trx
    .deleteFrom('role_binding')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', person.id)
    .execute()
  const elsewhere = await acrossTenants(trx)
    .selectFrom('role_binding')
    .select('tenant_id')
    .where('person_id', '=', person.id)
    .executeTakeFirst()
  if (elsewhere || person.operator === 1) {
    await trx
      .updateTable('person')
      .set({ user_id: null, updated_at: at })
      .where('id', '=', person.id)
      .execute()
    return false
  }
  for (const table of ['second_factor', 'recovery_code', 'password_history'] as const)
    await trx.deleteFrom(table).where('person_id', '=', person.id).execute()
  await trx.deleteFrom('session').where('person_id', '=', person.id).execute()
  await trx.deleteFrom('person').where('id', '=', person.id).execute()
  return true
}

async function find(db: Db, tenantId: string, key: string): Promise<Found> {
  const row = await db
    .selectFrom('user_address')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('address_key', '=', key)
    .executeTakeFirst()
  const user = row
    ? ((await db
        .selectFrom('user')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('id', '=', row.user_id)
        .executeTakeFirst()) ?? null)
    : null
  const addresses = user
    ? await db
        .selectFrom('user_address')
        .select('address_key')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', user.id)
        .execute()
    : []
  const keys = [...new Set([key, ...addresses.map(({ address_key }) => address_key)])]
  const binding = await db
    .selectFrom('role_binding')
    .innerJoin('person', 'person.id', 'role_binding.person_id')
    .selectAll('person')
    .select('role_binding.role')
    .where('role_binding.tenant_id', '=', tenantId)
    .where((where) =>
      where.or([
        where('person.email_key', 'in', keys),
        ...(user ? [where('person.user_id', '=', user.id)] : []),
      ]),
    )
    .executeTakeFirst()
  if (!binding) return { user, keys, person: null, role: null }
  const { role, ...person } = binding
  return { user, keys, person, role }
}

function sendersOf(db: Db, tenantId: string, keys: readonly string[]) {
  return db
    .selectFrom('managed_sender')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_key', 'in', keys)
    .execute()
}

/** By the list's own way out, so that edges hear of it. */
async function eraseSenders(scope: Scope, keys: readonly string[], deps: Deps): Promise<number> {
  let count = 0
  for (const user of keys) {
    for (let more = true; more; ) {
      const part = await removeSenders(scope, { user, all: false }, deps)
      count += part.removed
      more = part.more
    }
  }
  return count
}

/** Messages to and from the person, each once, a page at a time; those of a page may go before the next. */
async function* messagesOf(scope: Scope, keys: readonly string[], { tracking }: Deps) {
  let after: string | undefined
  do {
    const { items, next } = await tracking.listMessages(scope, { person: keys, limit: PAGE, after })
    yield items
    after = next ?? undefined
  } while (after !== undefined)
}

function requireAddress(address: string, path: string): string {
  if ((mailboxOf(address)?.domain ?? '') !== '') return addressKey(address)
  throw invalidInput([{ path, message: `“${address}” is not an e-mail address.` }])
}
