// What takes an import back: the entries it added, and those that it replaced.
import type { Trx } from '#store/open.ts'
import type { SenderRow } from './entry.ts'
import { entriesOf, type PackedList, packedList } from './packed-list.ts'
import { deleteSenders, entriesAmong, type Made, putRows, type Written } from './write-store.ts'

/** What was added, and what was replaced as it stood. */
export type SenderUndo = { readonly list: PackedList; readonly before: readonly SenderRow[] }

export function undoOfWritten({ added, before }: Written): SenderUndo {
  return { list: packedList(added), before }
}

/** Removes what was added and puts back what was replaced, but for entries that somebody changed since. */
export async function undoWritten(
  trx: Trx,
  undo: SenderUndo,
  { importId, ...made }: Pick<Made, 'tenantId' | 'now' | 'dialect'> & { readonly importId: string },
): Promise<void> {
  const { tenantId, dialect } = made
  const isOfImport = ({ reference, source }: SenderRow): boolean =>
    reference === importId && source === 'imported'
  const added = await entriesAmong(trx, tenantId, {
    entries: entriesOf(undo.list),
    dialect,
  })
  await deleteSenders(trx, [...added.values()].filter(isOfImport), made)
  const replaced = await entriesAmong(trx, tenantId, {
    entries: undo.before.map(({ user_key: userKey, sender }) => ({ userKey, sender })),
    dialect,
  })
  const stillOurs = new Set(
    [...replaced.values()].filter(isOfImport).map(({ user_key, sender }) => `${user_key}\n${sender}`),
  )
  const back = undo.before.filter(({ user_key, sender }) => stillOurs.has(`${user_key}\n${sender}`))
  await putRows(trx, back, made)
}
