// The decision engine: asks each policy in order and keeps the explanation (architecture §5, decisions 8
// and 9).
import { replies } from '@gatepost/mail/reply.ts'
import { type Fact, type FactName, type Facts, unknown } from './facts.ts'
import type {
  Effect,
  ExplanationStep,
  Opinion,
  Policy,
  PolicyName,
  PolicyTransaction,
  Verdict,
  WantedFacts,
} from './policy.ts'
import type { TenantSettings } from './settings.ts'

/** Finds one fact out; called at most once a fact and decision. */
export type Gather = <Name extends FactName>(name: Name) => Fact<Facts[Name]> | Promise<Fact<Facts[Name]>>

export type Question = {
  readonly transaction: PolicyTransaction
  readonly settings: TenantSettings | null
  readonly gather: Gather
}

/**
 * Asks each policy in turn. The first to defer or reject settles the matter; a hold goes on asking, since a
 * later policy may be stronger (reject > defer > hold > accept). What was not reached is listed as not
 * asked. Answers at once where every fact is at hand: RCPT is asked millions of times, and a promise costs
 * more than a policy.
 */
export function decide(policies: readonly Policy[], question: Question): Verdict | Promise<Verdict> {
  return proceed({
    policies,
    question,
    at: 0,
    facts: {},
    values: {},
    waivedBy: null,
    explanation: [],
    heldBy: null,
    effects: null,
  })
}

const NOTHING: readonly FactName[] = []

type FoundFacts = { [Name in FactName]?: Fact<unknown> }

type Course = {
  readonly policies: readonly Policy[]
  readonly question: Question
  /** Objects of our own names, shared by all policies: a copy for each costs more than its judgement. */
  readonly facts: FoundFacts
  /** The values of those that are known. */
  readonly values: { [Name in FactName]?: unknown }
  readonly explanation: ExplanationStep[]
  at: number
  waivedBy: Map<PolicyName, PolicyName> | null
  heldBy: PolicyName | null
  effects: readonly Effect[] | null
}

const NOT_GATHERED = unknown('not gathered')

/** Asks from `course.at` on; comes back here when a fact that had to be waited for is there. */
function proceed(course: Course): Verdict | Promise<Verdict> {
  const { policies, explanation } = course
  for (; course.at < policies.length; course.at++) {
    const policy = policies[course.at]!
    const waiver = course.waivedBy?.get(policy.name)
    if (waiver !== undefined) {
      explanation.push(stepOf(policy, 'waived', `by-${waiver}`, ''))
      continue
    }
    const waiting = gatherNeeds(policy, course)
    if (waiting !== null) return waiting.then(() => proceed(course))
    const opinion = ask(policy, course)
    if (opinion.kind === 'waive') waive(course, policy.name, opinion.policies)
    if ('effects' in opinion) course.effects = [...(course.effects ?? []), ...(opinion.effects ?? [])]
    if (opinion.kind === 'hold') course.heldBy ??= policy.name
    if (opinion.kind === 'defer' || opinion.kind === 'reject') {
      for (const rest of policies.slice(course.at + 1)) {
        explanation.push(stepOf(rest, 'not-asked', 'policy-not-asked', ''))
      }
      return verdict(course, opinion.kind, policy.name, opinion.reply)
    }
  }
  return verdict(course, course.heldBy ? 'hold' : 'accept', course.heldBy, null)
}

/** Puts the facts a policy needs into the course; a promise when one has to be waited for. */
function gatherNeeds(policy: Policy, course: Course): Promise<void> | null {
  const { facts, question } = course
  for (const name of policy.needs) {
    if (facts[name] !== undefined) continue
    const found = question.gather(name)
    if (found instanceof Promise) return found.then((fact) => note(course, name, fact))
    note(course, name, found)
    if (found.kind === 'unknown') return null
  }
  return policy.wants === undefined ? null : gatherWants(policy, course)
}

/** The same for facts that may stay unknown. */
function gatherWants(policy: Policy, course: Course): Promise<void> | null {
  const { facts, question } = course
  let isNew = false
  for (const name of wantsOf(policy, course)) {
    if (facts[name] !== undefined) continue
    isNew = true
    const found = question.gather(name)
    if (found instanceof Promise) return found.then((fact) => note(course, name, fact))
    note(course, name, found)
  }
  // What it wants may depend on what it has now.
  return isNew ? gatherWants(policy, course) : null
}

function note({ facts, values }: Course, name: FactName, fact: Fact<unknown>): void {
  facts[name] = fact
  if (fact.kind === 'known') values[name] = fact.value
}

function wantsOf(policy: Policy, { facts, question }: Course): readonly FactName[] {
  const have = facts as WantedFacts<FactName>
  return policy.wants?.(question.transaction, question.settings, have) ?? NOTHING
}

function ask(policy: Policy, { facts, values, question, explanation }: Course): Opinion {
  for (const name of policy.needs) {
    const fact = facts[name] ?? NOT_GATHERED
    if (fact.kind === 'unknown')
      return askBlind(policy, question.settings, explanation, `${name}: ${fact.why}`)
  }
  const opinion = policy.judge(
    question.transaction,
    values as Parameters<Policy['judge']>[1],
    question.settings,
    policy.wants === undefined ? undefined : (facts as WantedFacts<FactName>),
  )
  const step = stepOf(policy, opinion.kind, opinion.because, opinion.saw)
  explanation.push(opinion.rule === undefined ? step : { ...step, rule: opinion.rule })
  return opinion
}

/** A needed fact is unknown: the policy says what that means, by the tenant's settings. */
function askBlind(
  policy: Policy,
  settings: TenantSettings | null,
  explanation: ExplanationStep[],
  saw: string,
): Opinion {
  const because = 'fact-unavailable'
  const kind = policy.whenBlind(settings)
  explanation.push(stepOf(policy, kind === 'defer' ? 'blind-defer' : 'blind-continue', because, saw))
  return kind === 'defer' ? { kind, because, saw, reply: replies.factUnavailable } : { kind, because, saw }
}

function waive(course: Course, by: PolicyName, names: readonly PolicyName[]): void {
  course.waivedBy ??= new Map()
  for (const name of names) course.waivedBy.set(name, by)
}

function stepOf(
  policy: Policy,
  kind: ExplanationStep['kind'],
  because: ExplanationStep['because'],
  saw: string,
): ExplanationStep {
  return { policy: policy.name, stage: policy.stage, kind, because, saw }
}

function verdict(
  { explanation, facts, effects }: Course,
  kind: Verdict['kind'],
  by: PolicyName | null,
  reply: Verdict['reply'],
): Verdict {
  const found = { kind, by, reply, explanation, facts: facts as Verdict['facts'] }
  return effects === null ? found : { ...found, effects }
}
