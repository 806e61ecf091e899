// Figures of a report: outcomes by hour or day from the status index alone, the rest from the newest rows.
import {
  delayBands,
  type Report,
  type ReportOutcome,
  type ReportRange,
  reportOutcomes,
} from '@gatepost/contract/report.ts'
import { sql } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import type { Scope } from '../scope.ts'
import { DAY_MS, dayOf, idFloor } from './days.ts'
import { reasonText } from './list-store.ts'
import type { MessageReasons } from './reasons-store.ts'
import type { TrackingStorage } from './tracking-store.ts'

export type Outcomes = { [Name in ReportOutcome]: number }
export type TenantReport = Omit<Report, 'lost'>
export type AllReport = Pick<Report, 'range' | 'from' | 'to' | 'step' | 'series' | 'totals'> & {
  readonly byTenant: ReadonlyMap<string, Outcomes>
}

const HOUR_MS = 3_600_000
const DAYS = { '24h': 2, '7d': 7, '30d': 30 } as const
/** Newest rows read of each day for what no index counts; their shares are as good as those of all. */
const ROWS_A_DAY = { '24h': 5_000, '7d': 2_000, '30d': 1_000 } as const
const RANKED_MAX = 8
const REASONS_MAX = 12

type Steps = { readonly step: 'hour' | 'day'; readonly starts: readonly number[]; readonly to: number }
type Deps = { readonly storage: TrackingStorage; readonly clock: Clock }

export const noOutcomes = (): Outcomes => ({
  delivered: 0,
  deferred: 0,
  held: 0,
  refused: 0,
  queued: 0,
  bounced: 0,
  discarded: 0,
})

/** The report of one organisation. */
export async function reportOf(scope: Scope, range: ReportRange, deps: Deps): Promise<TenantReport> {
  const { series, totals, ...steps } = await seriesOf([scope.tenantId], range, deps)
  const sample = await sampleOf(scope, range, { ...deps, from: steps.from })
  const { from, to, step } = steps
  return { range, from, to, step, series, totals, ...figuresOf(sample.rows), sampled: sample.isCut }
}

/** The sums of several organisations, and those of each. */
export async function reportOfAll(
  tenantIds: readonly string[],
  range: ReportRange,
  deps: Deps,
): Promise<AllReport> {
  return { range, ...(await seriesOf(tenantIds, range, deps)) }
}

function stepsOf(range: ReportRange, now: number): Steps {
  if (range === '24h') {
    const last = Math.floor(now / HOUR_MS) * HOUR_MS
    return { step: 'hour', starts: Array.from({ length: 24 }, (_, n) => last - (23 - n) * HOUR_MS), to: now }
  }
  const days = DAYS[range]
  const first = dayOf(now) - days + 1
  return { step: 'day', starts: Array.from({ length: days }, (_, n) => (first + n) * DAY_MS), to: now }
}

async function seriesOf(tenantIds: readonly string[], range: ReportRange, { storage, clock }: Deps) {
  const { step, starts, to } = stepsOf(range, clock.now())
  const from = starts[0] ?? to
  const series = starts.map((at) => ({ at, ...noOutcomes() }))
  const totals = noOutcomes()
  const byTenant = new Map<string, Outcomes>()
  for (const day of tenantIds.length === 0 ? [] : await daysFrom(storage, from)) {
    for (const row of await countsOfDay(tenantIds, starts, { storage, day })) {
      const name = reportOutcomes.find((outcome) => outcome === row.status)
      const bar = series[Number(row.bucket)]
      if (name === undefined || bar === undefined) continue
      const own = byTenant.get(row.tenant_id) ?? noOutcomes()
      byTenant.set(row.tenant_id, own)
      for (const sums of [bar, totals, own]) sums[name] += Number(row.count)
    }
  }
  return { step, from, to, series, totals, byTenant }
}

async function daysFrom(storage: TrackingStorage, from: number): Promise<readonly number[]> {
  return (await storage.days()).filter((day) => day >= dayOf(from))
}

/** Rows of a day by tenant, outcome and step. The floors of ids are ours alone and hold no quotes. */
function countsOfDay(
  tenantIds: readonly string[],
  starts: readonly number[],
  { storage, day }: { readonly storage: TrackingStorage; readonly day: number },
) {
  const whens = starts
    .map((start, index) => ({ start, index }))
    .filter(({ start, index }) => index > 0 && dayOf(start - 1) <= day && dayOf(start) >= day)
    .map(({ start, index }) => sql`when id < ${sql.lit(idFloor(start))} then ${sql.lit(index - 1)}`)
  const last = starts.findLastIndex((start) => dayOf(start) <= day)
  const bucket =
    whens.length === 0
      ? sql<number>`${sql.lit(last)}`
      : sql<number>`case ${sql.join(whens, sql` `)} else ${sql.lit(last)} end`
  const query = storage.builder
    .selectFrom('tracking_message')
    .select(({ fn }) => ['tenant_id', 'status', bucket.as('bucket'), fn.sum<number>('count').as('count')])
    .where('day', '=', day)
    .where('tenant_id', 'in', tenantIds)
    .where('id', '>=', idFloor(starts[0] ?? 0))
    .groupBy(['tenant_id', 'status', sql.ref('bucket')])
  return storage.read(day, query.compile())
}

