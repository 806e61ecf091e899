// First contact: an author who never wrote to this recipient before. A tag for rules of the mail host and of
// readers, or a banner in the text by choice (F4). Nobody is held or refused for it.
import type { Facts, FirstContactFact, ImpersonationSignal } from './facts.ts'
import { ownDomainOf } from './own-domains.ts'
import { definePolicy, type Opinion, type RuleRef, type WantedFacts } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { screeningRule, wantsOfRule } from './screening-rule.ts'
import type { TenantSettings } from './settings.ts'

type Want = 'author' | 'clientNames' | 'firstContact' | 'managedSender' | 'impersonation'

export const firstContact = definePolicy({
  name: 'first-contact',
  stage: 'message',
  needs: [],
  wants(transaction, settings, have: WantedFacts<Want> = {}): readonly Want[] {
    if (settings === null || rulesOf(settings).ofType('first-contact') === null) return NOTHING
    const wanted = wantsOfRule('first-contact', transaction, settings, have)
    if (wanted !== null) return wanted
    if (have.author === undefined) return AUTHOR
    const asked = { transaction, author: authorIn(have), settings, wanted: have }
    const { rule } = screeningRule('first-contact', asked)
    return rule !== null && rule.option.action !== 'none' ? KNOWN_BY : NOTHING
  },
  whenBlind: () => 'continue', // Needs nothing; who cannot be told is not said to be new.
  judge(transaction, _facts, settings, wanted: WantedFacts<Want> = {}): Opinion {
    const author = authorIn(wanted)
    const { rule } = screeningRule('first-contact', { transaction, author, settings, wanted })
    if (rule === null || settings === null) {
      return { kind: 'continue', because: 'no-first-contact-rule', saw: '' }
    }
    const ref = { id: rule.id, name: rule.name }
    const fact = wanted.firstContact
    if (fact === undefined) return { kind: 'continue', because: 'first-contact-exempt', saw: '', rule: ref }
    if (author?.domains.some((domain) => ownDomainOf(settings, domain) !== null)) {
      const saw = 'the author is of a domain of the organisation'
      return { kind: 'continue', because: 'contact-known', saw, rule: ref }
    }
    const { managedSender } = wanted
    if (managedSender?.kind === 'known' && managedSender.value.permit !== null) {
      const saw = `${managedSender.value.permit.sender} is on the recipient’s list`
      return { kind: 'continue', because: 'contact-known', saw, rule: ref }
    }
    const blind = fact.kind === 'unknown' ? fact : managedSender?.kind === 'unknown' ? managedSender : null
    if (blind !== null) return { kind: 'continue', because: 'contact-not-told', saw: blind.why, rule: ref }
    const { value } = fact as Extract<typeof fact, { kind: 'known' }>
    return byRule(rule, ref, { fact: value, settings, now: transaction.now, wanted })
  },
})

const AUTHOR: readonly ['author'] = ['author']
const KNOWN_BY: readonly Want[] = ['firstContact', 'managedSender', 'impersonation']
const NOTHING: readonly [] = []
const DAY_MS = 86_400_000

function authorIn({ author }: WantedFacts<Want>): Facts['author'] | null {
  return author?.kind === 'known' ? author.value : null
}

type Seen = {
  readonly fact: FirstContactFact
  readonly settings: TenantSettings
  readonly now: number
  readonly wanted: WantedFacts<Want>
}

function byRule({ option }: PolicyRule<'first-contact'>, rule: RuleRef, seen: Seen): Opinion {
  const { fact, settings, now, wanted } = seen
  const isKnown =
    fact.wroteTo === 'recipient' || (fact.wroteTo === 'organisation' && option.measure === 'organisation')
  if (isKnown) {
    const whom = fact.wroteTo === 'recipient' ? 'this recipient' : 'somebody here'
    return { kind: 'continue', because: 'contact-known', saw: `wrote to ${whom} before`, rule }
  }
  const from = learningSince(settings) + option.learnDays * DAY_MS
  if (now < from) {
    const saw = `marks from ${new Date(from).toISOString().slice(0, 10)} on`
    return { kind: 'continue', because: 'contacts-learning', saw, rule }
  }
  const signals: readonly ImpersonationSignal[] =
    wanted.impersonation?.kind === 'known' ? wanted.impersonation.value : []
  const banner = option.action === 'banner' ? option.language : null
  const others =
    fact.wroteTo === 'organisation' ? 'wrote to others here, never to this recipient' : 'never wrote here'
  return {
    kind: 'continue',
    because: banner === null ? 'first-contact-tagged' : 'first-contact-banner',
    saw: [others, ...signals.map(({ saw }) => saw)].join('; '),
    rule,
    effects: [{ kind: 'first-contact', banner, warns: [...new Set(signals.map(({ kind }) => kind))] }],
  }
}

/** Since when somebody looks who writes: who wrote before that is not known. Unix milliseconds. */
export function learningSince({ rules = [] }: Pick<TenantSettings, 'rules'>): number {
  let since = Number.POSITIVE_INFINITY
  for (const rule of rules) {
    if (rule.type === 'first-contact' && rule.option.action !== 'none')
      since = Math.min(since, rule.createdAt)
  }
  return since
}
