// Reads the audit log: pages, filters, the words to filter by, and the export. Written for a million entries a
// tenant: every filter has an index that ends in the id, and times are ids.
import { AUDIT_EXPORT_ROWS_MAX, type AuditEntry, type AuditFilter } from '@gatepost/contract/audit.ts'
import { sql } from 'kysely'
import { newId } from '#platform/random.ts'
import type { Db, Store } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv-write.ts'
import { type Page, pageOf } from '../page.ts'
import type { ControlDeps } from '../scope.ts'
import { type AuditScope, appendAudit } from './audit.ts'

export type AuditQuery = AuditFilter & { readonly limit: number; readonly after?: string | undefined }

const ROWS_PER_READ = 1_000
/** Names offered to filter by. */
const WORDS_MAX = 300
/** The part of an id that is its time (platform/random.ts), in base32 digits. */
const TIME_DIGITS = 10

/** Entries of one tenant, or of the installation where `tenantId` is null, newest first. */
export async function listAudit(
  scope: Pick<AuditScope, 'tenantId'>,
  query: AuditQuery,
  { store }: { readonly store: Store },
): Promise<Page<AuditEntry>> {
  const rows = await select(store.db, scope.tenantId, query)
    .limit(query.limit + 1)
    .execute()
  return pageOf(rows, query.limit, { item: entryOf, cursor: ({ id }) => id })
}

/** The log as CSV, read as it is written. The export itself is noted before the first row leaves. */
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
  for (let left = AUDIT_EXPORT_ROWS_MAX; left > 0; left -= ROWS_PER_READ) {
    const rows = await select(store.db, tenantId, { ...filter, limit: 0, after })
      .limit(Math.min(ROWS_PER_READ, left))
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

async function actorOf(db: Db, tenantId: string, id: string) {
  const row = await db
    .selectFrom('audit')
    .select('actor')
    .where('tenant_id', '=', tenantId)
    .where('actor_id', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { id, name: row?.actor ?? id }
}

/** A loose index scan: a million entries of forty actions are forty look-ups. */
async function distinct(db: Db, tenantId: string, column: 'action' | 'actor_id'): Promise<string[]> {
  const name = sql.ref(column)
  const { rows } = await sql<{ word: string }>`
    with recursive words (word) as (
      select (select min(${name}) from audit where tenant_id = ${tenantId})
      union all
      select (select min(${name}) from audit where tenant_id = ${tenantId} and ${name} > words.word)
      from words where words.word is not null)
    select word from words where word is not null limit ${WORDS_MAX}`.execute(db)
  return rows.map(({ word }) => word)
}

function select(db: Db, tenantId: string | null, query: AuditQuery) {
  const { who, action, address, outcome, since, until, after } = query
  const pattern = query.search ? `%${likeOf(query.search.toLowerCase())}%` : null
  return db
    .selectFrom('audit')
    .selectAll()
    .where('tenant_id', tenantId === null ? 'is' : '=', tenantId)
    .$if(after !== undefined, (rows) => rows.where('id', '<', after!))
    .$if(since !== undefined, (rows) => rows.where('id', '>=', idAt(since!)))
    .$if(until !== undefined, (rows) => rows.where('id', '<', idAt(until! + 1)))
    .$if(who === 'operator', (rows) => rows.where('as_operator', '=', 1))
    .$if(who === 'system', (rows) => rows.where('actor_kind', '=', 'system'))
    .$if(who !== undefined && who !== 'operator' && who !== 'system', (rows) =>
      rows.where('actor_id', '=', who!),
    )
    .$if(action !== undefined && !action.endsWith('.'), (rows) => rows.where('action', '=', action!))
    .$if(action?.endsWith('.') === true, (rows) =>
      // `/` follows `.`, so this is everything that begins so.
      rows.where('action', '>=', action!).where('action', '<', `${action!.slice(0, -1)}/`),
    )
    .$if(address !== undefined, (rows) => rows.where('from_address', '=', address!))
    .$if(outcome !== undefined, (rows) => rows.where('outcome', '=', outcome!))
    .$if(pattern !== null, (rows) =>
      rows.where(({ or }) =>
        or(
          (['subject', 'actor', 'before', 'after'] as const).map(
            (column) => sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`,
          ),
        ),
      ),
    )
    .orderBy('id', 'desc')
}

/** Below every id of this millisecond and above those before it. */
function idAt(time: number): string {
  return newId('aud', time).slice(0, 'aud_'.length + TIME_DIGITS)
}

/** What people type stands for itself, not for a pattern. */
function likeOf(text: string): string {
  return text.replaceAll(/[%_\\]/g, '\\$&')
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
