// Queries of acceptance reports.
import { ACCEPTANCE_REPORTS_MAX, type AcceptanceReport } from '@gatepost/contract/acceptance.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'

export type ReportRow = Row<'acceptance'>

/** Newest first. */
export function reportsOf(db: Db, tenantId: string): Promise<ReportRow[]> {
  return db
    .selectFrom('acceptance')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(ACCEPTANCE_REPORTS_MAX)
    .execute()
}

export async function findReport(db: Db, tenantId: string, id: string): Promise<ReportRow | null> {
  const row = await db
    .selectFrom('acceptance')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function insertReport(db: Db, tenantId: string, report: AcceptanceReport): Promise<void> {
  const { id, state, startedAt, askedBy } = report
  await db
    .insertInto('acceptance')
    .values({
      id,
      tenant_id: tenantId,
      state,
      started_at: startedAt,
      ended_at: null,
      asked_by: askedBy,
      report: JSON.stringify(report),
    })
    .execute()
}

export async function keepReport(db: Db, tenantId: string, report: AcceptanceReport): Promise<void> {
  const { id, state, endedAt } = report
  await db
    .updateTable('acceptance')
    .set({ state, ended_at: endedAt, report: JSON.stringify(report) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

/** The oldest go where there are more than are kept. */
export async function trimReports(db: Db, tenantId: string): Promise<void> {
  const rows = await db
    .selectFrom('acceptance')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .offset(ACCEPTANCE_REPORTS_MAX)
    .limit(ACCEPTANCE_REPORTS_MAX)
    .execute()
  if (rows.length === 0) return
  await db
    .deleteFrom('acceptance')
    .where('tenant_id', '=', tenantId)
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
}
