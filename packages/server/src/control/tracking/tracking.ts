// Tracking: where every message is and why. Takes the reports of edges; answers the message centre (decisions
// 30, 34).
import { join } from 'node:path'
import type { MessageFilter } from '@gatepost/contract/message.ts'
import type { ReportRange } from '@gatepost/contract/report.ts'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import type { Store } from '#store/open.ts'
import { keepAuthorsSeen } from '../first-contact/learn.ts'
import { keepGreylistReports } from '../greylist/reports.ts'
import { keepHeld } from '../hold/notes-store.ts'
import { problem } from '../problem.ts'
import { keepSeenPeople } from '../recipient/seen.ts'
import { trackingDaysOf } from '../retention/store.ts'
import type { EdgeLink, Scope } from '../scope.ts'
import { keepCorrespondence } from '../sender/correspondence.ts'
import { keepSpoofs } from '../spoofing/store.ts'
import { aliasesFor } from './alias-store.ts'
import { countRows, type MessageCounts } from './counts-store.ts'
import { dayOf, dayOfId } from './days.ts'
import { auditExport, exportRows } from './export.ts'
import type { MessageQuery } from './filter-store.ts'
import { peopleOfGroup } from './group-people-store.ts'
import { type InboundLetter, type InboundPage, inboundLetters } from './inbound-letters.ts'
import { type Listed, listRows } from './list-store.ts'
import { keepMailNotes } from './mail-observations.ts'
import { heldAnewIn, type Message, placeOfMessage, readMessage } from './message.ts'
import type { MailNotes } from './notes.ts'
import { type LetterPage, type OutboundLetter, outboundLetters } from './outbound-letters.ts'
import { overdueCounter } from './overdue-store.ts'
import { openPostgresTracking } from './postgres-store.ts'
import { countReasons, type MessageReasons } from './reasons-store.ts'
import { type Refusal, readRefusal } from './refusal-store.ts'
import { type AllReport, reportOf, reportOfAll, type TenantReport } from './report-store.ts'
import { publishedSettings } from './settings-store.ts'
import { openSqliteTracking } from './sqlite-store.ts'
import { Tail } from './tail.ts'
import type { TrackingStorage } from './tracking-store.ts'
import { type UsageOfDay, usageOfDay } from './usage-store.ts'

/** Days kept, today included. */
export const TRACKING_DAYS = 30
/** Rows without a tenant; no tenant has this id, so nobody's scope finds them. */
const NOBODY: Scope = { tenantId: '', actor: { kind: 'system', name: 'operator' }, from: 'internal' }
const RETENTION_LOOK_MS = 3_600_000

type Options = {
  readonly store: Store
  /** As for `openStore`: null is SQLite in `dataFolder/tracking/`. */
  readonly database: string | null
  readonly dataFolder: string
  readonly clock: Clock
  readonly emit: Emit
  readonly daysKept?: number
  /** Mail made somebody known: edges are to be told. */
  readonly peopleChanged?: () => void
}

