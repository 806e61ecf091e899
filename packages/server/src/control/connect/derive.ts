// Derives every step from what was observed: pure, so that a state can never be ticked off (law 3, interface
// §1.2).
import type { StepState } from '@gatepost/contract/common.ts'
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { english, listOf, say, type Text, titleOfStep } from '@gatepost/contract/sayings.ts'
import { stepTexts } from '@gatepost/contract/step-texts.ts'
import { deriveAdministrators } from './derive-administrators.ts'
import { deriveDirectory } from './derive-directory.ts'
import { deriveInbound, deriveMx } from './derive-inbound.ts'
import { deriveJournaling } from './derive-journal.ts'
import { deriveLockdown, deriveSecure } from './derive-lock.ts'
import { deriveForwarding, deriveOutbound } from './derive-outbound.ts'
import {
  deriveDomains,
  deriveOrganization,
  deriveRecipients,
  deriveSenders,
  deriveUsers,
} from './derive-people.ts'
import { deriveSignIn } from './derive-sign-in.ts'
import { deriveSpoofing } from './derive-spoofing.ts'
import { deriveTls } from './derive-tls.ts'
import type { Observed } from './observed.ts'
import { needsOf, peopleBy, type Requirements, requirementsOf, type StepDefinition, steps } from './steps.ts'

/** What a step says of itself, before prerequisites and skipping. */
export type Own = {
  readonly state: Exclude<StepState, 'skipped' | 'locked'>
  /** Short words behind the state. */
  readonly detail: string
  readonly said?: NonNullable<ConnectStep['said']>
  readonly checks: ConnectStep['checks']
  /** Steps that need this one may begin: one validated domain is enough, while a second one is to come. */
  readonly isSatisfied: boolean
}

export type Derived = {
  readonly steps: readonly ConnectStep[]
  readonly required: number
  readonly requiredDone: number
  readonly minutesLeft: number
  readonly next: StepName | null
}

/** All steps with their states. */
export function deriveConnect(observed: Observed): Derived {
  const { environment, inboundOnly } = observed.tenant
  const people = peopleBy({
    environment,
    hasDirectory: observed.directories.some(({ lastGoodAt }) => lastGoodAt !== null),
    hasUsers: observed.userCount > 0,
    isDirectorySkipped: observed.skipped.has('synchronize-directory'),
  })
  const requirements = requirementsOf({ environment, inboundOnly, people })
  const own = new Map(steps.map(({ name }) => [name, deriveOwn(name, observed)]))
  const shown = steps.map((step) => stepOf(step, { own, requirements, skipped: observed.skipped }))
  const mandatory = shown.filter(({ requirement }) => requirement === 'mandatory')
  const open = mandatory.filter(({ state }) => state !== 'done')
  return {
    steps: shown,
    required: mandatory.length,
    requiredDone: mandatory.filter(({ state }) => state === 'done').length,
    minutesLeft: open.reduce((sum, { minutes }) => sum + minutes, 0),
    next: nextOf(shown),
  }
}

function deriveOwn(name: StepName, observed: Observed): Own {
  switch (name) {
    case 'name-organization':
      return deriveOrganization(observed)
    case 'validate-domains':
      return deriveDomains(observed)
    case 'synchronize-directory':
      return deriveDirectory(observed)
    case 'add-users':
      return deriveUsers(observed)
    case 'user-authentication':
      return deriveSignIn(observed)
    case 'prepare-inbound':
      return deriveInbound(observed)
    case 'outbound':
      return deriveOutbound(observed)
    case 'basic-administrators':
      return deriveAdministrators(observed)
    case 'forwarding-addresses':
      return deriveForwarding(observed)
    case 'import-permitted-senders':
      return deriveSenders(observed)
    case 'recipient-validation':
      return deriveRecipients(observed)
    case 'bypass-anti-spoofing':
      return deriveSpoofing(observed)
    case 'tls-policies':
      return deriveTls(observed)
    case 'modify-mx':
      return deriveMx(observed)
    case 'journaling':
      return deriveJournaling(observed)
    case 'secure-inbound':
      return deriveSecure(observed)
    case 'firewall-lockdown':
      return deriveLockdown(observed)
  }
}

type Context = {
  readonly own: ReadonlyMap<StepName, Own>
  readonly requirements: Requirements
  readonly skipped: ReadonlySet<StepName>
}

function stepOf(step: StepDefinition, { own, requirements, skipped }: Context): ConnectStep {
  const { name, code, group, minutes } = step
  const { state, detail, said, checks } = own.get(name)!
  const requirement = requirements[name]
  // Who skips the directory has chosen the list, which is required from then on.
  const skippable =
    requirement === 'optional' || requirement === 'recommended' || name === 'synchronize-directory'
  const needs = needsOf(step, requirements)
  const open = needs.filter((anyOf) => !anyOf.some((need) => own.get(need)!.isSatisfied))
  const isSkipped = skippable && skipped.has(name) && state !== 'done'
  // What was set up elsewhere shows as it is; only a step that nobody began can be locked. Being closed early
  // is no lockdown yet: that comes last, and is watched from then on.
  const isEarly = state === 'not-started' || (name === 'firewall-lockdown' && state !== 'needs-attention')
  const isLocked = !isSkipped && open.length > 0 && isEarly
  const needed = say('step.needs', { steps: listOf(open.map(namesOf)) })
  const times = checks.flatMap(({ checkedAt }) => checkedAt ?? [])
  const nexts = checks.flatMap(({ nextCheckAt }) => nextCheckAt ?? [])
  return {
    name,
    code,
    group,
    state: isSkipped ? 'skipped' : isLocked ? 'locked' : state,
    ...(isLocked ? { detail: english(needed), said: { detail: needed } } : { detail, said }),
    requirement,
    ...stepTexts[name],
    minutes,
    needs: needs.map((anyOf) => [...anyOf]),
    lockedBy: isLocked ? open.flat() : [],
    checks,
    checkedAt: times.length === 0 ? null : Math.max(...times),
    nextCheckAt: nexts.length === 0 ? null : Math.min(...nexts),
    skippable,
  }
}

function namesOf(anyOf: readonly StepName[]): Text {
  const [first, ...rest] = anyOf.map(titleOfStep)
  return rest.reduce<Text>((one, other) => say('part.or', { one, other }), first ?? '')
}

const URGENCY: readonly StepState[] = ['needs-attention', 'in-progress', 'not-started', 'waiting']

/** The best thing to do now: what is wrong, then what was begun, then the first that can be. */
function nextOf(shown: readonly ConnectStep[]): StepName | null {
  for (const requirement of ['mandatory', 'recommended']) {
    const candidates = shown.filter((step) => step.requirement === requirement)
    for (const urgency of URGENCY) {
      const found = candidates.find(({ state }) => state === urgency)
      if (found) return found.name
    }
  }
  return null
}
