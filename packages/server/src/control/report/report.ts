// Reports (K3) of an organisation and of the installation: figures of tracking, with names and the queue.
import type { Report, ReportRange, SystemReport } from '@gatepost/contract/report.ts'
import { totalWaiting } from '../queue/queue.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { tenantsByIds } from '../tenant/store.ts'
import { noOutcomes } from '../tracking/report-store.ts'
import type { Tracking } from '../tracking/tracking.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'> & {
  readonly tracking: Pick<Tracking, 'getReport' | 'getSystemReport' | 'countOverdue'>
}

/**
 * What became of an organisation's mail. What is overdue but still waits somewhere, as in a pause, is not
 * lost.
 */
export async function readReport(scope: Scope, range: ReportRange, deps: Deps): Promise<Report> {
  const [report, overdue] = await Promise.all([
    deps.tracking.getReport(scope, range),
    deps.tracking.countOverdue(scope),
  ])
  if (overdue === 0) return { ...report, lost: 0 }
  const { messages } = await totalWaiting(scope, deps)
  return { ...report, lost: Math.max(0, overdue - messages) }
}

/** The same over all organisations of these ids, and each of them. */
export async function readSystemReport(
  tenantIds: readonly string[],
  range: ReportRange,
  { tracking, store }: Deps,
): Promise<SystemReport> {
  const [{ byTenant, ...report }, tenants] = await Promise.all([
    tracking.getSystemReport(tenantIds, range),
    tenantsByIds(store.db, { ids: tenantIds, limit: tenantIds.length, after: null }),
  ])
  const organizations = tenants.map(({ id, slug, name }) => ({
    slug,
    name,
    ...(byTenant.get(id) ?? noOutcomes()),
  }))
  const volume = (one: (typeof organizations)[number]) =>
    one.delivered + one.refused + one.deferred + one.held
  return { ...report, organizations: organizations.sort((one, other) => volume(other) - volume(one)) }
}
