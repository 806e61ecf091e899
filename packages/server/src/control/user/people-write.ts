// Carries a plan of people out, in batches and in an order that no unique key stands against, and tells edges
// of every address that changed.
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import type { NewRow } from '#store/schema.ts'
import { attributesChanged } from '../policy/attribute-store.ts'
import { nameKeyOf } from './address.ts'
import { batchesOf } from './batches.ts'
import { sourceOfTokens, storedClaim, tokenOf } from './claim.ts'
import { feedPeople } from './people-feed.ts'
import type { PeoplePlan, PlannedUser } from './people-plan.ts'
import { putAddresses, putSources, putUsers } from './people-store.ts'
import { type FedAddress, feedRecipients } from './recipient-feed.ts'
import { deleteUsers } from './store.ts'

export type WriteContext = {
  readonly tenantId: string
  readonly now: number
  readonly dialect: Store['dialect']
}

/** Ids of what was written, by what became of it. */
export type Written = {
  /** Users by external id in the connector, those added among them. */
  readonly byExternal: ReadonlyMap<string, string>
}

type Writing = PlannedUser & { readonly id: string }

/** Call inside the transaction that read the state of the plan. */
export async function writePeople(trx: Trx, plan: PeoplePlan, context: WriteContext): Promise<Written> {
  const { tenantId, now, dialect } = context
  const gone = [...plan.removes, ...plan.absorbed].map(({ row }) => row.id)
  const removed = new Set(await deleteUsers(trx, tenantId, gone))
  const users: readonly Writing[] = [...plan.adds, ...plan.changes, ...plan.kept].map((user) => {
    return { ...user, id: user.before?.row.id ?? newId('usr', now) }
  })
  for (const key of await dropAddresses(trx, users, tenantId)) removed.add(key)
  await clearPrimaries(trx, users, tenantId)
  await putUsers(
    trx,
    users.map((user) => userRow(user, context)),
  )
  await putAddresses(
    trx,
    users.flatMap((user) => addressRows(user, context)),
  )
  await dropSources(trx, users, tenantId)
  await putSources(
    trx,
    users.flatMap((user) => sourceRows(user, tenantId)),
  )
  await feedAddresses(trx, users, { ...context, removed })
  if (
    users.some(({ before, after }) => (before?.row.attributes ?? '[]') !== JSON.stringify(after.attributes))
  ) {
    await attributesChanged(trx, tenantId, now)
  }
  const renamed = users.filter(({ before, after }) => before !== null && before.row.name !== after.name)
  const keys = renamed.map(({ after }) => after.email.key)
  await feedPeople(trx, { tenantId, keys }, { dialect, now })
  const named = users.flatMap(({ id, externalId }) =>
    externalId === null ? [] : [[externalId, id] as const],
  )
  return { byExternal: new Map(named) }
}

/** Addresses that users give up; those that move to another user are free afterwards. */
async function dropAddresses(trx: Trx, users: readonly Writing[], tenantId: string): Promise<string[]> {
  const keys = users.flatMap(({ before, after }) =>
    (before?.addresses ?? [])
      .map(({ address_key }) => address_key)
      .filter((key) => !after.addresses.has(key)),
  )
  for (const batch of batchesOf(keys)) {
    await trx
      .deleteFrom('user_address')
      .where('tenant_id', '=', tenantId)
      .where('address_key', 'in', batch)
      .execute()
  }
  return keys
}

/** Two users may swap main addresses: neither may stand in the other's way. */
async function clearPrimaries(trx: Trx, users: readonly Writing[], tenantId: string): Promise<void> {
  const moved = users.filter(({ before, after }) => before && before.row.email_key !== after.email.key)
  for (const batch of batchesOf(moved.map(({ id }) => id))) {
    await trx
      .updateTable('user')
      .set((set) => ({ email_key: set.ref('id') }))
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', batch)
      .execute()
  }
}

/** Sources that no longer name a user. */
async function dropSources(trx: Trx, users: readonly Writing[], tenantId: string): Promise<void> {
  const dropped = users.flatMap(({ id, before, claims }) => {
    const tokens = new Set(claims.map(tokenOf))
    return (before?.claims ?? [])
      .filter((claim) => !tokens.has(tokenOf(claim)))
      .map(({ source, connectorId }) => ({ id, source, connectorId }))
  })
  const groups = Map.groupBy(dropped, ({ source, connectorId }) => `${source} ${connectorId}`)
  for (const group of groups.values()) {
    const { source, connectorId } = group[0]!
    for (const batch of batchesOf(group.map(({ id }) => id))) {
      await trx
        .deleteFrom('user_source')
        .where('tenant_id', '=', tenantId)
        .where('user_id', 'in', batch)
        .where('source', '=', source)
        .where('connector_id', '=', connectorId)
        .execute()
    }
  }
}

async function feedAddresses(
  trx: Trx,
  users: readonly Writing[],
  { tenantId, now, dialect, removed }: WriteContext & { readonly removed: Set<string> },
): Promise<void> {
  const added = new Map<string, FedAddress[]>()
  for (const { before, after } of users) {
    const has = new Map(before?.addresses.map((row) => [row.address_key, row.source]))
    const isMoved = before !== null && before.row.email_key !== after.email.key
    for (const [key, { namedBy }] of after.addresses) {
      const source = sourceOfTokens(namedBy, has.get(key))
      // An address that only changes hands stays listed.
      removed.delete(key)
      if (!isMoved && has.get(key) === source) continue
      const list = added.get(source) ?? []
      if (list.length === 0) added.set(source, list)
      list.push({ key, primaryKey: after.email.key })
    }
  }
  const made = { dialect, now }
  await feedRecipients(trx, { tenantId, source: '', added: [], removed: [...removed] }, made)
  for (const [source, addresses] of added) {
    await feedRecipients(trx, { tenantId, source, added: addresses, removed: [] }, made)
  }
}

function userRow({ id, before, after }: Writing, { tenantId, now }: WriteContext): NewRow<'user'> {
  return {
    id,
    tenant_id: tenantId,
    email: after.email.address,
    email_key: after.email.key,
    name: after.name,
    name_key: nameKeyOf(after.name),
    enabled: after.enabled ? 1 : 0,
    enabled_locally: before?.row.enabled_locally ?? 1,
    kind: after.kind,
    local_attributes: before?.row.local_attributes ?? '[]',
    attributes: JSON.stringify(after.attributes),
    created_at: before?.row.created_at ?? now,
    updated_at: now,
    revision: (before?.row.revision ?? 0) + 1,
  }
}

function addressRows({ id, before, after }: Writing, context: WriteContext): NewRow<'user_address'>[] {
  const has = new Map(before?.addresses.map((row) => [row.address_key, row]))
  return [...after.addresses].map(([key, { address, namedBy }]) => ({
    tenant_id: context.tenantId,
    address_key: key,
    address: address.address,
    user_id: id,
    is_primary: key === after.email.key ? (1 as const) : (0 as const),
    domain: address.domain,
    source: sourceOfTokens(namedBy, has.get(key)?.source),
    named_by: namedBy.toSorted().join(' '),
    created_at: has.get(key)?.created_at ?? context.now,
  }))
}

function sourceRows({ id, claims }: Writing, tenantId: string): NewRow<'user_source'>[] {
  return claims.map((claim) => ({
    tenant_id: tenantId,
    user_id: id,
    source: claim.source,
    connector_id: claim.connectorId,
    external_id: claim.externalId,
    reference: claim.reference,
    claim: storedClaim(claim),
    since: claim.since,
    seen_at: claim.seenAt,
  }))
}
