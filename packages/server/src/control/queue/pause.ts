// Pauses: settings like any other, so that they survive restarts and reach every edge by the snapshot.
import type { QueuePause } from '@gatepost/contract/queue.ts'
import type { Trx } from '#store/open.ts'
import { problem } from '../problem.ts'
import { findRoute, routesOf } from '../route/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { tenantById } from '../tenant/store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

export type PauseChange = {
  /** Null means all delivery. */
  readonly routeId: string | null
  readonly paused: boolean
  readonly reason?: string | undefined
}

/** What is paused now. */
export async function readPause({ tenantId }: Scope, { store }: Pick<Deps, 'store'>): Promise<QueuePause> {
  const [tenant, routes] = await Promise.all([tenantById(store.db, tenantId), routesOf(store.db, tenantId)])
  if (!tenant) throw problem('not-found')
  return {
    delivery: tenant.delivery_paused === 1,
    routes: routes.map(({ id, name, paused }) => ({ id, name, paused: paused === 1 })),
  }
}

/** Pauses or resumes a route or all delivery; what is so already changes nothing. Throws `not-found`. */
export async function changePause(scope: Scope, change: PauseChange, deps: Deps): Promise<QueuePause> {
  const isChanged = await deps.store.transaction((trx) =>
    change.routeId === null
      ? pauseDelivery(trx, scope, { ...change, at: deps.clock.now() })
      : pauseRoute(trx, scope, { ...change, routeId: change.routeId, at: deps.clock.now() }),
  )
  if (isChanged) deps.link.settingsChanged()
  return readPause(scope, deps)
}

type Timed = Omit<PauseChange, 'routeId'> & { readonly at: number }

async function pauseDelivery(trx: Trx, scope: Scope, change: Timed): Promise<boolean> {
  const row = await tenantById(trx, scope.tenantId)
  if (!row) throw problem('not-found')
  const before = row.delivery_paused === 1
  if (before === change.paused) return false
  const revision = await changeSettings(trx, scope, eventOf(change, before, `organisation ${row.name}`))
  await trx
    .updateTable('tenant')
    .set({ delivery_paused: change.paused ? 1 : 0, revision })
    .where('id', '=', scope.tenantId)
    .execute()
  return true
}

async function pauseRoute(
  trx: Trx,
  scope: Scope,
  change: Timed & { readonly routeId: string },
): Promise<boolean> {
  const row = await findRoute(trx, scope.tenantId, change.routeId)
  if (!row) throw problem('not-found', `There is no delivery route “${change.routeId}” here.`)
  const before = row.paused === 1
  if (before === change.paused) return false
  const revision = await changeSettings(trx, scope, eventOf(change, before, `route ${row.name}`))
  await trx
    .updateTable('route')
    .set({ paused: change.paused ? 1 : 0, revision })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', row.id)
    .execute()
  return true
}

function eventOf({ paused, reason, at }: Timed, before: boolean, subject: string) {
  return {
    action: paused ? 'delivery.paused' : 'delivery.resumed',
    subject,
    before: { paused: before },
    after: { paused },
    ...(reason === undefined || reason === '' ? {} : { reason }),
    at,
  }
}
