// The view of locking the mail host (C10, C16), and knocking on request.
import type { Environment } from '@gatepost/contract/common.ts'
import type { Lock, LockedHost } from '@gatepost/contract/lock.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import { weSeeMx } from '../domain/mx.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { problem } from '../problem.ts'
import { addressesOf, publicAddresses } from '../readiness/addresses.ts'
import type { Scope } from '../scope.ts'
import { BYPASS_LOOK, type BypassLook, isClosed, isOpenAgain, lookAtDoors, subjectOf } from './bypass.ts'
import type { ConnectDeps } from './connect.ts'
import { doorsOf } from './doors.ts'
import { createKnock, type KnockDeps } from './knock.ts'
import { noteChanges } from './notice.ts'
import {
  type Observation,
  observationsNamed,
  readObservation,
  writeObservation,
} from './observation-store.ts'
import { observe } from './observe.ts'
import { validatedOf } from './observed.ts'

export type LockDeps = ConnectDeps & KnockDeps

/** What is known now. Throws `not-found`. */
export async function getLock(scope: Scope, deps: LockDeps): Promise<Lock> {
  const { store, config, dns, machine } = deps
  const { tenantId } = scope
  const [observed, doors, looks, vantages, named] = await Promise.all([
    observe(tenantId, deps),
    doorsOf(store.db, tenantId),
    observationsNamed<BypassLook | null>(store.db, tenantId, BYPASS_LOOK),
    createKnock(deps).vantages(tenantId),
    addressesOf(dns, config.hostname),
  ])
  const ours = publicAddresses(named, machine.addresses())
  const addresses = ours.length > 0 || named.kind !== 'found' ? ours : named.all
  const stops = validatedOf(observed)
    .filter(({ mx, validatedBy }) => !(validatedBy === 'parent' && mx.look?.outcome === 'none'))
    .filter(({ mx }) => mx.look?.outcome !== 'complete')
    .map(({ name, mx }) => {
      const said = weSeeMx(mx.look, mx.leftovers)
      return { domain: name, saw: english(said), said }
    })
  const environment = observed.tenant.environment as Environment
  return {
    environment,
    hosts: doors.map((door) => hostOf(door, looks.get(subjectOf(door)) ?? null)),
    vantages: vantages.map(({ kind, name, isReady }) => ({ kind, name, isReady })),
    addresses: addresses.toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':'))),
    hostname: config.hostname,
    allowsExchangeOnline: environment === 'hybrid',
    stops,
  }
}

/** Knocks at every host now. Throws `check-too-soon`. */
export async function checkLock(scope: Scope, deps: LockDeps): Promise<Lock> {
  const { store, clock } = deps
  const { tenantId } = scope
  const key = { tenantId, subject: 'lock', name: 'asked' }
  const last = await readObservation(store.db, key)
  const now = clock.now()
  const retryAfterSeconds = coolDownSeconds(last?.checkedAt ?? null, now)
  if (retryAfterSeconds > 0) {
    const detail = say('problem.check-ran', { seconds: retryAfterSeconds })
    throw problem('check-too-soon', detail, { retryAfterSeconds })
  }
  await writeObservation(store.db, key, { value: null, checkedAt: now, nextCheckAt: null, failures: 0 })
  await lookAtDoors(tenantId, { ...deps, knock: createKnock(deps) })
  await noteChanges(tenantId, deps)
  return getLock(scope, deps)
}

function hostOf(
  { host, port }: { readonly host: string; readonly port: number },
  kept: Observation<BypassLook | null> | null,
): LockedHost {
  const look = kept?.value ?? null
  return {
    host,
    port,
    verdict: look?.verdict ?? 'not-run',
    closedSince: isClosed(look) ? (look?.closedAt ?? null) : null,
    isOpenAgain: isOpenAgain(look),
    knocks: (look?.knocks ?? []).map((one) => ({ ...one })),
    checkedAt: look === null ? null : (kept?.checkedAt ?? null),
    nextCheckAt: kept?.nextCheckAt ?? null,
  }
}
