// Queries of the audit log: every filter has an index that ends in the id, and times are ids.
import type { AuditFilter } from '@gatepost/contract/audit.ts'
import { sql } from 'kysely'
import { newId } from '#platform/random.ts'
import type { Db } from '#store/open.ts'

export type AuditQuery = AuditFilter & { readonly limit: number; readonly after?: string | undefined }

/** Names offered to filter by. */
const WORDS_MAX = 300
/** The part of an id that is its time (platform/random.ts), in base32 digits. */
const TIME_DIGITS = 10

/** The newest name of somebody who acted. */
export async function actorOf(db: Db, tenantId: string, id: string) {
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
export async function distinct(db: Db, tenantId: string, column: 'action' | 'actor_id'): Promise<string[]> {
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

/**
 * Where a search for words ends: the id of the last entry among `count` with the other filters, if there are
 * more. Words have no index, and reading a million entries takes seconds.
 */
export async function endOfSearch(
  db: Db,
  tenantId: string | null,
  { query: { search: _, ...query }, count }: { readonly query: AuditQuery; readonly count: number },
): Promise<string | null> {
  const rows = await selectAudit(db, tenantId, query)
    .clearSelect()
    .select('id')
    .offset(count - 1)
    .limit(2)
    .execute()
  return rows.length < 2 ? null : rows[0]!.id
}

/** Entries by filter, newest first. */
export function selectAudit(db: Db, tenantId: string | null, query: AuditQuery) {
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
