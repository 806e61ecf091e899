// The rule of a screening type that is about one recipient's message: content is only looked at where one is.
import type { Facts } from './facts.ts'
import type { PolicyTransaction, WantedFacts } from './policy.ts'
import type { PolicyRule, RuleType } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { selectRule } from './rules/select.ts'
import { subjectOf, wantsClientNames } from './rules/subject.ts'
import type { TenantSettings } from './settings.ts'

export type ScreeningType = Extract<
  RuleType,
  'virus-scanning' | 'attachment-handling' | 'spam-scanning' | 'first-contact'
>

/** What goes out is looked at for malware and attachments: an infected machine inside shows there first. */
const OUTBOUND: readonly ScreeningType[] = ['virus-scanning', 'attachment-handling']

function isScreened(type: ScreeningType, { direction }: PolicyTransaction): boolean {
  return direction === 'inbound' || (direction === 'outbound' && OUTBOUND.includes(type))
}

type Asked = {
  readonly transaction: PolicyTransaction
  readonly author: Facts['author'] | null
  readonly settings: TenantSettings | null
  readonly wanted: WantedFacts<'clientNames'> | undefined
}

/** The rule, and one that would come before it if the client had a name that could not be looked up. */
export function screeningRule<const Type extends ScreeningType>(
  type: Type,
  { transaction, author, settings, wanted }: Asked,
): { readonly rule: PolicyRule<Type> | null; readonly blindTo: PolicyRule<Type> | null } {
  if (settings === null || !isScreened(type, transaction)) return NONE
  const subject = subjectOf(transaction, author, wanted ?? {})
  if (subject === null) return NONE
  const { rule, blindTo } = selectRule(rulesOf(settings), type, subject)
  return { rule, blindTo }
}

/** What a policy of this type wants before it can select its rule; null when it may be selected. */
export function wantsOfRule(
  type: ScreeningType,
  transaction: PolicyTransaction,
  settings: TenantSettings | null,
  have: WantedFacts<'clientNames'> | undefined,
): readonly 'clientNames'[] | null {
  if (!isScreened(type, transaction)) return []
  const names = wantsClientNames(settings, [type])
  return names.length === 0 || have?.clientNames !== undefined ? null : names
}

const NONE = { rule: null, blindTo: null } as const
