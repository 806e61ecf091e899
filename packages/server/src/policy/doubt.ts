// What a look-up that failed leaves open: a permit that might stand, a rule that might come first. Nobody is
// refused for good while the answer could let the message in (law 4). Pure.
import { replies } from '@gatepost/mail/reply.ts'
import { authenticationOutcome, vouchingSealer } from './authentication.ts'
import type { AuthenticationFact, Fact, Facts } from './facts.ts'
import { adminPermit, isEntryProven, isFromInside, type Proof, refOf } from './permits.ts'
import { covers, listsOf, personalPermit } from './personal-list.ts'
import type { Opinion, RuleRef } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { type RuleSubject, selectRule } from './rules/select.ts'
import type { TenantSettings } from './settings.ts'

/** Why an administrator's rule might permit the sender after all, in plain words; null where none would. */
export function adminPermitInDoubt(
  settings: TenantSettings,
  subject: RuleSubject,
  proof: Proof,
): string | null {
  const { kind, selection } = adminPermit(settings, subject, proof)
  if (kind === 'permitted' || isFromInside(settings, subject)) return null
  const { rule, blindTo } = selection
  if (blindTo !== null && blindTo.option.action !== (rule?.option.action ?? 'none')) return NAMES
  return kind === 'unproven' && selection.by !== null ? proofInDoubt(selection.by, proof) : null
}

/** The same of any permit: a rule's, or one of the recipient's own list. */
export function permitInDoubt(
  settings: TenantSettings,
  subject: RuleSubject,
  known: { readonly proof: Proof; readonly managedSender: Fact<Facts['managedSender']> | undefined },
): string | null {
  const { proof, managedSender } = known
  if (isFromInside(settings, subject)) return null
  const admin = adminPermitInDoubt(settings, subject, proof)
  if (admin !== null) return admin
  if (managedSender?.kind === 'unknown') return `the recipient’s list: ${managedSender.why}`
  const entry = personalPermit(listsOf(managedSender))
  if (entry === null || isEntryProven(entry, subject, proof)) return null
  const { envelopeFrom, headerFrom } = subject
  const byEnvelope = envelopeFrom !== null && covers(entry, envelopeFrom)
  const byHeader = headerFrom?.length === 1 && covers(entry, headerFrom[0]!)
  return (
    (byEnvelope ? proofInDoubt('envelope', proof) : null) ?? (byHeader ? proofInDoubt('header', proof) : null)
  )
}

/** The rule that takes permits away for what authentication found; null where none does. */
export function cancelledByResults(
  settings: TenantSettings,
  subject: RuleSubject,
  found: Fact<AuthenticationFact> | undefined,
): RuleRef | null {
  if (found?.kind !== 'known') return null
  const { rule } = selectRule(rulesOf(settings), 'authentication', subject)
  if (rule === null) return null
  const isVouchedFor = vouchingSealer(found.value, settings.arcSealers ?? []) !== null
  const { action } = authenticationOutcome(found.value, rule.option, isVouchedFor)
  return action === 'cancel-permits' ? refOf(rule) : null
}

type Choice<Rule extends PolicyRule> = { readonly rule: Rule | null; readonly blindTo: Rule | null }

/**
 * The opinion by the rule that applies. Where another would come before it if the client had a name that
 * could not be looked up, and would say something else, the client is asked to come again.
 */
export function sureOpinion<Rule extends PolicyRule>(
  { rule, blindTo }: Choice<Rule>,
  opinionBy: (rule: Rule | null) => Opinion,
): Opinion {
  const opinion = opinionBy(rule)
  if (blindTo === null || opinionBy(blindTo).kind === opinion.kind) return opinion
  const { saw } = opinion
  return {
    kind: 'defer',
    because: 'client-names-unknown',
    saw,
    rule: refOf(blindTo),
    reply: replies.factUnavailable,
  }
}

const NAMES = 'the client’s names are not known, and one of them might be permitted'
const SPF = 'SPF, which a permit rests on, could not be asked'
const RESULTS = 'authentication, which a permit rests on, could not be had'

/** Whether what would vouch for the sender could not be had; null where it was had, or not asked for. */
function proofInDoubt(by: 'envelope' | 'header', { spf, authentication }: Proof): string | null {
  if (authentication?.kind === 'unknown') return RESULTS
  const found = authentication?.value
  if (by === 'envelope') {
    const isSpfUnsure = spf?.kind === 'unknown' || (spf?.kind === 'known' && spf.value.result === 'temperror')
    return isSpfUnsure || found?.spf === 'temperror' ? SPF : null
  }
  if (found === undefined) return null
  const isUnsure =
    found.dmarc.result === 'temperror' ||
    (found.spf === 'temperror' && found.spfAligned) ||
    found.dkim.some(({ result, aligned }) => result === 'temperror' && aligned)
  return isUnsure ? RESULTS : null
}
