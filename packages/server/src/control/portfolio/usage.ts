// Usage of each organisation by month (V1): days are counted while tracking still has them, and kept.
import type { UsageRow } from '@gatepost/contract/portfolio.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv-write.ts'
import type { ControlDeps } from '../scope.ts'
import { dayName, dayOf } from '../tracking/days.ts'
import type { Tracking } from '../tracking/tracking.ts'

export type UsageDeps = Pick<ControlDeps, 'store' | 'clock'> & {
  readonly tracking: Pick<Tracking, 'usageOfDay'>
}

/** A day's figures are at most so old. */
const COUNT_MS = 3_600_000
const FIRST_COUNT_MS = 30_000
/** Counted again: a message that comes at midnight is reported a while later. */
const DAYS_BACK = 2
/** Months offered: two years. */
const MONTHS_SHOWN = 24

type Usage = {
  readonly month: string
  readonly months: string[]
  readonly items: UsageRow[]
  readonly countedAt: number | null
}

/** The month asked for, or the present one. */
export async function getUsage(month: string | undefined, { store, clock }: UsageDeps): Promise<Usage> {
  const now = clock.now()
  const asked = month ?? monthOf(now)
  const db = acrossTenants(store.db)
  const [days, tenants, known] = await Promise.all([
    db
      .selectFrom('usage_day')
      .selectAll()
      .where('day', '>=', `${asked}-01`)
      .where('day', '<=', `${asked}-31`)
      .execute(),
    db.selectFrom('tenant').select(['id', 'slug', 'name']).orderBy('name').orderBy('id').execute(),
    db.selectFrom('usage_day').select('day').distinct().orderBy('day', 'desc').execute(),
  ])
  const byTenant = Map.groupBy(days, ({ tenant_id }) => tenant_id)
  const months = [...new Set([monthOf(now), ...known.map(({ day }) => day.slice(0, 7))])]
  return {
    month: asked,
    months: months.toSorted().reverse().slice(0, MONTHS_SHOWN),
    items: tenants.map((tenant) => rowOf(tenant, byTenant.get(tenant.id) ?? [])),
    countedAt: days.reduce<number | null>((last, { counted_at }) => Math.max(last ?? 0, counted_at), null),
  }
}

/** As CSV, a line an organisation. */
export async function* exportUsage(month: string | undefined, deps: UsageDeps): AsyncGenerator<string> {
  const { month: shown, items } = await getUsage(month, deps)
  const head = [
    'month',
    'organisation',
    'slug',
    'inbound',
    'outbound',
    'refused',
    'octets',
    'users',
    'stored',
  ]
  yield `${BYTE_ORDER_MARK}${csvLine(head)}`
  for (const { name, slug, inbound, outbound, refused, octets, users, stored } of items) {
    yield csvLine([shown, name, slug, ...[inbound, outbound, refused, octets, users, stored].map(String)])
  }
}

/** Counts today and the days before it every hour, until the signal aborts. */
export async function watchUsage(
  deps: UsageDeps & Pick<ControlDeps, 'emit'>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, emit } = deps
  await clock.sleep(FIRST_COUNT_MS, signal)
  while (!signal.aborted) {
    await countUsage(deps).catch((error) => {
      if (!signal.aborted) emit('control.request.failed', { what: 'counting usage', error })
    })
    await clock.sleep(COUNT_MS, signal)
  }
}

export async function countUsage({ store, clock, tracking }: UsageDeps): Promise<void> {
  const now = clock.now()
  const [tenants, users, stored] = await Promise.all([
    store.db.selectFrom('tenant').select('id').execute(),
    usersByTenant(store.db),
    storedByTenant(store.db),
  ])
  for (let back = DAYS_BACK; back >= 0; back -= 1) {
    const day = dayOf(now) - back
    const found = new Map((await tracking.usageOfDay(day)).map((usage) => [usage.tenantId, usage]))
    for (const { id } of tenants) {
      const usage = found.get(id)
      // A day without mail is a day all the same: its users and its archive were there.
      if (usage === undefined && back > 0) continue
      await keepDay(store.db, {
        tenant_id: id,
        day: dayName(day),
        inbound: usage?.inbound ?? 0,
        outbound: usage?.outbound ?? 0,
        refused: usage?.refused ?? 0,
        octets: usage?.octets ?? 0,
        users: users.get(id) ?? 0,
        stored: stored.get(id) ?? 0,
        counted_at: now,
      })
    }
  }
}

/** Users and storage of a day that is over stay as they were counted on it. */
async function keepDay(db: Db, row: Row<'usage_day'>): Promise<void> {
  const { inbound, outbound, refused, octets, counted_at, users, stored } = row
  const isToday = dayName(dayOf(counted_at)) === row.day
  const counted = { inbound, outbound, refused, octets, counted_at, ...(isToday ? { users, stored } : {}) }
  await db
    .insertInto('usage_day')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'day']).doUpdateSet(counted))
    .execute()
}

export async function usersByTenant(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await acrossTenants(db)
    .selectFrom('user')
    .select(({ fn }) => ['tenant_id', fn.countAll<number>().as('count')])
    .groupBy('tenant_id')
    .execute()
  return new Map(rows.map(({ tenant_id, count }) => [tenant_id, Number(count)]))
}

/** What the last check of each archive measured. */
async function storedByTenant(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await acrossTenants(db)
    .selectFrom('archive_check')
    .select(['tenant_id', 'octets'])
    .orderBy('id')
    .execute()
  return new Map(rows.map(({ tenant_id, octets }) => [tenant_id, Number(octets)]))
}

function rowOf(
  { id, slug, name }: { readonly id: string; readonly slug: string; readonly name: string },
  days: readonly Row<'usage_day'>[],
): UsageRow {
  const sum = (of: (day: Row<'usage_day'>) => number): number => days.reduce((all, day) => all + of(day), 0)
  const last = days.toSorted((one, other) => (one.day < other.day ? -1 : 1)).at(-1)
  return {
    tenant: id,
    slug,
    name,
    inbound: sum((day) => day.inbound),
    outbound: sum((day) => day.outbound),
    refused: sum((day) => day.refused),
    octets: sum((day) => day.octets),
    users: Math.max(0, ...days.map((day) => day.users)),
    stored: last?.stored ?? 0,
  }
}

function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7)
}
