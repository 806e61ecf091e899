// Finds the three columns of a list of senders: by their heads, else by their order (S6).
import type { SenderImport } from '@gatepost/contract/sender.ts'
import type { CsvRow } from '../user/csv.ts'
import { headKeyOf } from '../user/heads.ts'

export type Column = SenderImport['columns'][number]
export type Columns = {
  readonly columns: readonly Column[]
  readonly hasHead: boolean
  /** Where each stands in a row; -1 for an action that no column tells. */
  readonly at: { readonly user: number; readonly sender: number; readonly action: number }
}

type Means = 'user' | 'sender' | 'action'

/** Heads of our own export and of other gateways' lists, without case, spaces and marks. */
const HEADS: { readonly [Name in Means]: ReadonlySet<string> } = {
  user: words(
    'user useraddress useremail internaladdress internal internaluser recipient recipientaddress',
    'to toaddress mailbox owner quarantineuser enduser localaddress',
  ),
  sender: words(
    'sender senderaddress senderemail externaladdress externaladdressordomain external from fromaddress',
    'contact address addressordomain domain emailordomain pattern value',
  ),
  action: words(
    'action type policytype entrytype policy permission permittype status list listtype permitorblock',
    'verdict disposition',
  ),
}
/** Looked at below the head. */
const SAMPLE_ROWS = 20
const COLUMNS_MAX = 50

/** Null when the rows have fewer than two columns. */
export function findColumns(rows: readonly CsvRow[]): Columns | null {
  const [first] = rows
  if (!first) return null
  const width = Math.min(
    COLUMNS_MAX,
    Math.max(...rows.slice(0, SAMPLE_ROWS).map(({ cells }) => cells.length)),
  )
  if (width < 2) return null
  const heads = first.cells.slice(0, COLUMNS_MAX).map(headKeyOf)
  const named = Object.fromEntries(
    (['user', 'sender', 'action'] as const).map((means) => [
      means,
      heads.findIndex((head) => HEADS[means].has(head)),
    ]),
  ) as { [Name in Means]: number }
  const hasHead = isHead(first, named)
  const isNamed = hasHead && named.user >= 0 && named.sender >= 0
  const at = isNamed ? named : { user: 0, sender: 1, action: width > 2 ? 2 : -1 }
  const columns = Array.from({ length: width }, (_, index): Column => {
    const means = (['user', 'sender', 'action'] as const).find((name) => at[name] === index)
    const header = hasHead ? (first.cells[index] ?? '') : `Column ${index + 1}`
    return { header, means: means ?? 'ignored' }
  })
  return { columns, hasHead, at }
}

/** A first row without any address, that names a column we know, is a head. */
function isHead({ cells }: CsvRow, named: { readonly [Name in Means]: number }): boolean {
  if (cells.some((cell) => cell.includes('@'))) return false
  return named.user >= 0 || named.sender >= 0 || named.action >= 0
}

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '))
}
