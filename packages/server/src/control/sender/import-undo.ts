// Checked rows on their way between preview and import, and what takes an import back.
import type { Trx } from '#store/open.ts'
import type { SenderRow } from './entry.ts'
import {
  deleteSenders,
  entriesAmong,
  type Made,
  type NewSender,
  putRows,
  type Written,
} from './write-store.ts'

/** Keys of what was added, and what was replaced as it stood. */
export type SenderUndo = {
  readonly added: readonly (readonly [userKey: string, sender: string])[]
  readonly before: readonly SenderRow[]
}

type Packed = readonly [userKey: string, sender: string, domain: string, flags: number]

const PERMITS = 1
const ONLY_IF_AUTHENTICATED = 2

/** Entries as bytes: a third of the rows as objects, and read in milliseconds. */
export function packed(entries: readonly NewSender[]): Uint8Array {
  const rows = entries.map(({ userKey, sender, domain, action, onlyIfAuthenticated }): Packed => {
    const flags = (action === 'permit' ? PERMITS : 0) | (onlyIfAuthenticated ? ONLY_IF_AUTHENTICATED : 0)
    return [userKey, sender, domain, flags]
  })
  return Buffer.from(JSON.stringify(rows))
}

export function unpacked(bytes: Uint8Array): readonly NewSender[] {
  const rows = JSON.parse(Buffer.from(bytes).toString('utf8')) as readonly Packed[]
  return rows.map(([userKey, sender, domain, flags]) => ({
    userKey,
    sender,
    domain,
    action: flags & PERMITS ? 'permit' : 'block',
    onlyIfAuthenticated: (flags & ONLY_IF_AUTHENTICATED) !== 0,
  }))
}

export function undoOfWritten({ added, before }: Written): SenderUndo {
  return { added: added.map(({ userKey, sender }) => [userKey, sender]), before }
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
    entries: undo.added.map(([userKey, sender]) => ({ userKey, sender })),
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
