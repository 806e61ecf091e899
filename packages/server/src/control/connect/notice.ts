// Notices when a derived state changed, wherever it was configured, and writes the sentence of it.
import type { StepState } from '@gatepost/contract/common.ts'
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { addActivity } from './activity.ts'
import { deriveConnect } from './derive.ts'
import { readObservation, writeObservation } from './observation-store.ts'
import { type ObserveDeps, observe } from './observe.ts'

type States = { readonly [Name in StepName]?: StepState }

/** Compares the states with those noticed last, and tells what changed. */
export async function noteChanges(tenantId: string, deps: ObserveDeps): Promise<void> {
  const { store, clock } = deps
  const { steps } = deriveConnect(await observe(tenantId, deps))
  const states = Object.fromEntries(steps.map(({ name, state }) => [name, state])) as States
  const key = { tenantId, subject: 'connect', name: 'states' }
  await store.transaction(async (trx) => {
    const last = await readObservation<States>(trx, key)
    if (last !== null && JSON.stringify(last.value) === JSON.stringify(states)) return
    const now = clock.now()
    await writeObservation(trx, key, { value: states, checkedAt: now, nextCheckAt: null, failures: 0 })
    // The first look only takes note: nothing has changed yet.
    if (last === null) return
    for (const step of steps) {
      const text = sentenceOf(step, last.value[step.name])
      if (text !== null) await addActivity(trx, { tenantId, at: now, kind: 'step', text, step: step.name })
    }
  })
}

/** Null for changes that nobody needs to be told. */
function sentenceOf({ title, state, detail }: ConnectStep, before: StepState | undefined): string | null {
  if (state === before) return null
  if (state === 'done') return `“${title}” is now done: ${lowerFirst(detail)}`
  if (state === 'needs-attention') return `“${title}” needs attention: ${lowerFirst(detail)}`
  if (before === 'done') return `“${title}” is no longer done: ${lowerFirst(detail)}`
  return null
}

function lowerFirst(text: string): string {
  // Names and abbreviations such as "MX" keep their letters.
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
