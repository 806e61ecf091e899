// The view of locking the mail host (C10, C16), and knocking on request.
import type { Environment } from '@gatepost/contract/common.ts'
import type { Lock, LockedHost } from '@gatepost/contract/lock.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import { weSeeMx } from '../domain/mx.ts'
import { isNullMx, type MxLook } from '../domain/mx-look.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { problem } from '../problem.ts'
import { addressesOf, publicAddresses } from '../readiness/addresses.ts'
import type { Scope } from '../scope.ts'
import { BYPASS_LOOK, type BypassLook, isClosed, isOpenAgain, lookAtDoors, subjectOf } from './bypass.ts'
import type { ConnectDeps } from './connect.ts'
import { doorsOf } from './doors.ts'
import { type HostKept, hostSeen } from './host-seen.ts'
import { createKnock, type KnockDeps } from './knock.ts'
import { noteChanges } from './notice.ts'
import {
  type Observation,
  observationsNamed,
  readObservation,
  writeObservation,
} from './observation-store.ts'
import { observe } from './observe.ts'
import { deliversToExchangeOnline, type Observed, validatedOf } from './observed.ts'

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
    .filter(({ mx, validatedBy }) => !(validatedBy === 'parent' && hasNoMail(mx.look)))
    .filter(({ mx }) => mx.look?.outcome !== 'complete')
    .map(({ name, mx }) => {
      const said = weSeeMx(mx.look, mx.leftovers)
      return { domain: name, saw: english(said), said }
    })
  const elsewhere = acceptedElsewhere(observed, await hostSeen(store.db, tenantId))
  const environment = observed.tenant.environment as Environment
  return {
    environment,
    hosts: doors.map((door) => hostOf(door, looks.get(subjectOf(door)) ?? null)),
    vantages: vantages.map(({ kind, name, isReady }) => ({ kind, name, isReady })),
    addresses: addresses.toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':'))),
    hostname: config.hostname,
    allowsExchangeOnline: environment === 'hybrid',
    stops: [...stops, ...elsewhere],
  }
}

/** Domains that Exchange Online takes mail for and that nobody added here: the lock stops them, too. */
function acceptedElsewhere(observed: Observed, kept: HostKept | null): Lock['stops'] {
  if (kept === null || !deliversToExchangeOnline(observed)) return []
  const own = new Set(validatedOf(observed).map(({ name }) => name))
  const date = new Date(kept.ranAt).toISOString().slice(0, 10)
  const said = say('lock.accepted-there', { date })
  return (kept.accepted ?? [])
    .filter((name) => !own.has(name) && !ITS_OWN.test(name))
    .map((domain) => ({ domain, saw: english(said), said }))
}

/** Every tenant has one, which no MX of ours can cover: the page warns of it beside the lock. */
const ITS_OWN = /(?:^|\.)onmicrosoft\.com$/

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

function hasNoMail(look: MxLook | null): boolean {
  return look !== null && (look.outcome === 'none' || isNullMx(look))
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
