// Attachments: dangerous types, macros, what is encrypted or in disguise, by content and not by name. No
// permit skips it; an exemption is a rule of this type (H2).
import { replies } from '@gatepost/mail/reply.ts'
import { sureOpinion } from './doubt.ts'
import type { AttachmentClass, AttachmentFinding, AttachmentsFact, Facts } from './facts.ts'
import { definePolicy, type Opinion, type RuleRef, type WantedFacts } from './policy.ts'
import type { AttachmentAction, PolicyRule, RuleOptions } from './rule.ts'
import { screeningRule, wantsOfRule } from './screening-rule.ts'

type Want = 'author' | 'clientNames' | 'attachments'

export const attachments = definePolicy({
  name: 'attachments',
  stage: 'message',
  needs: [],
  wants(transaction, settings, have: WantedFacts<Want> = {}): readonly Want[] {
    const wanted = wantsOfRule('attachment-handling', transaction, settings, have)
    if (wanted !== null) return wanted
    if (have.author === undefined) return AUTHOR
    const asked = { transaction, author: authorIn(have), settings, wanted: have }
    const { rule, blindTo } = screeningRule('attachment-handling', asked)
    return [rule, blindTo].some((one) => one !== null && asksForAny(one.option)) ? ATTACHMENTS : NOTHING
  },
  whenBlind: () => 'continue', // Needs nothing; an unknown fact is deferred below.
  judge(transaction, _facts, settings, wanted: WantedFacts<Want> = {}): Opinion {
    const asked = { transaction, author: authorIn(wanted), settings, wanted }
    return sureOpinion(screeningRule('attachment-handling', asked), (rule): Opinion => {
      if (rule === null) return { kind: 'continue', because: 'no-attachment-rule', saw: '' }
      const ref = { id: rule.id, name: rule.name }
      const fact = wanted.attachments
      if (fact === undefined || !asksForAny(rule.option))
        return { kind: 'continue', because: 'attachments-exempt', saw: '', rule: ref }
      // Nobody looked, and the client comes again: safer than to let it in or to keep it for good.
      if (fact.kind === 'unknown') {
        const { why: saw } = fact
        return {
          kind: 'defer',
          because: 'attachments-unknown',
          saw,
          rule: ref,
          reply: replies.factUnavailable,
        }
      }
      return byRule(rule, ref, fact.value)
    })
  },
})

const ATTACHMENTS: readonly ['attachments'] = ['attachments']
const AUTHOR: readonly ['author'] = ['author']
const NOTHING: readonly [] = []
const STRENGTH: readonly AttachmentAction[] = ['none', 'tag', 'hold', 'reject']
const CLASSES = Object.keys({
  dangerous: true,
  script: true,
  macro: true,
  encrypted: true,
  disguised: true,
  unreadable: true,
} satisfies { readonly [Class in AttachmentClass]: true }) as readonly AttachmentClass[]
/** More are counted and not listed. */
const LISTED_MAX = 10

function authorIn({ author }: WantedFacts<Want>): Facts['author'] | null {
  return author?.kind === 'known' ? author.value : null
}

/** Whether it acts on some class of file; without that nobody looks into the content. */
function asksForAny(option: RuleOptions['attachment-handling']): boolean {
  for (const file of CLASSES) if (option[file] !== 'none') return true
  return false
}

/** The strongest action that a finding leads to. */
function byRule(
  { option }: PolicyRule<'attachment-handling'>,
  rule: RuleRef,
  { files, findings }: AttachmentsFact,
): Opinion {
  if (findings.length === 0) {
    return { kind: 'continue', because: 'no-risky-attachment', saw: `${files} files`, rule }
  }
  // Those that settle it are told first.
  const strengthOf = (finding: AttachmentFinding): number => STRENGTH.indexOf(option[finding.class])
  const told = findings.toSorted((a, b) => strengthOf(b) - strengthOf(a))
  const action = option[told[0]!.class]
  const saw = textOf(told)
  switch (action) {
    case 'none':
      return { kind: 'continue', because: 'attachments-exempt', saw, rule }
    case 'tag':
      return {
        kind: 'continue',
        because: 'attachments-tagged',
        saw,
        rule,
        effects: [{ kind: 'tag', text: 'attachment' }],
      }
    case 'hold':
      return { kind: 'hold', because: 'attachments-held', saw, rule }
    case 'reject':
      return { kind: 'reject', because: 'attachments-refused', saw, rule, reply: replies.contentPolicy }
  }
}

function textOf(findings: readonly AttachmentFinding[]): string {
  const listed = findings.slice(0, LISTED_MAX).map(({ file, saw }) => (file === '' ? saw : `${file}: ${saw}`))
  const more = findings.length - listed.length
  return more > 0 ? `${listed.join('; ')}; ${more} more` : listed.join('; ')
}
