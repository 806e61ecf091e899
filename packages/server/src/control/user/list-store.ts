// Pages of users by address, with a search over the beginnings of addresses, aliases and names.
import type { User } from '@gatepost/contract/user.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { type Page, pageOf } from '../page.ts'
import { nameKeyOf } from './address.ts'
import { type AddressRow, addressesOfUsers, type Source, sourcesOfUsers, type UserRow } from './store.ts'

export type UserQuery = {
  readonly limit: number
  /** Address key of the last user of the page before. */
  readonly after?: string | undefined
  readonly search?: string | undefined
  readonly source?: string | undefined
}

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
  const [addresses, sources] = await Promise.all([
    addressesOfUsers(db, tenantId, ids),
    sourcesOfUsers(db, tenantId, ids),
  ])
  const item = (row: UserRow) =>
    userOf(row, {
      addresses: addresses.filter(({ user_id }) => user_id === row.id),
      sources: sources.filter(({ user_id }) => user_id === row.id).map(({ source }) => source as Source),
    })
  return pageOf(rows, limit, { item, cursor: ({ email_key }) => email_key, total: Number(total) })
}

export function userOf(
  row: UserRow,
  has: { readonly addresses: readonly AddressRow[]; readonly sources: readonly Source[] },
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
    createdAt: row.created_at,
    revision: row.revision,
  }
}

function matching(db: Db, tenantId: string, { search = '', source = '' }: UserQuery) {
  const address = addressKey(search)
  const name = nameKeyOf(search)
  return db
    .selectFrom('user')
    .where('user.tenant_id', '=', tenantId)
    .$if(search !== '', (select) =>
      select.where((where) =>
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
        ]),
      ),
    )
    .$if(source !== '', (select) =>
      select.where('user.id', 'in', (from) =>
        from
          .selectFrom('user_source')
          .select('user_id')
          .where('tenant_id', '=', tenantId)
          .where('source', '=', source as Source),
      ),
    )
}

/** Everything that begins with `prefix` sorts before this. */
function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
