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
import { removeUser } from '../user/user.ts'
import { requireNoHold } from './retention.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'> & { readonly tracking: Tracking }

/** Messages read at a time, and at most of one person. */
const PAGE = 500
const MESSAGES_MAX = 100_000
/** Entries of the audit log in one export. */
const AUDIT_MAX = 10_000

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
  const [addresses, groups, senders, seen, sessions] = await Promise.all([
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
  yield `,"account":${JSON.stringify(account)},"sessions":${JSON.stringify(sessions)},"messages":[`
  let isFirst = true
  for await (const items of messagesOf(scope, keys, deps)) {
    for (const item of items) {
      yield `${isFirst ? '' : ','}${JSON.stringify(item)}`
      isFirst = false
    }
  }
  yield `],"audit":${JSON.stringify(await auditOf(scope, found, deps))}}\n`
}

/** Entries that the person made. */
async function auditOf(scope: Scope, { person }: Found, deps: Deps) {
  if (!person) return []
  const { items } = await listAudit(scope, { limit: AUDIT_MAX, who: person.id }, deps)
  return items
}

/**
 * Erases. Throws `on-hold`, `user-has-role` for administrators, whose role is taken first, and `not-found`
 * where nothing is stored.
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
  const ids = new Set<string>()
  for await (const items of messagesOf(scope, found.keys, deps)) for (const { id } of items) ids.add(id)
  const senders = await eraseSenders(scope, found.keys, deps)
  if (found.user) await removeUser(scope, found.user.id, deps)
  const messages = await tracking.removeMessages(scope, [...ids])
  const at = clock.now()
  const rest = await store.transaction((trx) => eraseRest(trx, scope, { found, at }))
  const removed = { user: found.user !== null, senders, messages, ...rest }
  if (!removed.user && !removed.account && senders + messages + rest.seen + rest.invitations === 0) {
    throw problem('not-found', 'Nothing is stored of this address.')
  }
  const entry = { action: 'person.erased', subject: input.address, before: null, after: removed, at }
  await store.transaction((trx) => appendAudit(trx, scope, entry))
  const receipt = await listAudit(scope, { limit: 1, action: 'person.erased' }, deps)
  return {
    address: input.address,
    erasedAt: at,
    auditId: receipt.items[0]?.id ?? '',
    removed,
    stays: [
      'The audit log names who did what; it cannot be changed and goes by its own retention.',
      'Backups made before hold what they held; they go when they are deleted.',
      'Messages in the queue or held are delivered, returned or discarded by their own rules.',
    ],
  }
}

async function eraseRest(
  trx: Trx,
  scope: Scope,
  { found, at }: { readonly found: Found; readonly at: number },
): Promise<{ readonly account: boolean; readonly seen: number; readonly invitations: number }> {
  const { tenantId } = scope
  const { person, keys } = found
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
  return { account, seen: Number(seen.numDeletedRows), invitations: Number(invitations.numDeletedRows) }
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

/** Messages to and from the person, a page at a time, each once: an alias finds those of the user too. */
async function* messagesOf(scope: Scope, keys: readonly string[], { tracking }: Deps) {
  let left = MESSAGES_MAX
  const known = new Set<string>()
  for (const key of keys) {
    for (const filter of [{ recipient: key }, { sender: key }]) {
      let after: string | undefined
      while (left > 0) {
        const { items, next } = await tracking.listMessages(scope, { ...filter, limit: PAGE, after })
        const fresh = items.filter(({ id }) => !known.has(id))
        for (const { id } of fresh) known.add(id)
        if (fresh.length > 0) yield fresh
        left -= items.length
        if (next === null) break
        after = next
      }
    }
  }
}

function requireAddress(address: string, path: string): string {
  if ((mailboxOf(address)?.domain ?? '') !== '') return addressKey(address)
  throw invalidInput([{ path, message: `“${address}” is not an e-mail address.` }])
}
