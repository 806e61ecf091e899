// Virus: what a scanner found in the content, and what it never looked at. No permit skips it (H2).
import { replies } from '@gatepost/mail/reply.ts'
import { sureOpinion } from './doubt.ts'
import type { Fact, Facts, VirusFact } from './facts.ts'
import { definePolicy, type Opinion, type RuleRef, type WantedFacts } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import { screeningRule, wantsOfRule } from './screening-rule.ts'

type Want = 'author' | 'clientNames' | 'virus'

export const virus = definePolicy({
  name: 'virus',
  stage: 'message',
  needs: [],
  wants(transaction, settings, have: WantedFacts<Want> = {}): readonly Want[] {
    const wanted = wantsOfRule('virus-scanning', transaction, settings, have)
    if (wanted !== null) return wanted
    if (have.author === undefined) return AUTHOR
    const asked = { transaction, author: authorIn(have), settings, wanted: have }
    const { rule, blindTo } = screeningRule('virus-scanning', asked)
    return rule?.option.action === 'scan' || blindTo?.option.action === 'scan' ? VIRUS : NOTHING
  },
  whenBlind: () => 'continue', // Needs nothing; what an unknown fact means is the rule's choice.
  judge(transaction, _facts, settings, wanted: WantedFacts<Want> = {}): Opinion {
    const asked = { transaction, author: authorIn(wanted), settings, wanted }
    return sureOpinion(screeningRule('virus-scanning', asked), (rule): Opinion => {
      if (rule === null) return { kind: 'continue', because: 'no-virus-rule', saw: '' }
      const ref = { id: rule.id, name: rule.name }
      if (rule.option.action === 'none')
        return { kind: 'continue', because: 'virus-exempt', saw: '', rule: ref }
      return byRule(rule, ref, wanted.virus)
    })
  },
})

const VIRUS: readonly ['virus'] = ['virus']
const AUTHOR: readonly ['author'] = ['author']
const NOTHING: readonly [] = []

function authorIn({ author }: WantedFacts<Want>): Facts['author'] | null {
  return author?.kind === 'known' ? author.value : null
}

function byRule(
  { option }: PolicyRule<'virus-scanning'>,
  rule: RuleRef,
  fact: Fact<VirusFact> | undefined,
): Opinion {
  if (fact === undefined || fact.kind === 'unknown')
    return unavailable(option.unavailable, rule, fact?.why ?? '')
  const found = fact.value
  switch (found.kind) {
    case 'no-scanner':
      return { kind: 'continue', because: 'no-scanner', saw: '', rule }
    case 'clean':
      return { kind: 'continue', because: 'no-virus', saw: found.by, rule }
    case 'infected': {
      const saw = `${found.name}, by ${found.by}`
      if (option.infected === 'hold') return { kind: 'hold', because: 'virus-held', saw, rule }
      return { kind: 'reject', because: 'virus-refused', saw, rule, reply: replies.contentRejected }
    }
    case 'not-checked':
      return notChecked(option.notChecked, rule, `${found.what.join('; ')}; the rest by ${found.by}`)
  }
}

function notChecked(action: 'hold' | 'reject' | 'deliver', rule: RuleRef, saw: string): Opinion {
  if (action === 'deliver') return { kind: 'continue', because: 'virus-not-checked-delivered', saw, rule }
  if (action === 'hold') return { kind: 'hold', because: 'virus-not-checked', saw, rule }
  return { kind: 'reject', because: 'virus-not-checked', saw, rule, reply: replies.contentRejected }
}

function unavailable(action: 'defer' | 'hold' | 'deliver', rule: RuleRef, saw: string): Opinion {
  if (action === 'deliver') return { kind: 'continue', because: 'scanner-away-delivered', saw, rule }
  if (action === 'hold') return { kind: 'hold', because: 'scanner-away', saw, rule }
  return { kind: 'defer', because: 'scanner-away', saw, rule, reply: replies.factUnavailable }
}
