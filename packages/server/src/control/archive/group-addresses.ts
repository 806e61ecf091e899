// Addresses and domains that groups list, for rules of days.
import type { Db } from '#store/open.ts'
import { groupOf } from '../policy/rows.ts'
import { groupsOf } from '../policy/store.ts'

export type GroupAddresses = {
  readonly name: string
  readonly isDirectory: boolean
  readonly addresses: readonly string[]
  readonly domains: readonly string[]
}

export async function readGroupAddresses(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, GroupAddresses>> {
  if (ids.length === 0) return new Map()
  const rows = await groupsOf(db, tenantId)
  return new Map(
    rows
      .filter(({ id }) => ids.includes(id))
      .map((row) => {
        const { name, addresses, domains } = groupOf(row)
        return [row.id, { name, isDirectory: row.origin === 'directory', addresses, domains }]
      }),
  )
}