export type Tracking = {
  /** Stores the text of a `ReportBatch`; resolves once it may be acknowledged. */
  take(body: Buffer): Promise<{ readonly node: string; readonly slot: number; readonly acknowledged: number }>
  /** The publisher tells which tenant validated which domain. */
  domainsChanged(domains: ReadonlyMap<string, string>): void
  /** With `since` and `wait`, waits that many seconds for the first newer row. */
  listMessages(scope: Scope, query: MessageQuery & { readonly wait?: number | undefined }): Promise<Listed>
  /** Refusals that belong to no tenant: for operators. */
  listRefusals(query: MessageQuery): Promise<Pick<Listed, 'items' | 'next' | 'total'>>
  /**
   * The filtered rows as CSV, page by page, at most `rowsMax` of them (`EXPORT_ROWS_MAX` where left out);
   * what was asked for is in the audit log first.
   */
  exportMessages(scope: Scope, filter: MessageFilter, rowsMax?: number): Promise<AsyncIterable<string>>
  /** Throws `not-found`. */
  getMessage(scope: Scope, id: string): Promise<Message>
  getMessageCounts(scope: Scope): Promise<MessageCounts>
  /** What the sender's side may know of a refusal, by the code in our reply. */
  getRefusal(code: string): Promise<Refusal>
  /** Of the last 24 hours. */
  getMessageReasons(scope: Scope): Promise<MessageReasons>
  /** Figures of a day, a week or a month. */
  getReport(scope: Scope, range: ReportRange): Promise<TenantReport>
  /** Messages that should have ended long ago, whatever their end. */
  countOverdue(scope: Scope): Promise<number>
  /** The sums of these organisations. */
  getSystemReport(tenantIds: readonly string[], range: ReportRange): Promise<AllReport>
  /** Makes the queued recipients of a message due now. Throws `not-found`, `edge-unreachable`. */
  retryMessage(scope: Scope, id: string, link: EdgeLink): Promise<{ readonly recipients: number }>
  /** Removes messages by id, with their attempts; resolves with how many. */
  removeMessages(scope: Pick<Scope, 'tenantId'>, ids: readonly string[]): Promise<number>
  /** Accepted outbound mail of a UTC day by id, for those who collect contacts. */
  outboundLetters(tenantId: string, page: LetterPage): Promise<readonly OutboundLetter[]>
  /** Inbound mail of a UTC day that was let in, the newest first, for those who learn who writes to whom. */
  inboundLetters(tenantId: string, page: InboundPage): Promise<readonly InboundLetter[]>
  /** Days with rows, newest first, counted from 1970. */
  days(): Promise<readonly number[]>
  /** Removes all messages of an organisation that left; resolves with how many. */
  removeTenant(tenantId: string): Promise<number>
  /** What passed on a UTC day, counted from 1970, by organisation. */
  usageOfDay(day: number): Promise<readonly UsageOfDay[]>
  close(): Promise<void>
}

export async function openTracking(options: Options): Promise<Tracking> {
  const { store, database, dataFolder, clock, emit } = options
  const storage =
    database === null
      ? openSqliteTracking(join(dataFolder, 'tracking'))
      : await openPostgresTracking(database)
  const stopped = new AbortController()
  const countOverdue = overdueCounter(storage, clock)
  const tail = new Tail(clock, stopped.signal)
  const retention = keepRetention(storage, { ...options, signal: stopped.signal })
  return {
    async take(body) {
      const { node, slot, acknowledged, notes, greylist, rejected } = await storage.take(body)
      tail.arrived()
      if (rejected.length > 0) emit('link.rejected', { what: 'reports', node, slot, why: rejected })
      await keepNotes(notes, options, storage).catch((error) => {
        // The reports come again, and their notes with them.
        storage.forgetNotes()
        throw error
      })
      await keepGreylistReports(store, greylist, clock.now())
      return { node, slot, acknowledged }
    },
    domainsChanged: (domains) => storage.domainsChanged(domains),
    async listMessages(scope, query) {
      const asked = await expanded(scope, query, store)
      const listed = (): Promise<Listed> => listRows(scope, asked, storage)
      const { since, wait = 0 } = query
      return since === undefined || wait === 0 ? listed() : tail.follow(listed, wait * 1_000)
    },
    async listRefusals(query) {
      const { items, next, total } = await listRows(NOBODY, query, storage)
      return { items, next, total }
    },
    async exportMessages(scope, filter, rowsMax) {
      const asked = await expanded(scope, filter, store)
      await store.transaction((trx) => auditExport(trx, scope, { filter, at: clock.now() }))
      return exportRows((page) => listRows(scope, { ...asked, ...page }, storage), rowsMax)
    },
    async getMessage(scope, id) {
      const settings = await publishedSettings(store.db, scope.tenantId)
      return readMessage(scope, id, { storage, settings })
    },
    getMessageCounts: (scope) => countRows(scope, storage, clock),
    getRefusal: (code) => readRefusal(code, { storage, clock, daysKept: options.daysKept ?? TRACKING_DAYS }),
    getMessageReasons: (scope) => countReasons(scope, storage, clock),
    getReport: (scope, range) => reportOf(scope, range, { storage, clock }),
    countOverdue,
    getSystemReport: (tenantIds, range) => reportOfAll(tenantIds, range, { storage, clock }),
    retryMessage: (scope, messageId, link) => retry(scope, messageId, { link, storage, clock }),
    removeMessages: ({ tenantId }, ids) => removeIds(tenantId, ids, storage),
    outboundLetters: (tenantId, page) => outboundLetters(tenantId, page, storage),
    inboundLetters: (tenantId, page) => inboundLetters(tenantId, page, storage),
    days: () => storage.days(),
    removeTenant: (tenantId) => removeAllOf(tenantId, storage),
    usageOfDay: (day) => usageOfDay(storage, day),
    async close() {
      stopped.abort()
      await retention
      await storage.close()
    },
  }
}

