// What waits for its retry, for the console: newest first, in pages, with a search.
import type { DatabaseSync } from 'node:sqlite'
import type { AttemptRecord } from './records.ts'

/** Rows that one page looks through for matches, so that a search of a flood answers in time. */
const LOOKED_MAX = 50_000

export type AttemptRow = {
  readonly tenant_id: string
  readonly id: string
  readonly reverse_path: string
  readonly forward_path: string
  readonly client_ip: string
  readonly client_name: string | null
  readonly helo: string
  readonly identity: string
  readonly keys: string
  readonly first_at: number
  readonly last_at: number
  readonly attempts: number
}

export type ListQuestion = {
  readonly tenantId: string
  /** Part of an address, a client's address or name, or an identity; in any case. */
  readonly search: string | null
  /** Attempts older than this id; null starts with the newest. */
  readonly before: string | null
  readonly limit: number
}

export type Listed = {
  readonly items: readonly AttemptRecord[]
  /** Down to which id was looked; null at the end. */
  readonly next: string | null
  /** All that wait in the tenant, whatever the search. */
  readonly waiting: number
}

export function listWaiting(database: DatabaseSync, question: ListQuestion): Listed {
  const { tenantId, search, before, limit } = question
  const waiting = database.prepare('select count(*) as n from attempt where tenant_id = ?').get(tenantId) as {
    n: number
  }
  const rows = database
    .prepare('select * from attempt where tenant_id = ? and id < ? order by id desc limit ?')
    .iterate(tenantId, before ?? '~', search === null ? limit + 1 : LOOKED_MAX)
  const wanted = search?.toLowerCase() ?? null
  const items: AttemptRecord[] = []
  let looked = 0
  let last: string | null = null
  for (const row of rows as Iterable<unknown> as Iterable<AttemptRow>) {
    if (items.length === limit) return { items, next: last, waiting: waiting.n }
    looked += 1
    last = row.id
    if (wanted === null || matches(row, wanted)) items.push(rowOf(row))
  }
  return { items, next: search !== null && looked === LOOKED_MAX ? last : null, waiting: waiting.n }
}

export function rowOf(row: AttemptRow): AttemptRecord {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    reversePath: row.reverse_path,
    forwardPath: row.forward_path,
    clientIp: row.client_ip,
    clientName: row.client_name,
    helo: row.helo,
    identity: row.identity,
    keys: row.keys.split('\n'),
    firstAt: row.first_at,
    lastAt: row.last_at,
    attempts: row.attempts,
  }
}

function matches(row: AttemptRow, wanted: string): boolean {
  const text = [row.reverse_path, row.forward_path, row.client_ip, row.client_name ?? '', row.identity]
  return text.some((part) => part.toLowerCase().includes(wanted))
}
