// The smallest change that would have altered an outcome: candidate changes, each tried by asking the
// policies again, the narrowest first (K2).
import type { Remedy, RemedyAct } from '@gatepost/contract/message.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { candidatesFor } from './candidates.ts'
import { askAgain, type Decision, type Replayed } from './replay.ts'

/** Remedies shown; a third one is choice enough. */
const REMEDIES_MAX = 3

export type Candidate = {
  readonly text: string
  readonly act: RemedyAct | null
  settings?(settings: TenantSettings): TenantSettings
  facts?(facts: Decision['facts']): Decision['facts']
}

export type Today = {
  readonly outcome: Replayed['kind']
  readonly by: string | null
  readonly changed: boolean
  readonly text: string
}

const STRENGTH: readonly Replayed['kind'][] = ['accept', 'hold', 'defer', 'reject']
const WORDS: { readonly [Kind in Replayed['kind']]: string } = {
  accept: 'accepted',
  hold: 'held',
  defer: 'deferred',
  reject: 'refused',
}

/** What helps, with the settings as they are now; empty when they already lead to something better. */
export function remediesOf(decision: Decision, settings: TenantSettings): Remedy[] {
  const before = askAgain(decision, settings)
  const found: Remedy[] = []
  for (const candidate of candidatesFor(decision, settings)) {
    const changed = { ...decision, facts: candidate.facts?.(decision.facts) ?? decision.facts }
    const after = askAgain(changed, candidate.settings?.(settings) ?? settings)
    if (STRENGTH.indexOf(after.kind) >= STRENGTH.indexOf(before.kind)) continue
    found.push({
      text: textOf(candidate, after),
      leadsTo: after.kind,
      open: [...after.open],
      act: candidate.act,
    })
    if (found.length === REMEDIES_MAX) break
  }
  return found
}

/** The same facts with the settings of now. */
export function todayOf(decision: Decision, settings: TenantSettings): Today {
  const { kind, step, open } = askAgain(decision, settings)
  const was = decision.step
  const isSame = step !== null && step.policy === was.policy && step.kind === was.kind
  const by = step?.policy ?? null
  const unsure =
    open.length === 0
      ? ''
      : ` ${open.length === 1 ? 'One policy' : `${open.length} policies`} would be asked for the first time.`
  if (isSame) {
    return {
      outcome: kind,
      by,
      changed: false,
      text: `The same message would be ${WORDS[kind]} again, by the same policy.`,
    }
  }
  const decider = by === null ? '' : `, by ${checkOf(by)}`
  return {
    outcome: kind,
    by,
    changed: true,
    text: `With today’s settings it would be ${WORDS[kind]}${decider}.${unsure}`,
  }
}

/** A change that only moves the message one step on says so. */
function textOf({ text }: Candidate, { kind, step }: Replayed): string {
  if (kind === 'accept') return text
  return `${text} It would then be ${WORDS[kind]}${step ? ` by ${checkOf(step.policy)}` : ''}.`
}

function checkOf(policy: string): string {
  return `the ${policy.replaceAll('-', ' ').replace('anti spoofing', 'anti-spoofing')} check`
}
