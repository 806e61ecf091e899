// Other forms of an archived message: a host that adds a footer journals other words than the gateway saw.
// Both are kept, and each tells of the other.
import { sourcesOf } from './ledger.ts'
import type { MonthFiles } from './month-file.ts'
import type { ArchiveSource, EntryRecord } from './record.ts'

/** More with one Message-ID is somebody's broken program. */
const VARIANTS_MAX = 10
const ROWS_MAX = 50

export type Variant = {
  readonly id: string
  readonly sources: readonly ArchiveSource[]
  readonly archivedAt: number
  readonly size: number
}

/** Entries with the Message-ID, the author and the date of this one, in its month and those beside it. */
export function variantsOf(
  files: MonthFiles,
  tenantId: string,
  { month, seq, entry }: { readonly month: string; readonly seq: number; readonly entry: EntryRecord },
): readonly Variant[] {
  if (entry.messageId === null || entry.messageId === '' || entry.date === null) return []
  const row = files.open(tenantId, month)?.sql('select message_key from entry where seq = ?').get(seq)
  const key = row?.message_key
  if (typeof key !== 'string') return []
  const names = files.months(tenantId)
  const at = names.indexOf(month)
  const others = names.slice(Math.max(0, at - 1), at + 2).flatMap((name) => {
    const file = files.open(tenantId, name)
    return file === null ? [] : file.sql(OTHERS).all(key, seq, ROWS_MAX)
  })
  return others
    .flatMap(({ body, sources }) => {
      if (typeof body !== 'string') return []
      const other = JSON.parse(body) as EntryRecord
      const isOne =
        other.messageId === entry.messageId && other.author === entry.author && other.date === entry.date
      if (!isOne) return []
      const { id, archivedAt, size } = other
      return [{ id, archivedAt, size, sources: sourcesOf(Number(sources)) }]
    })
    .slice(0, VARIANTS_MAX)
}

const OTHERS = `select r.body, e.sources from entry e join record r on r.seq = e.seq
  where e.message_key = ? and e.seq <> ? limit ?`
