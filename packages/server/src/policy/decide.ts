// The decision engine: asks each policy in order and keeps the explanation (architecture §5, decisions 8 and 9).
import { replies } from '@gatepost/mail/reply.ts'
import type { Fact, FactName, Facts } from './facts.ts'
import type { ExplanationStep, Opinion, Policy, PolicyName, PolicyTransaction, Verdict } from './policy.ts'
import type { TenantSettings } from './settings.ts'

/** Finds one fact out; called at most once a fact and decision. */
export type Gather = <Name extends FactName>(name: Name) => Fact<Facts[Name]> | Promise<Fact<Facts[Name]>>

/**
 * Asks each policy in turn. The first to defer or reject settles the matter; a hold goes on asking, since a later
 * policy may be stronger (reject > defer > hold > accept). What was not reached is listed as not asked.
 */
export async function decide(
  policies: readonly Policy[],
  question: { transaction: PolicyTransaction; settings: TenantSettings | null; gather: Gather },
): Promise<Verdict> {
  const facts = new Map<FactName, Fact<unknown>>()
  const waivedBy = new Map<PolicyName, PolicyName>()
  const explanation: ExplanationStep[] = []
  let held: PolicyName | null = null
  for (const [at, policy] of policies.entries()) {
    const waiver = waivedBy.get(policy.name)
    if (waiver) {
      explanation.push({ ...stepOf(policy), kind: 'waived', because: `by-${waiver}`, saw: '' })
      continue
    }
    const opinion = await ask(policy, question, facts)
    explanation.push(opinion.step)
    if (opinion.kind === 'waive') for (const name of opinion.policies) waivedBy.set(name, policy.name)
    if (opinion.kind === 'hold') held ??= policy.name
    if (opinion.kind === 'defer' || opinion.kind === 'reject') {
      for (const rest of policies.slice(at + 1)) explanation.push(notAsked(rest))
      return verdict(opinion.kind, { by: policy.name, reply: opinion.reply, explanation, facts })
    }
  }
  return verdict(held ? 'hold' : 'accept', { by: held, reply: null, explanation, facts })
}

type Asked = Opinion & { readonly step: ExplanationStep }

async function ask(
  policy: Policy,
  question: { transaction: PolicyTransaction; settings: TenantSettings | null; gather: Gather },
  facts: Map<FactName, Fact<unknown>>,
): Promise<Asked> {
  const values = new Map<FactName, unknown>()
  for (const name of policy.needs) {
    let fact = facts.get(name)
    if (!fact) {
      const found = question.gather(name)
      fact = found instanceof Promise ? await found : found
      facts.set(name, fact)
    }
    if (fact.kind === 'unknown') return blind(policy, question.settings, `${name}: ${fact.why}`)
    values.set(name, fact.value)
  }
  const opinion = policy.judge(
    question.transaction,
    Object.fromEntries(values) as Parameters<Policy['judge']>[1],
    question.settings,
  )
  return {
    ...opinion,
    step: { ...stepOf(policy), kind: opinion.kind, because: opinion.because, saw: opinion.saw },
  }
}

function blind(policy: Policy, settings: TenantSettings | null, why: string): Asked {
  const step = { ...stepOf(policy), because: 'fact-unavailable', saw: why } as const
  return policy.whenBlind(settings) === 'defer'
    ? {
        kind: 'defer',
        because: 'fact-unavailable',
        saw: why,
        reply: replies.factUnavailable,
        step: { ...step, kind: 'blind-defer' },
      }
    : { kind: 'continue', because: 'fact-unavailable', saw: why, step: { ...step, kind: 'blind-continue' } }
}

function stepOf(policy: Policy): Pick<ExplanationStep, 'policy' | 'stage'> {
  return { policy: policy.name, stage: policy.stage }
}

function notAsked(policy: Policy): ExplanationStep {
  return { ...stepOf(policy), kind: 'not-asked', because: 'policy-not-asked', saw: '' }
}

function verdict(
  kind: Verdict['kind'],
  rest: Omit<Verdict, 'kind' | 'facts'> & { facts: Map<FactName, Fact<unknown>> },
): Verdict {
  return { ...rest, kind, facts: Object.fromEntries(rest.facts) as Verdict['facts'] }
}
