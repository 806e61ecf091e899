// The report of the check script, kept with its date (C5): the settings of Exchange Online that no look from
// outside can show.
import type { HostCheck, HostReport } from '@gatepost/contract/host-check.ts'
import { actorName, appendAudit } from '../audit/audit.ts'
import { readDomainName } from '../domain/name.ts'
import { invalidInput, problem } from '../problem.ts'
import { addressesOf, publicAddresses } from '../readiness/addresses.ts'
import type { Scope } from '../scope.ts'
import { keysOf } from '../signing/store.ts'
import { hostReportChecks } from './host-report.ts'
import { HOST_SCRIPT } from './host-script.ts'
import { type HostKept, hostReportKey, hostSeen } from './host-seen.ts'
import type { LockDeps } from './lock.ts'
import { writeObservation } from './observation-store.ts'
import { observe } from './observe.ts'
import { deliversToExchangeOnline, validatedOf } from './observed.ts'

type Deps = Pick<LockDeps, 'store' | 'clock' | 'config' | 'dns' | 'machine'>

/** Clocks of two machines differ. */
const AHEAD_MS_MAX = 3_600_000

/** Throws `not-found`. */
export async function getHostCheck({ tenantId }: Scope, deps: Deps): Promise<HostCheck> {
  const { store } = deps
  const observed = await observe(tenantId, deps)
  const kept = await hostSeen(store.db, tenantId)
  return {
    script: deliversToExchangeOnline(observed) ? HOST_SCRIPT : null,
    ranAt: kept?.ranAt ?? null,
    droppedAt: kept?.droppedAt ?? null,
    droppedBy: kept?.droppedBy ?? null,
    checks: [...(kept?.checks ?? [])],
  }
}

/** Judges and keeps a report. Throws `invalid-input` for one of another organisation, or of the future. */
export async function dropHostReport(scope: Scope, report: HostReport, deps: Deps): Promise<HostCheck> {
  const { store, clock, config, dns, machine } = deps
  const { tenantId } = scope
  const observed = await observe(tenantId, deps)
  if (!deliversToExchangeOnline(observed)) {
    throw problem('not-found', 'Mail of this organisation is not delivered to Exchange Online.')
  }
  const own = new Set(validatedOf(observed).map(({ name }) => name))
  const accepted = report.domains.flatMap((text) => {
    const read = readDomainName(text)
    return read.ok ? [read.value] : []
  })
  if (!accepted.some((name) => own.has(name))) {
    const message = 'This report names none of your validated domains: it was made in another organisation.'
    throw invalidInput([{ path: '/domains', message }])
  }
  const ranAt = Date.parse(report.at)
  const now = clock.now()
  if (ranAt > now + AHEAD_MS_MAX) {
    throw invalidInput([{ path: '/at', message: 'The clock of the machine where the script ran is ahead.' }])
  }
  const named = await addressesOf(dns, config.hostname)
  const keys = await keysOf(store.db, tenantId)
  const sealing = keys.filter(({ state, algorithm }) => state === 'active' && algorithm === 'rsa-sha256')
  const primary = observed.domains[0]?.name ?? ''
  const domains = sealing.length === 0 ? [primary] : [...new Set(sealing.map(({ domain }) => domain))]
  const checks = hostReportChecks(report, {
    addresses: publicAddresses(named, machine.addresses()),
    hostname: config.hostname,
    domains,
    at: ranAt,
  })
  const value: HostKept = { ranAt, checks, accepted, droppedAt: now, droppedBy: actorName(scope.actor) }
  await store.transaction(async (trx) => {
    await writeObservation(trx, hostReportKey(tenantId), {
      value,
      checkedAt: ranAt,
      nextCheckAt: null,
      failures: 0,
    })
    const after = { ranAt, failed: checks.filter(({ state }) => state === 'failed').map(({ name }) => name) }
    const event = { action: 'host-report.dropped', subject: 'mail host', before: null, after, at: now }
    await appendAudit(trx, scope, event)
  })
  return getHostCheck(scope, deps)
}
