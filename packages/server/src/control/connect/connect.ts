// Connect: all steps with their states, checks that run now, and skipping (decisions 51, 52).
import type { Connect, StepName } from '@gatepost/contract/connect.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { stepTexts } from '@gatepost/contract/step-texts.ts'
import { appendAudit } from '../audit/audit.ts'
import { lookAndKeepMx } from '../domain/mx.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { type DomainRow, domainsOf } from '../domain/store.ts'
import { checkProof } from '../domain/validate.ts'
import { Problem, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { recentActivity } from './activity.ts'
import { lookAtDoors } from './bypass.ts'
import { deriveConnect } from './derive.ts'
import type { Knock } from './knock.ts'
import { noteChanges } from './notice.ts'
import { observationsNamed, readObservation, writeObservation } from './observation-store.ts'
import { observe } from './observe.ts'
import { lookAndKeepSpf, SPF_LOOK } from './spf-watch.ts'
import { keepSkip } from './store.ts'

export type ConnectDeps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'link' | 'config' | 'emit'> & {
  /** Knocks at mail hosts from elsewhere; left out where nothing may be knocked at. */
  readonly knock?: Knock
}

/** Looks of one "check now" that run at the same time, and how many there are at most. */
const LOOKS_AT_ONCE = 8
const LOOKS_MAX = 100

export async function getConnect(scope: Scope, deps: ConnectDeps): Promise<Connect> {
  const [observed, activity] = await Promise.all([
    observe(scope.tenantId, deps),
    recentActivity(deps.store.db, scope.tenantId),
  ])
  const { steps, ...summary } = deriveConnect(observed)
  return {
    environment: observed.tenant.environment,
    steps: [...steps],
    ...summary,
    activity: activity.map(({ at, kind, text, said, message_id: messageId, step }) => {
      const shown = { at, kind, text, messageId, step: step as StepName | null }
      return said === null ? shown : { ...shown, said: JSON.parse(said) as Said }
    }),
  }
}

/** Runs the checks of a step now. Throws `check-too-soon` with the seconds to wait. */
export async function checkStep(scope: Scope, step: StepName, deps: ConnectDeps): Promise<Connect> {
  const { store, clock } = deps
  const key = { tenantId: scope.tenantId, subject: 'connect', name: `asked ${step}` }
  const last = await readObservation(store.db, key)
  const now = clock.now()
  const retryAfterSeconds = coolDownSeconds(last?.checkedAt ?? null, now)
  if (retryAfterSeconds > 0) {
    const detail = say('problem.check-ran', { seconds: retryAfterSeconds })
    throw problem('check-too-soon', detail, { retryAfterSeconds })
  }
  await writeObservation(store.db, key, { value: null, checkedAt: now, nextCheckAt: null, failures: 0 })
  const rows = (await domainsOf(store.db, scope.tenantId)).slice(0, LOOKS_MAX)
  if (step === 'validate-domains') {
    const proven = rows.filter((row) => row.validated_by !== 'parent' && !isExpired(row, now))
    await forEach(proven, (row) => checkProof(row, true, { scope, deps }).catch(ignoreTaken))
  } else if (step === 'modify-mx') {
    const validated = rows.filter((row) => row.validated_at !== null)
    await forEach(validated, (row) => lookAndKeepMx(row, true, deps))
  } else if (step === 'outbound') {
    const watched = await observationsNamed(store.db, scope.tenantId, SPF_LOOK)
    const due = rows.filter(({ id }) => watched.has(id))
    await forEach(due, (row) => lookAndKeepSpf(row, true, deps))
  } else if ((step === 'secure-inbound' || step === 'firewall-lockdown') && deps.knock) {
    await lookAtDoors(scope.tenantId, { ...deps, knock: deps.knock })
  }
  await noteChanges(scope.tenantId, deps)
  return getConnect(scope, deps)
}

/** Skips an optional step, or takes that back. Throws `step-mandatory`. */
export async function skipStep(
  scope: Scope,
  input: { readonly step: StepName; readonly skipped: boolean },
  deps: ConnectDeps,
): Promise<Connect> {
  const { step, skipped } = input
  const before = deriveConnect(await observe(scope.tenantId, deps)).steps.find(({ name }) => name === step)!
  if (skipped && !before.skippable) throw problem('step-mandatory')
  await deps.store.transaction(async (trx) => {
    const now = deps.clock.now()
    await keepSkip(trx, scope.tenantId, { step, skipped, by: scope.actor.name, now })
    await appendAudit(trx, scope, {
      action: skipped ? 'step.skipped' : 'step.resumed',
      subject: `step ${stepTexts[step].title}`,
      before: { skipped: before.state === 'skipped' },
      after: { skipped },
      at: now,
    })
  })
  return getConnect(scope, deps)
}

/** Runs `work` for all items, a few at a time. */
export async function forEach<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = [...items]
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, worker))
}

/** The domain's own page says who holds it; the other domains are still looked at. */
export function ignoreTaken(error: unknown): void {
  if (!(error instanceof Problem) || error.problemName !== 'domain-taken') throw error
}

function isExpired({ validated_at, expires_at }: DomainRow, now: number): boolean {
  return validated_at === null && expires_at !== null && expires_at <= now
}
