// The message centre's list: newest first, a day at a time, until the page is full; and the live tail.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { listMessages } from '@gatepost/contract/message.ts'
import { reasons } from '#policy/reasons.ts'
import type { Scope } from '../scope.ts'
import { DAY_MS, dayOf, dayOfId } from './days.ts'
import { filtered, ID_BEFORE_AT_MS, type MessageQuery, wordsWanted } from './filter-store.ts'
import type { TrackingStorage } from './tracking-store.ts'
import type { WordTree } from './words.ts'

export type Row = OutputOf<typeof listMessages>['items'][number]
export type Listed = {
  readonly items: Row[]
  readonly next: string | null
  readonly total: null
  readonly aliases: string[]
}

const columns = [
  'seq',
  'id',
  'at',
  'direction',
  'status',
  'reverse_path',
  'author',
  'forward_path',
  'recipient_count',
  'subject',
  'reason',
  'client_ip',
  'size',
  'count',
] as const

/** One page of a tenant's messages. */
export async function listRows(scope: Scope, query: MessageQuery, storage: TrackingStorage): Promise<Listed> {
  const { limit, since } = query
  const days = (await storage.days()).filter((day) => isDayWanted(day, query))
  if (since !== undefined) return listSince(scope, { ...query, since }, { storage, days })
  const { tenantId } = scope
  const words = wordsWanted(query)
  const items: Row[] = []
  for (const day of days) {
    const rows = await rowsOfDay(storage, day, { tenantId, query, words, wanted: limit + 1 - items.length })
    items.push(...rows.map(rowOf))
    if (items.length > limit) break
  }
  const shown = items.slice(0, limit)
  const next = items.length > limit ? (shown.at(-1)?.id ?? null) : null
  return { items: shown, next, total: null, aliases: aliasesIn(query) }
}

type DayQuery = {
  readonly tenantId: string
  readonly query: MessageQuery
  readonly words: WordTree | null
  readonly wanted: number
}

/**
 * At most `wanted` rows of a day, newest first. Of a word that most messages have, the newest to arrive are
 * nearly always the page; only where they are not, all of its rows are gone through.
 */
async function rowsOfDay(
  storage: TrackingStorage,
  day: number,
  asked: DayQuery,
): Promise<readonly Selected[]> {
  const { tenantId, query, words, wanted } = asked
  const { after } = query
  const read = (few: readonly number[] | null): Promise<readonly Selected[]> => {
    const select = filtered(storage, day, { tenantId, query, few })
      .select(columns)
      .$if(after !== undefined, (rows) => rows.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(wanted)
    return storage.read(day, select.compile())
  }
  const newest = words && (await storage.newest({ day, tenantId }, words))
  if (newest === null) return read(null)
  if (newest.isAll) return newest.seqs.length === 0 ? [] : read(newest.seqs)
  if (after !== undefined) return read(null)
  const rows = await read(newest.seqs)
  const last = rows.length === wanted ? rows.at(-1) : undefined
  if (last === undefined) return read(null)
  const oldestSeq = newest.seqs.reduce((least, seq) => Math.min(least, seq))
  return (await isPassedOver(storage, day, { tenantId, id: last.id, oldestSeq })) ? read(null) : rows
}

/** Whether something newer than `id` arrived before all that was looked at: an edge may report late. */
async function isPassedOver(
  storage: TrackingStorage,
  day: number,
  { tenantId, id, oldestSeq }: { readonly tenantId: string; readonly id: string; readonly oldestSeq: number },
): Promise<boolean> {
  const select = storage.builder
    .selectFrom('tracking_message')
    .select('seq')
    .where('day', '=', day)
    .where('tenant_id', '=', tenantId)
    .where('id', '>', id)
    .where('seq', '<', oldestSeq)
    .limit(1)
  return (await storage.read(day, select.compile())).length > 0
}

/** The live tail follows arrival: an id may be older than one that arrived before it. */
async function listSince(
  scope: Scope,
  query: MessageQuery & { readonly since: string },
  { storage, days }: { readonly storage: TrackingStorage; readonly days: readonly number[] },
): Promise<Listed> {
  const { limit, since } = query
  const sinceDay = dayOfId(since)
  const known = sinceDay === null ? undefined : await seqOf(scope, since, { storage, day: sinceDay })
  const items: Row[] = []
  for (const day of [...days].reverse()) {
    if (sinceDay === null || day < sinceDay) continue
    const afterSeq = day === sinceDay ? known : undefined
    const select = filtered(storage, day, { tenantId: scope.tenantId, query, afterSeq })
      .select(columns)
      .$if(day === sinceDay && known === undefined, (rows) => rows.where('id', '>', since))
      .orderBy('seq')
      .limit(limit - items.length)
    items.push(...(await storage.read(day, select.compile())).map(rowOf))
    if (items.length >= limit) break
  }
  return { items, next: null, total: null, aliases: aliasesIn(query) }
}

/** The other addresses that were looked for. */
function aliasesIn({ aliases }: MessageQuery): string[] {
  const asked = new Set(aliases?.keys())
  return [...new Set([...(aliases?.values() ?? [])].flat())].filter((address) => !asked.has(address))
}

async function seqOf(
  scope: Scope,
  id: string,
  { storage, day }: { readonly storage: TrackingStorage; readonly day: number },
): Promise<number | undefined> {
  const select = storage.builder
    .selectFrom('tracking_message')
    .select('seq')
    .where('day', '=', day)
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
  return (await storage.read(day, select.compile()))[0]?.seq
}

function isDayWanted(day: number, { after, from, to, search }: MessageQuery): boolean {
  const last = after === undefined ? null : dayOfId(after)
  if (after !== undefined && (last === null || day > last)) return false
  if (from !== undefined && day < dayOf(from - ID_BEFORE_AT_MS)) return false
  if (to !== undefined && day * DAY_MS >= to) return false
  const only = search === undefined ? null : dayOfId(search.trim())
  return only === null || day === only
}

type Selected = {
  readonly [Name in (typeof columns)[number]]: Name extends 'seq' | 'at' | 'recipient_count' | 'count'
    ? number
    : Name extends 'size'
      ? number | null
      : Name extends 'direction'
        ? 'inbound' | 'outbound' | null
        : Name extends 'id' | 'status' | 'reason'
          ? string
          : string | null
}

export function rowOf(row: Selected): Row {
  return {
    id: row.id,
    at: row.at,
    direction: row.direction,
    status: row.status as Row['status'],
    reversePath: row.reverse_path,
    author: row.author,
    forwardPath: row.forward_path,
    recipientCount: row.recipient_count,
    subject: row.subject,
    reason: reasonText(row.reason),
    clientIp: row.client_ip,
    size: row.size,
    count: row.count,
  }
}

/** A reason literal as its sentence; the words of a reply as they are. */
export function reasonText(reason: string): string {
  return (reasons as { readonly [reason: string]: string | undefined })[reason] ?? reason
}
