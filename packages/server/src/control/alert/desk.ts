// What people do with alerts: list, look, acknowledge, mute. The installation's own have no tenant in scope.
import type { Alert, AlertWithSends } from '@gatepost/contract/alert.ts'
import type { AlertTable } from '#store/alert-tables.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { type AuditScope, actorName, appendAudit } from '../audit/audit.ts'
import { type Page, pageOf } from '../page.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { shownAlert, shownSend } from './present.ts'
import { alertsOf, countUnattended, findAlert, type Organisation, organisationOf, sendsBy } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>
type Listing = { readonly state: 'open' | 'all'; readonly limit: number; readonly after?: string | undefined }

/** Of one alert; more were told than anybody reads. */
const SENDS_SHOWN_MAX = 50
const HOUR_MS = 3_600_000

/** A page of alerts; with `everybody` those of all organisations too. */
export async function listAlerts(
  scope: Pick<AuditScope, 'tenantId'>,
  query: Listing & { readonly everybody?: boolean },
  { store, clock }: Deps,
): Promise<Page<Alert> & { readonly unattended: number }> {
  const now = clock.now()
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const { state, limit, after, everybody = false } = query
  const [rows, unattended] = await Promise.all([
    alertsOf(store.db, everybody ? null : tenantId, { state, limit: limit + 1, after }),
    countUnattended(store.db, tenantId, now),
  ])
  const organisations = new Map<string, Organisation | null>()
  for (const { tenant_id: id } of rows)
    if (!organisations.has(id)) organisations.set(id, await organisationOf(store.db, id))
  const page = pageOf(rows, limit, {
    item: (row) => shownAlert(row, organisations.get(row.tenant_id) ?? null, now),
    cursor: ({ id }) => id,
  })
  return { ...page, unattended }
}

/** Throws `not-found`. */
export async function getAlert(
  scope: Pick<AuditScope, 'tenantId'>,
  id: string,
  { store, clock }: Deps,
): Promise<AlertWithSends> {
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const row = await findAlert(store.db, tenantId, id)
  if (!row) throw problem('not-found')
  const [organisation, sends] = await Promise.all([
    organisationOf(store.db, tenantId),
    sendsBy(store.db, tenantId, { alertId: id, limit: SENDS_SHOWN_MAX }),
  ])
  return { ...shownAlert(row, organisation, clock.now()), sends: sends.map(shownSend) }
}

/** Somebody takes care of it: it is not escalated. Throws `not-found`. */
export async function acknowledgeAlert(scope: AuditScope, id: string, deps: Deps): Promise<AlertWithSends> {
  const now = deps.clock.now()
  const change = { acknowledged_at: now, acknowledged_by: actorName(scope.actor) }
  await changeAlert(scope, id, { action: 'alert.acknowledged', change }, deps)
  return getAlert(scope, id, deps)
}

/** Nothing is sent about it for so long; null ends that. Throws `not-found`. */
export async function muteAlert(
  scope: AuditScope,
  { id, hours }: { readonly id: string; readonly hours: number | null },
  deps: Deps,
): Promise<AlertWithSends> {
  const mutedUntil = hours === null ? null : deps.clock.now() + hours * HOUR_MS
  const action = hours === null ? 'alert.unmuted' : 'alert.muted'
  await changeAlert(scope, id, { action, change: { muted_until: mutedUntil } }, deps)
  return getAlert(scope, id, deps)
}

type Change = {
  readonly action: string
  readonly change: Partial<Pick<AlertTable, 'acknowledged_at' | 'acknowledged_by' | 'muted_until'>>
}

async function changeAlert(
  scope: AuditScope,
  id: string,
  { action, change }: Change,
  { store, clock }: Deps,
): Promise<void> {
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  await store.transaction(async (trx) => {
    const row = await findAlert(trx, tenantId, id)
    if (!row) throw problem('not-found')
    await trx
      .updateTable('alert')
      .set(change)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
    await appendAudit(trx, scope, {
      action,
      subject: `alert ${row.kind} ${row.subject}`,
      before: null,
      after: change,
      at: clock.now(),
    })
  })
}
