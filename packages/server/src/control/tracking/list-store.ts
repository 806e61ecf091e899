// The message centre's list: newest first, a day at a time, until the page is full; and the live tail.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { listMessages } from '@gatepost/contract/message.ts'
import type { ExpressionBuilder, RawBuilder, SelectQueryBuilder } from 'kysely'
import { reasons } from '#policy/reasons.ts'
import type { TrackingSchema } from '#store/tracking-schema.ts'
import type { Scope } from '../scope.ts'
import { DAY_MS, dayOf, dayOfId, idFloor } from './days.ts'
import type { TrackingStorage } from './tracking-store.ts'
import { type QueryWord, queryWords } from './words.ts'

export type MessageQuery = {
  readonly limit: number
  readonly after?: string | undefined
  readonly search?: string | undefined
  readonly status?: Row['status'] | undefined
  readonly direction?: 'inbound' | 'outbound' | undefined
  /** Epoch milliseconds, inclusive. */
  readonly from?: number | undefined
  /** Epoch milliseconds, exclusive. */
  readonly to?: number | undefined
  /** Rows that arrived after this one, oldest first. */
  readonly since?: string | undefined
}

export type Row = OutputOf<typeof listMessages>['items'][number]
type Listed = { readonly items: Row[]; readonly next: string | null; readonly total: null }

/** An id is made when its transaction begins, its row's time is that of the outcome: so far apart at most. */
const ID_BEFORE_AT_MS = 3_600_000

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

type MessageSelect = SelectQueryBuilder<TrackingSchema, 'tracking_message', object>

/** One page of a tenant's messages. */
export async function listRows(scope: Scope, query: MessageQuery, storage: TrackingStorage): Promise<Listed> {
  const { limit, since, after } = query
  const days = (await storage.days()).filter((day) => isDayWanted(day, query))
  if (since !== undefined) return listSince(scope, { ...query, since }, { storage, days })
  const items: Row[] = []
  for (const day of days) {
    const select = filtered(storage, day, { tenantId: scope.tenantId, query })
      .select(columns)
      .$if(after !== undefined, (rows) => rows.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(limit + 1 - items.length)
    items.push(...(await storage.read(day, select.compile())).map(rowOf))
    if (items.length > limit) break
  }
  const shown = items.slice(0, limit)
  return { items: shown, next: items.length > limit ? (shown.at(-1)?.id ?? null) : null, total: null }
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
    const select = filtered(storage, day, { tenantId: scope.tenantId, query })
      .select(columns)
      .$if(day === sinceDay && known !== undefined, (rows) => rows.where('seq', '>', known!))
      .$if(day === sinceDay && known === undefined, (rows) => rows.where('id', '>', since))
      .orderBy('seq')
      .limit(limit - items.length)
    items.push(...(await storage.read(day, select.compile())).map(rowOf))
    if (items.length >= limit) break
  }
  return { items, next: null, total: null }
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

/** Compiles the page query of one day: for tests that look at its plan. */
export function filtered(
  storage: Pick<TrackingStorage, 'builder' | 'found'>,
  day: number,
  { tenantId, query }: { readonly tenantId: string; readonly query: MessageQuery },
): MessageSelect {
  const { status, direction, from, to, search } = query
  let select: MessageSelect = storage.builder
    .selectFrom('tracking_message')
    .where('day', '=', day)
    .where('tenant_id', '=', tenantId)
  if (status !== undefined) select = select.where('status', '=', status)
  if (direction !== undefined) select = select.where('direction', '=', direction)
  if (from !== undefined)
    select = select.where('at', '>=', from).where('id', '>=', idFloor(from - ID_BEFORE_AT_MS))
  if (to !== undefined) select = select.where('at', '<', to).where('id', '<', idFloor(to))
  const trimmed = search?.trim() ?? ''
  if (dayOfId(trimmed) !== null) return select.where('id', '=', trimmed)
  for (const word of queryWords(trimmed)) {
    select = select.where(matching(word, (prefix) => storage.found({ day, tenantId }, prefix)))
  }
  return select
}

/** Any alternative, all prefixes of which are found. */
function matching(word: QueryWord, found: (prefix: string) => RawBuilder<number>) {
  return (where: ExpressionBuilder<TrackingSchema, 'tracking_message'>) =>
    where.or(word.map((prefixes) => where.and(prefixes.map((prefix) => where('seq', 'in', found(prefix))))))
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