type SampleRow = {
  readonly status: string
  readonly direction: string | null
  readonly reverse_path: string | null
  readonly author: string | null
  readonly reason: string
  readonly count: number
  readonly delay_ms: number | null
}

async function sampleOf(
  { tenantId }: Scope,
  range: ReportRange,
  { storage, from }: Deps & { readonly from: number },
): Promise<{ readonly rows: readonly SampleRow[]; readonly isCut: boolean }> {
  const limit = ROWS_A_DAY[range]
  const rows: SampleRow[] = []
  let isCut = false
  for (const day of await daysFrom(storage, from)) {
    const newest = storage.builder
      .selectFrom('tracking_message')
      .select(['status', 'direction', 'reverse_path', 'author', 'reason', 'count', 'delay_ms'])
      .where('day', '=', day)
      .where('tenant_id', '=', tenantId)
      .where('id', '>=', idFloor(from))
      .orderBy('id', 'desc')
      .limit(limit)
    const found = await storage.read(day, newest.compile())
    isCut ||= found.length === limit
    for (const row of found) rows.push(row)
  }
  return { rows, isCut }
}

function figuresOf(rows: readonly SampleRow[]): Pick<Report, 'delay' | 'senders' | 'people' | 'reasons'> {
  const inbound = rows.filter(({ direction }) => direction === 'inbound')
  const outbound = rows.filter(({ direction }) => direction === 'outbound')
  return {
    delay: delayOf(rows),
    senders: ranked(inbound, ({ reverse_path }) => domainIn(reverse_path)),
    people: ranked(outbound, ({ author, reverse_path }) => author ?? reverse_path),
    reasons: reasonsOf(rows),
  }
}

/** What stands behind the last `@`; null for the null reverse-path. */
const domainIn = (address: string | null): string | null => address?.split('@').at(-1) ?? null

function ranked(
  rows: readonly SampleRow[],
  nameOf: (row: SampleRow) => string | null,
): { name: string; count: number; refused: number }[] {
  const found = new Map<string, { name: string; count: number; refused: number }>()
  for (const row of rows) {
    const name = nameOf(row)?.toLowerCase()
    if (!name) continue
    const entry = found.get(name) ?? { name, count: 0, refused: 0 }
    found.set(name, entry)
    entry.count += Number(row.count)
    if (row.status === 'refused') entry.refused += Number(row.count)
  }
  return [...found.values()]
    .sort((one, other) => other.count - one.count || one.name.localeCompare(other.name))
    .slice(0, RANKED_MAX)
}

function reasonsOf(rows: readonly SampleRow[]): MessageReasons['items'] {
  const found = new Map<string, MessageReasons['items'][number]>()
  for (const { reason, status, count } of rows) {
    if (reason === '' || (status !== 'refused' && status !== 'deferred' && status !== 'held')) continue
    const key = `${status} ${reason}`
    const before = found.get(key)?.count ?? 0
    found.set(key, { reason, means: reasonText(reason), status, count: before + Number(count) })
  }
  return [...found.values()].sort((one, other) => other.count - one.count).slice(0, REASONS_MAX)
}

const SECOND_MS = 1_000
const bandEnds = [SECOND_MS, 60 * SECOND_MS, 300 * SECOND_MS, 900 * SECOND_MS, Number.POSITIVE_INFINITY]

/** From our acceptance to that of the next host, as far as mail was delivered. */
function delayOf(rows: readonly SampleRow[]): Report['delay'] {
  const delays = rows
    .flatMap(({ delay_ms, status }) =>
      status === 'delivered' && delay_ms !== null ? [Number(delay_ms)] : [],
    )
    .sort((one, other) => one - other)
  const share = (part: number) => delays[Math.max(0, Math.ceil(delays.length * part) - 1)] ?? null
  const bands = delayBands.map((band, index) => {
    const [above, end] = [index === 0 ? -1 : (bandEnds[index - 1] ?? 0), bandEnds[index] ?? 0]
    return { band, count: delays.filter((delay) => delay > above && delay <= end).length }
  })
  return { p50Ms: share(0.5), p95Ms: share(0.95), bands }
}