/** A filter with the people it means: all addresses of one, or everybody in a group. */
async function expanded<Filter extends MessageFilter>(
  { tenantId }: Scope,
  filter: Filter,
  { db }: Store,
): Promise<Filter & Pick<MessageQuery, 'aliases' | 'people'>> {
  const aliases = await aliasesFor(db, tenantId, filter)
  const people = filter.group === undefined ? undefined : await peopleOfGroup(db, tenantId, filter.group)
  return { ...filter, aliases, people }
}

type RetryDeps = { readonly link: EdgeLink; readonly storage: TrackingStorage; readonly clock: Clock }

async function retry(scope: Scope, messageId: string, { link, storage, clock }: RetryDeps) {
  const place = await placeOfMessage(scope, messageId, storage)
  const order = { kind: 'retry', id: newId('ord', clock.now()), messageId } as const
  const result = await link.orderFor(place, order)
  if (result.kind === 'retry') return { recipients: result.recipients }
  throw problem(
    'edge-unreachable',
    result.kind === 'failed' ? `The edge could not: ${result.why}.` : undefined,
  )
}

async function removeIds(
  tenantId: string,
  ids: readonly string[],
  storage: TrackingStorage,
): Promise<number> {
  const days = Map.groupBy(ids, (id) => dayOfId(id) ?? 0)
  let removed = 0
  for (const [day, these] of days)
    removed += await storage.remove(day, { kind: 'these', tenantId, ids: these })
  return removed
}

async function removeAllOf(tenantId: string, storage: TrackingStorage): Promise<number> {
  let removed = 0
  for (const day of await storage.days())
    removed += await storage.remove(day, { kind: 'of', tenants: [tenantId] })
  return removed
}

async function keepNotes(
  notes: MailNotes,
  { store, peopleChanged }: Options,
  storage: TrackingStorage,
): Promise<void> {
  await keepMailNotes(store, notes)
  const { correspondence } = notes
  if (correspondence && (await keepCorrespondence(correspondence, { store }))) peopleChanged?.()
  if (notes.authors && (await keepAuthorsSeen(notes.authors, { store }))) peopleChanged?.()
  if (notes.heldMail !== undefined) {
    const { unknown, authors } = await keepHeld(store, notes.heldMail)
    for (const note of unknown) await keepHeld(store, { held: await heldAnewIn(note, storage), outcomes: [] })
    if (await keepAuthorsSeen(authors, { store })) peopleChanged?.()
  }
  if (notes.protection === undefined) return
  if (await keepSeenPeople(notes.protection, { store })) peopleChanged?.()
  await keepSpoofs(store, notes.protection.spoofs)
}

/**
 * Drops days that nobody keeps any more, and of other days the messages of tenants that keep them shorter.
 * Resolves with how many messages of single tenants went.
 */
export async function applyTrackingRetention(
  storage: Pick<TrackingStorage, 'dropBefore' | 'days' | 'remove'>,
  kept: { readonly today: number; readonly usual: number; readonly own: ReadonlyMap<string, number> },
): Promise<number> {
  const { today, usual, own } = kept
  const longest = Math.max(usual, ...own.values())
  await storage.dropBefore(today - longest + 1)
  let removed = 0
  for (const day of await storage.days()) {
    const age = today - day
    const over = [...own].filter(([, days]) => age >= days).map(([tenant]) => tenant)
    const still = [...own].filter(([, days]) => age < days).map(([tenant]) => tenant)
    if (age >= usual) removed += await storage.remove(day, { kind: 'all-but', tenants: still })
    else if (over.length > 0) removed += await storage.remove(day, { kind: 'of', tenants: over })
  }
  return removed
}

async function keepRetention(
  storage: TrackingStorage,
  { store, clock, emit, signal, daysKept = TRACKING_DAYS }: Options & { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await trackingDaysOf(store)
      .then((own) => applyTrackingRetention(storage, { today: dayOf(clock.now()), usual: daysKept, own }))
      .catch((error) => emit('control.request.failed', { what: 'retention of tracking', error }))
    await clock.sleep(RETENTION_LOOK_MS, signal)
  }
}
