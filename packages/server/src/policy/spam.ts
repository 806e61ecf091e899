// Spam: the score of the content against the level that a rule asks for (H1). Known senders skip it.
import { replies } from '@gatepost/mail/reply.ts'
import { cancelledByResults, permitInDoubt, sureOpinion } from './doubt.ts'
import type { Facts, SpamFact } from './facts.ts'
import {
  definePolicy,
  type Opinion,
  type PolicyTransaction,
  type RuleRef,
  type WantedFacts,
} from './policy.ts'
import type { PolicyRule, SpamLevel } from './rule.ts'
import { subjectOf } from './rules/subject.ts'
import { screeningRule, wantsOfRule } from './screening-rule.ts'
import type { TenantSettings } from './settings.ts'

/** What permits rest on is there already: they were asked before. */
type Want = 'author' | 'clientNames' | 'spam' | 'spf' | 'authentication' | 'managedSender'

/** Points from which a level acts (behaviour §15.1). */
export const SPAM_LEVELS: { readonly [Level in SpamLevel]: number } = {
  relaxed: 7,
  moderate: 5,
  aggressive: 3,
}
/** From here on mail is refused whatever the action is (behaviour §15.1). */
export const SPAM_REFUSED_FROM = 28

export const spam = definePolicy({
  name: 'spam',
  stage: 'message',
  needs: [],
  wants(transaction, settings, have: WantedFacts<Want> = {}): readonly Want[] {
    const wanted = wantsOfRule('spam-scanning', transaction, settings, have)
    if (wanted !== null) return wanted
    if (have.author === undefined) return AUTHOR
    const asked = { transaction, author: authorIn(have), settings, wanted: have }
    const { rule, blindTo } = screeningRule('spam-scanning', asked)
    return [rule, blindTo].some((one) => one !== null && one.option.action !== 'none') ? SPAM : NOTHING
  },
  whenBlind: () => 'continue', // A score that nobody could make says nothing.
  judge(transaction, _facts, settings, wanted: WantedFacts<Want> = {}): Opinion {
    const asked = { transaction, author: authorIn(wanted), settings, wanted }
    const choice = screeningRule('spam-scanning', asked)
    const opinion = opinionBy(choice.rule, wanted.spam)
    const isRefusedBySome = [choice.rule, choice.blindTo].some(
      (rule) => rule !== null && opinionBy(rule, wanted.spam).kind === 'reject',
    )
    if (!isRefusedBySome) return opinion
    const sure = sureOpinion(choice, (rule) => opinionBy(rule, wanted.spam))
    const doubt = sure.kind === 'reject' ? doubtOf(transaction, settings, wanted) : null
    if (doubt === null) return sure
    const { rule } = sure
    const saw = `${sure.saw}; ${doubt}`
    return { kind: 'defer', because: 'fact-unavailable', saw, rule, reply: replies.factUnavailable }
  },
})

function opinionBy(rule: PolicyRule<'spam-scanning'> | null, fact: WantedFacts<Want>['spam']): Opinion {
  if (rule === null) return { kind: 'continue', because: 'no-spam-rule', saw: '' }
  const ref = { id: rule.id, name: rule.name }
  if (fact === undefined || rule.option.action === 'none')
    return { kind: 'continue', because: 'spam-exempt', saw: '', rule: ref }
  if (fact.kind === 'unknown') return { kind: 'continue', because: 'spam-unknown', saw: fact.why, rule: ref }
  return byRule(rule, ref, fact.value)
}

/** Why a permit might skip this policy, were it not for a look-up that failed. */
function doubtOf(
  transaction: PolicyTransaction,
  settings: TenantSettings | null,
  wanted: WantedFacts<Want>,
): string | null {
  const subject = settings && subjectOf(transaction, authorIn(wanted), wanted)
  if (settings === null || subject === null) return null
  const { spf, authentication, managedSender } = wanted
  if (cancelledByResults(settings, subject, authentication) !== null) return null
  return permitInDoubt(settings, subject, { proof: { spf, authentication }, managedSender })
}

const SPAM: readonly ['spam'] = ['spam']
const AUTHOR: readonly ['author'] = ['author']
const NOTHING: readonly [] = []
/** Reasons told in Why; the rest are small. */
const TOLD_MAX = 12

function authorIn({ author }: WantedFacts<Want>): Facts['author'] | null {
  return author?.kind === 'known' ? author.value : null
}

function byRule({ option }: PolicyRule<'spam-scanning'>, rule: RuleRef, found: SpamFact): Opinion {
  const threshold = SPAM_LEVELS[option.level]
  const saw = `${points(found.score)} of ${threshold} points (${option.level}): ${reasonsOf(found)}`
  if (found.score < threshold) return { kind: 'continue', because: 'no-spam', saw, rule }
  if (found.score >= SPAM_REFUSED_FROM || option.action === 'reject') {
    return { kind: 'reject', because: 'spam-refused', saw, rule, reply: replies.contentRejected }
  }
  if (option.action === 'tag') {
    return { kind: 'continue', because: 'spam-tagged', saw, rule, effects: [{ kind: 'tag', text: 'spam' }] }
  }
  return { kind: 'hold', because: 'spam-held', saw, rule }
}

function reasonsOf({ contributions }: SpamFact): string {
  const told = contributions.slice(0, TOLD_MAX)
  return told
    .map((one) => `${one.name} ${points(one.points)}${one.saw === '' ? '' : ` (${one.saw})`}`)
    .join(', ')
}

function points(value: number): string {
  return (Math.round(value * 10) / 10).toString()
}
