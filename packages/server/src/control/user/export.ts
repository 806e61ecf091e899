// Users as a CSV that can be imported again (D2, D7): every column that the import knows but passwords.
import type { UserFilter } from '@gatepost/contract/user.ts'
import type { Store } from '#store/open.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv-write.ts'
import type { Scope } from '../scope.ts'
import { attributeNames, exportRows } from './export-store.ts'
import { pageOfUsers } from './list-store.ts'

const PAGE = 500

/** Piece by piece, by address; a file of any length is never held whole. */
export async function* exportUsers(
  { tenantId }: Scope,
  filter: UserFilter,
  { store }: { readonly store: Pick<Store, 'db'> },
): AsyncGenerator<string> {
  const names = await attributeNames(store.db, tenantId)
  const head = ['email', 'name', 'aliases', 'groups', 'enabled', ...names.map((name) => `attr:${name}`)]
  yield `${BYTE_ORDER_MARK}${csvLine(head)}`
  let after: string | undefined
  do {
    const page = await pageOfUsers(store.db, tenantId, { ...filter, limit: PAGE, after })
    const ids = page.items.map(({ id }) => id)
    const more = await exportRows(store.db, tenantId, ids)
    yield page.items
      .map(({ id, email, name, aliases, enabled }) => {
        const extra = more.get(id)
        // Removed since the page was read, as by a directory's run.
        if (extra === undefined) return ''
        const { groups, attributes } = extra
        const values = names.map((name) => attributes.get(name) ?? '')
        return csvLine([email, name, aliases.join(';'), groups.join(';'), enabled ? 'yes' : 'no', ...values])
      })
      .join('')
    after = page.next ?? undefined
  } while (after !== undefined)
}
