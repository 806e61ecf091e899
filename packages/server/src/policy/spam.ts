// Spam: the score of the content against the level that a rule asks for (H1). Known senders skip it.
import { replies } from '@gatepost/mail/reply.ts'
import type { Facts, SpamFact } from './facts.ts'
import { definePolicy, type Opinion, type RuleRef, type WantedFacts } from './policy.ts'
import type { PolicyRule, SpamLevel } from './rule.ts'
import { screeningRule, wantsOfRule } from './screening-rule.ts'

type Want = 'author' | 'clientNames' | 'spam'

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
    const { rule } = screeningRule('spam-scanning', {
      transaction,
      author: authorIn(have),
      settings,
      wanted: have,
    })
    return rule !== null && rule.option.action !== 'none' ? SPAM : NOTHING
  },
  whenBlind: () => 'continue', // A score that nobody could make says nothing.
  judge(transaction, _facts, settings, wanted: WantedFacts<Want> = {}): Opinion {
    const asked = { transaction, author: authorIn(wanted), settings, wanted }
    const { rule } = screeningRule('spam-scanning', asked)
    if (rule === null) return { kind: 'continue', because: 'no-spam-rule', saw: '' }
    const ref = { id: rule.id, name: rule.name }
    const fact = wanted.spam
    if (fact === undefined) return { kind: 'continue', because: 'spam-exempt', saw: '', rule: ref }
    if (fact.kind === 'unknown')
      return { kind: 'continue', because: 'spam-unknown', saw: fact.why, rule: ref }
    return byRule(rule, ref, fact.value)
  },
})

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
