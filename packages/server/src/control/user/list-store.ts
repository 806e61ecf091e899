// Pages of users by address, with a search over the beginnings of addresses, aliases and names.
import type { User, UserFilter } from '@gatepost/contract/user.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { ExpressionBuilder } from 'kysely'
import type { Db } from '#store/open.ts'
import type { Schema } from '#store/schema.ts'
import { type Page, pageOf } from '../page.ts'
import { nameKeyOf } from './address.ts'
import { batchesOf } from './batches.ts'
import { type AddressRow, addressesOfUsers, type Source, sourcesOfUsers, type UserRow } from './store.ts'

export type UserQuery = {
  readonly limit: number
  /** Address key of the last user of the page before. */
  readonly after?: string | undefined
} & UserFilter

/** One page; `total` counts all users that match. */
export async function pageOfUsers(db: Db, tenantId: string, query: UserQuery): Promise<Page<User>> {
  const { limit, after } = query
  const [rows, { total }] = await Promise.all([
    matching(db, tenantId, query)
      .selectAll()
      .$if(after !== undefined, (select) => select.where('email_key', '>', after!))
      .orderBy('email_key')
      .limit(limit + 1)
      .execute(),
    matching(db, tenantId, query)
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow(),
  ])
  const ids = rows.map(({ id }) => id)
  const [addresses, sources, accounts] = await Promise.all([
    addressesOfUsers(db, tenantId, ids),
    sourcesOfUsers(db, tenantId, ids),
    accountsAmong(db, tenantId, ids),
  ])
  const addressesBy = Map.groupBy(addresses, ({ user_id }) => user_id)
  const sourcesBy = Map.groupBy(sources, ({ user_id }) => user_id)
  const item = (row: UserRow) =>
    userOf(row, {
      addresses: addressesBy.get(row.id) ?? [],
      sources: (sourcesBy.get(row.id) ?? []).map(({ source }) => source),
      hasAccount: accounts.has(row.id),
    })
  return pageOf(rows, limit, { item, cursor: ({ email_key }) => email_key, total: Number(total) })
}

export function userOf(
  row: UserRow,
  has: {
    readonly addresses: readonly AddressRow[]
    readonly sources: readonly Source[]
    readonly hasAccount: boolean
  },
): User {
  const aliases = has.addresses.filter(({ is_primary }) => is_primary === 0).map(({ address }) => address)
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    kind: row.kind,
    aliases: aliases.toSorted(),
    sources: [...new Set(has.sources)].toSorted(),
    enabled: row.enabled === 1,
    hasAccount: has.hasAccount,
    createdAt: row.created_at,
    revision: row.revision,
  }
}

/** Which of these users have an account. */
export async function accountsAmong(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const batch of batchesOf(ids)) {
    const rows = await withAccount(db, tenantId).where('user.id', 'in', batch).execute()
    for (const { id } of rows) found.add(id)
  }
  return found
}

/** Users whom a person row belongs to. */
function withAccount(db: Db, tenantId: string) {
  return db
    .selectFrom('user')
    .innerJoin('person', 'person.user_id', 'user.id')
    .select('user.id')
    .where('user.tenant_id', '=', tenantId)
}

/** Users of a filter, by address; shared by the list, the export and changes of many. */
export function matching(db: Db, tenantId: string, filter: UserFilter) {
  const { search = '', source, connector, domain, group, kind, enabled, account } = filter
  return db
    .selectFrom('user')
    .where('user.tenant_id', '=', tenantId)
    .$if(search !== '', (select) => select.where(beginning(tenantId, search)))
    .$if(kind !== undefined, (select) => select.where('user.kind', '=', kind!))
    .$if(enabled !== undefined, (select) => select.where('user.enabled', '=', enabled === 'yes' ? 1 : 0))
    .$if(account !== undefined, (select) =>
      select.where('user.id', account === 'yes' ? 'in' : 'not in', withAccount(db, tenantId)),
    )
    .$if(source !== undefined || connector !== undefined, (select) =>
      select.where('user.id', 'in', (from) =>
        from
          .selectFrom('user_source')
          .select('user_id')
          .where('tenant_id', '=', tenantId)
          .$if(source !== undefined, (named) => named.where('source', '=', source!))
          .$if(connector !== undefined, (named) => named.where('connector_id', '=', connector!)),
      ),
    )
    .$if(domain !== undefined, (select) =>
      select.where('user.id', 'in', (from) =>
        from
          .selectFrom('user_address')
          .select('user_id')
          .where('tenant_id', '=', tenantId)
          .where('domain', '=', domain!.toLowerCase()),
      ),
    )
    .$if(group !== undefined, (select) =>
      select.where('user.id', 'in', (from) =>
        from
          .selectFrom('group_member')
          .select('user_id')
          .where('tenant_id', '=', tenantId)
          .where('group_id', '=', group!),
      ),
    )
}

/** The beginning of a name or of any address. */
function beginning(tenantId: string, search: string) {
  const address = addressKey(search)
  const name = nameKeyOf(search)
  return (where: ExpressionBuilder<Schema, 'user'>) =>
    where.or([
      ...(name === ''
        ? []
        : [where.and([where('name_key', '>=', name), where('name_key', '<', endOf(name))])]),
      where(
        'user.id',
        'in',
        where
          .selectFrom('user_address')
          .select('user_id')
          .where('tenant_id', '=', tenantId)
          .where('address_key', '>=', address)
          .where('address_key', '<', endOf(address)),
      ),
    ])
}

/** Everything that begins with `prefix` sorts before this. */
function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
