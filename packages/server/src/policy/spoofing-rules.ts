// Rules of anti-spoofing as they are asked: an exemption that names SPF or DKIM domains stands only where
// one of them vouches for the message, so it takes part in the selection only then (F3).
import type { Fact } from './facts.ts'
import type { PolicyRule } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { specificityOf } from './rules/scope.ts'
import { type RuleSubject, selectRule } from './rules/select.ts'
import type { TenantSettings } from './settings.ts'

export type SpoofingRule = PolicyRule<'anti-spoofing'>

/** What vouches for the client or the content, beside alignment with the sender's own domain. */
export type Vouchers = {
  /** Domains whose SPF passes for this client. */
  readonly spf: readonly string[]
  /** Domains that signed validly. */
  readonly dkim: readonly string[]
}

/** What vouches, and what might if a look-up had not failed. */
export type VouchersFound = { readonly sure: Vouchers; readonly unsure: Vouchers }

export type SpoofingChoice = {
  readonly rule: SpoofingRule | null
  /** A rule that would come first if the client's names were known and one fitted. */
  readonly blindTo: SpoofingRule | null
  /** An exemption that would come first if what vouches for it could be looked up. */
  readonly unsureOf: SpoofingRule | null
}

/** Domains whose SPF is asked for one message at most: each costs up to ten look-ups (RFC 7208 §4.6.4). */
export const LISTED_SPF_MAX = 20

type Split = {
  /** Rules that stand by themselves. */
  readonly plain: TenantSettings
  /** Exemptions by the domain that has to vouch. */
  readonly bySpf: ReadonlyMap<string, TenantSettings>
  readonly byDkim: ReadonlyMap<string, TenantSettings>
  /** Every rule that names SPF domains, to know whom to ask. */
  readonly withSpf: TenantSettings | null
  readonly wants: readonly ('clientNames' | 'listedSpf')[]
}

const made = new WeakMap<TenantSettings, Split>()

/** The rule for a sender, with the exemptions that hold. */
export function chooseSpoofingRule(
  settings: TenantSettings,
  subject: RuleSubject,
  { sure, unsure }: VouchersFound,
): SpoofingChoice {
  const split = splitOf(settings)
  let { rule, blindTo } = selectRule(rulesOf(split.plain), 'anti-spoofing', subject)
  for (const exemptions of exemptionsOf(split, sure)) {
    const found = selectRule(rulesOf(exemptions), 'anti-spoofing', subject)
    if (found.rule !== null && precedes(found.rule, rule)) rule = found.rule
    if (found.blindTo !== null && precedes(found.blindTo, rule) && precedes(found.blindTo, blindTo))
      blindTo = found.blindTo
  }
  let unsureOf: SpoofingRule | null = null
  for (const exemptions of exemptionsOf(split, unsure)) {
    const found = selectRule(rulesOf(exemptions), 'anti-spoofing', subject)
    for (const one of [found.rule, found.blindTo]) {
      if (one !== null && precedes(one, rule) && precedes(one, unsureOf)) unsureOf = one
    }
  }
  return { rule, blindTo: blindTo !== null && precedes(blindTo, rule) ? blindTo : null, unsureOf }
}

function exemptionsOf(split: Split, { spf, dkim }: Vouchers): readonly TenantSettings[] {
  return [
    ...spf.flatMap((domain) => split.bySpf.get(domain) ?? []),
    ...dkim.flatMap((domain) => dkimLists(split, domain)),
  ]
}

/** Domains whose SPF decides something for this sender; empty for nearly all mail. */
export function spfDomainsFor(settings: TenantSettings, subject: RuleSubject): readonly string[] {
  const { withSpf } = splitOf(settings)
  if (withSpf === null) return []
  const { rule, beaten } = selectRule(rulesOf(withSpf), 'anti-spoofing', subject)
  const rules = rule === null ? [] : [rule, ...beaten()]
  return [...new Set(rules.flatMap(({ option }) => option.spfDomains))].slice(0, LISTED_SPF_MAX)
}

/** Facts that the rules of this tenant can turn on; without such rules no look-up is made. */
export function spoofingWants(settings: TenantSettings): readonly ('clientNames' | 'listedSpf')[] {
  return splitOf(settings).wants
}

/** Whether a rule of this type could look at DKIM: then RCPT cannot have the last word (decisions 10). */
export function hasDkimExemptions(settings: TenantSettings): boolean {
  return splitOf(settings).byDkim.size > 0
}

/** An exemption that rests on somebody's word. */
export function isConditional({ option }: SpoofingRule): boolean {
  return option.action === 'none' && option.spfDomains.length + option.dkimDomains.length > 0
}

export function subjectOf(
  message: { readonly clientIp: string; readonly to: string; readonly now: number },
  clientNames: Fact<readonly string[]>,
  sender: { readonly kind: 'envelope' | 'header'; readonly address: string },
): RuleSubject {
  return {
    ...message,
    clientNames,
    // A rule about the null reverse-path is no rule about this author.
    envelopeFrom: sender.kind === 'envelope' ? sender.address : null,
    headerFrom: sender.kind === 'header' ? [sender.address] : null,
  }
}

/** A listed domain stands for itself and its sub-domains, as services sign with either. */
function dkimLists({ byDkim }: Split, domain: string): readonly TenantSettings[] {
  const found: TenantSettings[] = []
  for (let name = domain; ; name = name.slice(name.indexOf('.') + 1)) {
    const list = byDkim.get(name)
    if (list !== undefined) found.push(list)
    if (!name.includes('.')) return found
  }
}

/** Override, From, To, then the newest (decisions 15). */
function precedes(a: SpoofingRule, b: SpoofingRule | null): boolean {
  if (b === null) return true
  const order =
    Number(b.override) - Number(a.override) ||
    specificityOf(b.from) - specificityOf(a.from) ||
    specificityOf(b.to) - specificityOf(a.to) ||
    b.createdAt - a.createdAt
  return order < 0
}

function splitOf(settings: TenantSettings): Split {
  const known = made.get(settings)
  if (known !== undefined) return known
  const split = makeSplit(settings)
  made.set(settings, split)
  return split
}

function makeSplit(settings: TenantSettings): Split {
  const rules = (settings.rules ?? []).filter((rule) => rule.type === 'anti-spoofing')
  const only = (some: readonly SpoofingRule[]): TenantSettings => ({ ...settings, rules: some })
  const grouped = (which: 'spfDomains' | 'dkimDomains'): ReadonlyMap<string, TenantSettings> => {
    const groups = new Map<string, SpoofingRule[]>()
    for (const rule of rules.filter(isConditional)) {
      for (const domain of rule.option[which]) groups.set(domain, [...(groups.get(domain) ?? []), rule])
    }
    return new Map([...groups].map(([domain, some]) => [domain, only(some)]))
  }
  const withSpf = rules.filter(({ option }) => option.spfDomains.length > 0)
  return {
    plain: only(rules.filter((rule) => !isConditional(rule))),
    bySpf: grouped('spfDomains'),
    byDkim: grouped('dkimDomains'),
    withSpf: withSpf.length > 0 ? only(withSpf) : null,
    wants: [
      ...(rules.some(({ hostNames }) => hostNames.length > 0) ? (['clientNames'] as const) : []),
      ...(withSpf.length > 0 ? (['listedSpf'] as const) : []),
    ],
  }
}
