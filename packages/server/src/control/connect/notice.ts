// Notices when a derived state changed, wherever it was configured: writes the sentence of it, keeps when
// each check changed, and raises an alert when what was right is wrong (interface §1, U5).
import type { Check, StepState } from '@gatepost/contract/common.ts'
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { say, titleOfStep } from '@gatepost/contract/sayings.ts'
import type { Trx } from '#store/open.ts'
import { clearAlert, raiseAlert } from '../alert/alert.ts'
import { addActivity } from './activity.ts'
import { BYPASS_LOOK, subjectOf } from './bypass.ts'
import { sawOfCheck } from './check.ts'
import { keepCheckChanges } from './check-history.ts'
import { deriveConnect } from './derive.ts'
import { readObservation, writeObservation } from './observation-store.ts'
import { type ObserveDeps, observe } from './observe.ts'
import type { Observed } from './observed.ts'
import { beginSpfWatch } from './spf-watch.ts'
import { keepSkip, slugOf } from './store.ts'

type States = { readonly [Name in StepName]?: StepState }

/** Compares the states with those noticed last, and tells what changed. */
export async function noteChanges(tenantId: string, deps: ObserveDeps): Promise<void> {
  const { store, clock } = deps
  const observed = await observe(tenantId, deps)
  const { steps } = deriveConnect(observed)
  const states = Object.fromEntries(steps.map(({ name, state }) => [name, state])) as States
  const key = { tenantId, subject: 'connect', name: 'states' }
  await store.transaction(async (trx) => {
    const now = clock.now()
    await beginKnocking(trx, tenantId, { observed, states, now })
    // Who sets up what was set aside has taken that back: from then on its drift shows.
    for (const step of observed.skipped)
      if (states[step] === 'done') await keepSkip(trx, tenantId, { step, skipped: false, by: '', now })
    if (states.outbound === 'done' && !observed.tenant.inboundOnly) await beginSpfWatch(trx, tenantId, now)
    await keepCheckChanges(trx, tenantId, { steps, now })
    const last = await readObservation<States>(trx, key)
    if (last !== null && JSON.stringify(last.value) === JSON.stringify(states)) return
    await writeObservation(trx, key, { value: states, checkedAt: now, nextCheckAt: null, failures: 0 })
    // The first look only takes note: nothing has changed yet.
    if (last === null) return
    for (const step of steps) {
      const text = sentenceOf(step, last.value[step.name])
      if (text !== null) await addActivity(trx, { tenantId, at: now, kind: 'step', text, step: step.name })
      await alertOfDrift(trx, tenantId, { step, before: last.value[step.name], now })
    }
  })
}

/** Null for changes that nobody needs to be told. */
function sentenceOf(step: ConnectStep, before: StepState | undefined): Said | null {
  const { name, state } = step
  if (state === before) return null
  // The detail may begin with a name, such as that of a cloud: a sentence of its own keeps its letters.
  const values = { title: titleOfStep(name), detail: ended(step) }
  if (state === 'done') return say('step.now-done', values)
  if (state === 'needs-attention') return say('step.now-wrong', values)
  return before === 'done' ? say('step.no-longer-done', values) : null
}

/** Steps that the world outside can undo, and what their alert is. */
const DRIFTING: ReadonlyMap<StepName, 'dns-drift' | 'lock-drift'> = new Map([
  ['validate-domains', 'dns-drift'],
  ['outbound', 'dns-drift'],
  ['modify-mx', 'dns-drift'],
  ['secure-inbound', 'lock-drift'],
  ['firewall-lockdown', 'lock-drift'],
])

type Change = { readonly step: ConnectStep; readonly before: StepState | undefined; readonly now: number }

/** What was done and needs attention is an alert until it is done again, or nobody wants it any more. */
async function alertOfDrift(trx: Trx, tenantId: string, { step, before, now }: Change): Promise<void> {
  const kind = DRIFTING.get(step.name)
  if (kind === undefined || step.state === before) return
  const subject = step.title
  if (step.state === 'done' || step.state === 'skipped') {
    await clearAlert(trx, { tenantId, kind, subject }, now)
    return
  }
  if (before !== 'done' || step.state !== 'needs-attention') return
  const wrong = step.checks.find(({ state }) => state === 'failed' || state === 'warning')
  await raiseAlert(
    trx,
    {
      tenantId,
      kind,
      subject,
      subjectSaid: titleOfStep(step.name),
      severity: step.name === 'modify-mx' ? 'critical' : 'warning',
      text: driftOf(step, wrong),
      remedy: wrong?.said?.remedy ?? wrong?.remedy ?? say('alert.open-step'),
      link: `/t/${await slugOf(trx, tenantId)}/connect/${step.name}`,
    },
    now,
  )
}

/** Once the MX is ours nobody else should get in: from then on the mail hosts are knocked at. */
async function beginKnocking(
  trx: Trx,
  tenantId: string,
  { observed, states, now }: { readonly observed: Observed; readonly states: States; readonly now: number },
): Promise<void> {
  if (states['modify-mx'] !== 'done') return
  for (const door of observed.doors.filter(
    ({ look, nextCheckAt }) => look === null && nextCheckAt === null,
  )) {
    const key = { tenantId, subject: subjectOf(door), name: BYPASS_LOOK }
    await writeObservation(trx, key, { value: null, checkedAt: now, nextCheckAt: now, failures: 0 })
  }
}

function driftOf(step: ConnectStep, wrong: Check | undefined): Said {
  const detail = step.said?.detail ?? step.detail
  if (!wrong?.saw) return say('alert.drift', { detail })
  return say('alert.drift-saw', { detail, saw: sawOfCheck(wrong) })
}

/** As a sentence; some details are one already. */
function ended({ detail, said }: ConnectStep): Said | string {
  const text = said?.detail ?? detail
  return /[.?]$/.test(detail) ? text : say('step.sentence', { text })
}
