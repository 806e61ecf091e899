// The message centre's rows as CSV: a page at a time, so that a large export holds no more than one in
// memory.
import { EXPORT_ROWS_MAX, type MessageFilter } from '@gatepost/contract/message.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv-write.ts'
import type { Scope } from '../scope.ts'
import type { Listed, Row } from './list-store.ts'

const ROWS_PER_PAGE = 500

type Page = { readonly limit: number; readonly after: string | undefined }

/** Every row that `list` gives, newest first, at most `EXPORT_ROWS_MAX`. Times are UTC (ISO 8601). */
export async function* exportRows(
  list: (page: Page) => Promise<Listed>,
  rowsMax = EXPORT_ROWS_MAX,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(HEAD)
  let after: string | undefined
  for (let left = rowsMax; left > 0; ) {
    const { items, next } = await list({ limit: Math.min(ROWS_PER_PAGE, left), after })
    if (items.length > 0) yield items.map((row) => csvLine(cellsOf(row))).join('')
    left -= items.length
    if (next === null) return
    after = next
  }
}

/** Who takes people's mail history out of here is noted before the first row leaves. */
export async function auditExport(
  trx: Trx,
  scope: Scope,
  { filter, at }: { readonly filter: MessageFilter; readonly at: number },
): Promise<void> {
  const subject = 'messages as CSV'
  await appendAudit(trx, scope, { action: 'messages.exported', subject, before: null, after: filter, at })
}

const HEAD = [
  'id',
  'time',
  'direction',
  'status',
  'reverse_path',
  'author',
  'recipient',
  'recipients',
  'subject',
  'reason',
  'client_ip',
  'size',
  'count',
]

function cellsOf(row: Row): readonly (string | number | null)[] {
  return [
    row.id,
    new Date(row.at).toISOString(),
    row.direction,
    row.status,
    row.reversePath,
    row.author,
    row.forwardPath,
    row.recipientCount,
    row.subject,
    row.reason,
    row.clientIp,
    row.size,
    row.count,
  ]
}
