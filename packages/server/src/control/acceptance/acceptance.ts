// The acceptance test: runs every probe in turn as long work, keeps the report as it fills, and shows the
// history.
import type { AcceptanceProbe, AcceptanceReport, AcceptanceSummary } from '@gatepost/contract/acceptance.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import { probeTexts } from '@gatepost/contract/sayings-acceptance.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { newId } from '#platform/random.ts'
import { gatepostVersion } from '#platform/version.ts'
import { appendAudit } from '../audit/audit.ts'
import { addActivity } from '../connect/activity.ts'
import { saidOfCheck } from '../connect/check.ts'
import { observe } from '../connect/observe.ts'
import { validatedNames } from '../domain/store.ts'
import { fieldError, invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import type { Finding } from './finding.ts'
import { type AcceptanceDeps, gather, type Sight } from './gather.ts'
import { probes } from './probes.ts'
import { findReport, insertReport, keepReport, type ReportRow, reportsOf, trimReports } from './store.ts'

/** A probe waits for hosts of others; a run that takes longer was ended by a restart. */
const RUN_MS_MAX = 600_000

export async function listAcceptance(
  { tenantId }: Scope,
  { store, clock }: Pick<AcceptanceDeps, 'store' | 'clock'>,
): Promise<{ items: AcceptanceSummary[] }> {
  const rows = await reportsOf(store.db, tenantId)
  return { items: rows.map((row) => summaryOf(shown(row, clock.now()))) }
}

/** Throws `not-found`. */
export async function getAcceptance(
  { tenantId }: Scope,
  id: string,
  { store, clock }: Pick<AcceptanceDeps, 'store' | 'clock'>,
): Promise<AcceptanceReport> {
  const row = await findReport(store.db, tenantId, id)
  if (!row) throw problem('not-found', say('problem.no-report'))
  return shown(row, clock.now())
}

/**
 * Starts a run. The report that is returned shows it running; `finished` resolves once all is kept, and never
 * rejects. Throws `check-too-soon` while another runs, `invalid-input` for a mailbox that is not one's own.
 */
export async function startAcceptance(
  scope: Scope,
  { recipient }: { readonly recipient: string },
  deps: AcceptanceDeps,
): Promise<{ readonly report: AcceptanceReport; readonly finished: Promise<void> }> {
  const { store, clock } = deps
  await requireOwnMailbox(scope, recipient, deps)
  const report = await emptyReport(scope, recipient, deps)
  await store.transaction(async (trx) => {
    const [last] = await reportsOf(trx, scope.tenantId)
    if (last && shown(last, report.startedAt).state === 'running') {
      throw problem('check-too-soon', say('problem.acceptance-running'), { retryAfterSeconds: 10 })
    }
    await insertReport(trx, scope.tenantId, report)
    await trimReports(trx, scope.tenantId)
    const event = { action: 'acceptance.started', subject: 'acceptance test', before: null }
    await appendAudit(trx, scope, { ...event, after: { recipient }, at: clock.now() })
  })
  return { report, finished: run(scope, report, deps) }
}

async function run(scope: Scope, begun: AcceptanceReport, deps: AcceptanceDeps): Promise<void> {
  const { store, clock, emit } = deps
  let report = begun
  try {
    const sight = await gather(scope, begun, deps)
    report = { ...report, domains: sight.domains, values: sight.values }
    for (const [index, probe] of probes.entries()) {
      const began = clock.now()
      const finding = await probe.run(sight, deps).catch((error: unknown) => {
        emit('control.check.failed', { check: `acceptance ${probe.name}`, error })
        return {
          state: 'not-verified',
          saw: error instanceof Error ? error.message : say('accept.broke'),
          remedy: null,
        } as const
      })
      const done = { ...report.probes[index]!, ...shownFinding(finding), durationMs: clock.now() - began }
      report = { ...report, probes: report.probes.with(index, done) }
      await keepReport(store.db, scope.tenantId, report)
    }
    await end(scope, { report, sight }, deps)
  } catch (error) {
    emit('control.check.failed', { check: 'acceptance', error })
    const ended = { ...report, state: 'done' as const, endedAt: clock.now() }
    await keepReport(store.db, scope.tenantId, ended).catch(() => {})
  }
}

async function end(
  { tenantId }: Scope,
  { report }: { readonly report: AcceptanceReport; readonly sight: Sight },
  { store, clock, emit }: AcceptanceDeps,
): Promise<void> {
  const done = { ...report, state: 'done' as const, endedAt: clock.now() }
  await keepReport(store.db, tenantId, done)
  const { failed, passed } = summaryOf(done)
  emit('control.check.ran', { check: 'acceptance', passed: failed === 0 })
  const text =
    failed === 0
      ? say('activity.acceptance-passed', { number: passed })
      : say('activity.acceptance-failed', { number: failed })
  await addActivity(store.db, { tenantId, at: done.endedAt, kind: 'check', text })
}

async function emptyReport(scope: Scope, recipient: string, deps: AcceptanceDeps): Promise<AcceptanceReport> {
  const { tenant } = await observe(scope.tenantId, deps)
  const now = deps.clock.now()
  return {
    id: newId('acc', now),
    state: 'running',
    startedAt: now,
    endedAt: null,
    askedBy: scope.actor.name,
    organisation: tenant.name,
    environment: tenant.environment,
    version: gatepostVersion(),
    hostname: deps.config.hostname,
    recipient,
    domains: [],
    values: [],
    probes: probes.map(({ name, group }): AcceptanceProbe => {
      const none = shownFinding({ state: 'not-run', saw: say('accept.not-run'), remedy: null })
      return { name, group, ...probeTexts[name], ...none, durationMs: 0 }
    }),
  }
}

function shownFinding({ state, saw, remedy }: Finding) {
  const texts = { saw: english(saw), remedy: remedy === null ? null : english(remedy) }
  // Named also without a code, or what stood there before would stay.
  return { state, ...texts, said: saidOfCheck({ saw, remedy }).said }
}

/** A run that a restart ended says so, instead of running for ever. */
function shown(row: ReportRow, now: number): AcceptanceReport {
  const report = JSON.parse(row.report) as AcceptanceReport
  if (report.state === 'done' || now - report.startedAt < RUN_MS_MAX) return report
  const cut = shownFinding({ state: 'not-run', saw: say('accept.restarted'), remedy: null })
  const all = report.probes.map((probe) => (probe.state === 'not-run' ? { ...probe, ...cut } : probe))
  return { ...report, state: 'done', endedAt: report.startedAt + RUN_MS_MAX, probes: all }
}

function summaryOf({
  id,
  state,
  startedAt,
  endedAt,
  askedBy,
  version,
  probes: all,
}: AcceptanceReport): AcceptanceSummary {
  const count = (wanted: string): number => all.filter((probe) => probe.state === wanted).length
  const [passed, failed, warnings] = [count('passed'), count('failed'), count('warning')]
  const open = all.length - passed - failed - warnings
  return { id, state, startedAt, endedAt, askedBy, version, passed, failed, warnings, open }
}

/** Test messages go to one's own people only: a gateway must not be made to write to strangers. */
async function requireOwnMailbox(
  { tenantId }: Scope,
  recipient: string,
  { store }: Pick<AcceptanceDeps, 'store'>,
): Promise<void> {
  if (recipient === '') return
  const domain = mailboxOf(recipient)?.domain ?? ''
  const names = domain === '' ? null : await validatedNames(store.db, tenantId)
  if (names?.has(domain.toLowerCase())) return
  throw invalidInput([fieldError('/recipient', say('input.own-mailbox'))])
}
