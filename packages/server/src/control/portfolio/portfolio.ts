// All organisations of an operator with the progress of each Connect (V1), from the states that the checker
// noted: a list of thousands asks the store four times, whatever its length.
import type { Environment, StepState } from '@gatepost/contract/common.ts'
import type { StepName } from '@gatepost/contract/connect.ts'
import type { QueryOf } from '@gatepost/contract/endpoint.ts'
import type { Permission } from '@gatepost/contract/permission.ts'
import type { getPortfolio as contract, PortfolioRow } from '@gatepost/contract/portfolio.ts'
import { stepTexts } from '@gatepost/contract/step-texts.ts'
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { peopleBy, requirementsOf, steps } from '../connect/steps.ts'
import type { ControlDeps } from '../scope.ts'
import { type TenantRow, tenantsByIds } from '../tenant/store.ts'
import { usersByTenant } from './usage.ts'

const DAY_MS = 86_400_000
/** Organisations one operator acts for; far above any installation. */
const TENANTS_MAX = 20_000

type States = { readonly [Name in StepName]?: StepState }
type Noted = { readonly states: States; readonly changedAt: number }

type Asker = {
  readonly tenants: readonly { readonly id: string; readonly permissions: readonly Permission[] }[]
}

/** A page of them, in the order asked for. */
export async function getPortfolio(
  asker: Asker,
  query: QueryOf<typeof contract>,
  { store, clock }: Pick<ControlDeps, 'store' | 'clock'>,
): Promise<{ items: PortfolioRow[]; next: string | null; total: number }> {
  const ids = asker.tenants
    .filter(({ permissions }) => permissions.includes('tenant:read'))
    .map(({ id }) => id)
  const now = clock.now()
  const [tenants, noted, users, templates, leaving] = await Promise.all([
    tenantsByIds(store.db, { ids, limit: TENANTS_MAX, after: null }),
    notedStates(store.db),
    usersByTenant(store.db),
    templateNames(store.db),
    departures(store.db),
  ])
  const rows = tenants.map((tenant) => ({
    ...progressOf(tenant, noted.get(tenant.id) ?? null, now),
    users: users.get(tenant.id) ?? 0,
    template: templates.get(tenant.id) ?? null,
    leavingAt: leaving.get(tenant.id) ?? null,
  }))
  const shown = rows.filter((row) => isMeant(row, query)).toSorted(orders[query.sort])
  const from = Math.max(0, Number.parseInt(query.after ?? '0', 10) || 0)
  const end = from + query.limit
  return { items: shown.slice(from, end), next: end < shown.length ? String(end) : null, total: shown.length }
}

type Progress = Omit<PortfolioRow, 'users' | 'template' | 'leavingAt'>

function progressOf(tenant: TenantRow, noted: Noted | null, now: number): Progress {
  const states = noted?.states ?? {}
  const environment = tenant.environment as Environment
  const people = peopleBy({
    environment,
    hasDirectory: states['synchronize-directory'] === 'done',
    hasUsers: states['add-users'] === 'done',
    isDirectorySkipped: states['synchronize-directory'] === 'skipped',
  })
  const requirements = requirementsOf({ environment, inboundOnly: tenant.inbound_only === 1, people })
  const mandatory = steps.filter(({ name }) => requirements[name] === 'mandatory')
  const open = mandatory.filter(({ name }) => states[name] !== 'done')
  // What needs attention comes before what merely waits its turn.
  const next = open.find(({ name }) => states[name] === 'needs-attention') ?? open[0]
  const movedAt = Math.max(tenant.created_at, noted?.changedAt ?? 0)
  return {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    primaryDomain: tenant.primary_domain ?? '',
    environment,
    createdAt: tenant.created_at,
    required: mandatory.length,
    requiredDone: mandatory.filter(({ name }) => states[name] === 'done').length,
    next:
      next === undefined
        ? null
        : {
            step: next.name,
            title: stepTexts[next.name].title,
            needsAttention: states[next.name] === 'needs-attention',
          },
    idleDays: next === undefined ? 0 : Math.max(0, Math.floor((now - movedAt) / DAY_MS)),
  }
}

function isMeant(row: PortfolioRow, { search = '', state }: QueryOf<typeof contract>): boolean {
  const wanted = search.toLowerCase()
  const isFound = [row.name, row.slug, row.primaryDomain].some((text) => text.toLowerCase().includes(wanted))
  if (!isFound) return false
  switch (state) {
    case 'all':
      return true
    case 'open':
      return row.next !== null
    case 'attention':
      return row.next?.needsAttention === true
    case 'done':
      return row.next === null
    case 'leaving':
      return row.leavingAt !== null
  }
}

type Order = (one: PortfolioRow, other: PortfolioRow) => number

const byName: Order = (one, other) => one.name.localeCompare(other.name) || (one.id < other.id ? -1 : 1)
const urgency = ({ next, idleDays }: PortfolioRow): number =>
  next === null ? -1 : idleDays + (next.needsAttention ? 1_000_000 : 0)

const orders: { readonly [Name in QueryOf<typeof contract>['sort']]: Order } = {
  name: byName,
  newest: (one, other) => other.createdAt - one.createdAt || byName(one, other),
  overdue: (one, other) => urgency(other) - urgency(one) || byName(one, other),
}

async function notedStates(db: Db): Promise<ReadonlyMap<string, Noted>> {
  const rows = await acrossTenants(db)
    .selectFrom('observation')
    .select(['tenant_id', 'value', 'checked_at'])
    .where('subject', '=', 'connect')
    .where('name', '=', 'states')
    .execute()
  return new Map(
    rows.map(({ tenant_id, value, checked_at }) => {
      return [tenant_id, { states: JSON.parse(value) as States, changedAt: checked_at }]
    }),
  )
}

async function templateNames(db: Db): Promise<ReadonlyMap<string, string>> {
  const rows = await acrossTenants(db)
    .selectFrom('template_use')
    .innerJoin('template', 'template.id', 'template_use.template_id')
    .select(['template_use.tenant_id', 'template.name'])
    .execute()
  return new Map(rows.map(({ tenant_id, name }) => [tenant_id, name]))
}

async function departures(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await acrossTenants(db).selectFrom('departure').select(['tenant_id', 'erase_at']).execute()
  return new Map(rows.map(({ tenant_id, erase_at }) => [tenant_id, erase_at]))
}
