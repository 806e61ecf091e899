// Addresses and domains that groups list, for rules of days.
import type { Db } from '#store/open.ts'
import { groupOf } from '../policy/rows.ts'
import { groupsOf } from '../policy/store.ts'

type Listed = { readonly addresses: readonly string[]; readonly domains: readonly string[] }

export async function readGroupAddresses(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Listed>> {
  if (ids.length === 0) return new Map()
  const rows = await groupsOf(db, tenantId)
  return new Map(
    rows
      .filter(({ id }) => ids.includes(id))
      .map((row) => {
        const { addresses, domains } = groupOf(row)
        return [row.id, { addresses, domains }]
      }),
  )
}
