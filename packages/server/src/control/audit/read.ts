// Reads the audit log: pages, filters, the words to filter by, and the export. Written for a million entries
// of a tenant.
import { AUDIT_SEARCHED_MAX, type AuditEntry, type AuditFilter } from '@gatepost/contract/audit.ts'
import type { Store } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv-write.ts'
import { type Page, pageOf } from '../page.ts'
import type { ControlDeps } from '../scope.ts'
import { type AuditScope, appendAudit } from './audit.ts'
import { type AuditQuery, actorOf, distinct, endOfSearch, selectAudit } from './store.ts'

export type { AuditQuery } from './store.ts'

const ROWS_PER_READ = 1_000

export type AuditPage = Page<AuditEntry> & { readonly searchedTo: number | null }

/**
 * Entries of one tenant, or of the installation where `tenantId` is null, newest first. A search looks
 * through at most `count` of those that fit the other filters.
 */
export async function listAudit(
  scope: Pick<AuditScope, 'tenantId'>,
  query: AuditQuery,
  { store }: { readonly store: Store },
  count = AUDIT_SEARCHED_MAX,
): Promise<AuditPage> {
  const { tenantId } = scope
  const end = query.search ? await endOfSearch(store.db, tenantId, { query, count }) : null
  const rows = await selectAudit(store.db, tenantId, query)
    .$if(end !== null, (select) => select.where('id', '>=', end!))
    .limit(query.limit + 1)
    .execute()
  const page = pageOf(rows, query.limit, { item: entryOf, cursor: ({ id }) => id })
  if (end === null || page.next !== null) return { ...page, searchedTo: null }
  const last = await selectAudit(store.db, tenantId, { limit: 1 }).where('id', '=', end).execute()
  return { ...page, next: end, searchedTo: last[0]?.at ?? null }
}

/** All of the log as CSV, read as it is written. The export itself is noted before the first row leaves. */
export async function exportAudit(
  scope: AuditScope,
  filter: AuditFilter,
  { store, clock }: Pick<ControlDeps, 'store' | 'clock'>,
): Promise<AsyncGenerator<string>> {
  const event = { action: 'audit.exported', subject: 'audit log as CSV', before: null, after: filter }
  await store.transaction((trx) => appendAudit(trx, scope, { ...event, at: clock.now() }))
  return rowsOf(scope.tenantId, filter, store)
}

async function* rowsOf(tenantId: string | null, filter: AuditFilter, store: Store): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(HEAD)
  let after: string | undefined
  for (;;) {
    const rows = await selectAudit(store.db, tenantId, { ...filter, limit: 0, after })
      .limit(ROWS_PER_READ)
      .execute()
    if (rows.length > 0) yield rows.map((row) => csvLine(cellsOf(row))).join('')
    if (rows.length < ROWS_PER_READ) return
    after = rows.at(-1)!.id
  }
}

/** The actors and actions in the log, read by jumping from one to the next in their indexes. */
export async function auditWords(
  tenantId: string,
  { store }: { readonly store: Store },
): Promise<{
  readonly actors: { readonly id: string; readonly name: string }[]
  readonly actions: string[]
}> {
  const [actions, ids] = await Promise.all([
    distinct(store.db, tenantId, 'action'),
    distinct(store.db, tenantId, 'actor_id'),
  ])
  const actors = await Promise.all(ids.map((id) => actorOf(store.db, tenantId, id)))
  return { actions, actors: actors.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

function entryOf(row: Row<'audit'>): AuditEntry {
  const { id, at, actor, action, subject, outcome } = row
  return {
    id,
    at,
    actor,
    actorId: row.actor_id,
    asOperator: row.as_operator === 1,
    from: row.from_address,
    action,
    outcome,
    subject,
    before: row.before === null ? null : JSON.parse(row.before),
    after: row.after === null ? null : JSON.parse(row.after),
  }
}

const HEAD = ['id', 'time', 'actor', 'operator', 'address', 'action', 'outcome', 'subject', 'before', 'after']

function cellsOf(row: Row<'audit'>): readonly (string | number | null)[] {
  const operator = row.as_operator === 1 ? 'yes' : 'no'
  const time = new Date(row.at).toISOString()
  return [
    row.id,
    time,
    row.actor,
    operator,
    row.from_address,
    row.action,
    row.outcome,
    row.subject,
    row.before,
    row.after,
  ]
}
