// When each check of Connect changed: kept for half a year, shown on the page of its step (interface §1.14).
import type { CheckChange, ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import type { CheckSaid } from '@gatepost/contract/saying.ts'
import type { Db, Trx } from '#store/open.ts'
import { changesOfStep, dropOldChanges, insertChanges, lastStates } from './check-store.ts'

/** As the activity of Connect. */
const KEPT_MS = 180 * 24 * 3_600_000
/** Shown of one step. */
const SHOWN_MAX = 50
/** Of one organisation at once: a new one with many domains begins with as many checks. */
const CHANGES_MAX = 500

/** Notes every check whose state is another than the one kept last. */
export async function keepCheckChanges(
  trx: Trx,
  tenantId: string,
  { steps, now }: { readonly steps: readonly ConnectStep[]; readonly now: number },
): Promise<void> {
  const known = await lastStates(trx, tenantId)
  const changed = steps.flatMap(({ name: step, checks }) =>
    checks
      // A check that runs is on its way to another state.
      .filter(({ name, state }) => state !== 'running' && known.get(`${step} ${name}`) !== state)
      // What was never run says nothing yet.
      .filter(({ name, state }) => state !== 'not-run' || known.has(`${step} ${name}`))
      .map(({ name, title, state, saw, said }) => {
        return {
          step,
          check: name,
          title,
          state,
          saw,
          said: said === undefined ? null : JSON.stringify(said),
        }
      }),
  )
  await insertChanges(trx, tenantId, changed.slice(0, CHANGES_MAX), now)
}

/** Changes of the checks of one step, newest first. */
export async function checkHistory(db: Db, tenantId: string, step: StepName): Promise<CheckChange[]> {
  const rows = await changesOfStep(db, { tenantId, step, limit: SHOWN_MAX })
  return rows.map(({ at, title, state, saw, said }) => {
    const shown = { at, title, state: state as CheckChange['state'], saw }
    return said === null ? shown : { ...shown, said: JSON.parse(said) as CheckSaid }
  })
}

export function forgetOldChanges(db: Db, now: number): Promise<void> {
  return dropOldChanges(db, now - KEPT_MS)
}
