// Permitted senders: known ones skip strict screening, and never anything else (S1, S2; behaviour §5.2).
import { isSampled } from './auto-allow.ts'
import { adminPermitInDoubt, permitInDoubt } from './doubt.ts'
import {
  adminPermit,
  cancelsAtRcpt,
  isEntryProven,
  isFromInside,
  type Proof,
  refOf,
  sawOf,
  senderOf,
  spfCancelRule,
} from './permits.ts'
import { entryText, listsOf, personalPermit } from './personal-list.ts'
import {
  definePolicy,
  type Opinion,
  type PolicyName,
  type PolicyTransaction,
  type RuleRef,
  type Stage,
  type WantedFacts,
} from './policy.ts'
import type { RuleSubject } from './rules/select.ts'
import { subjectOf, wantsClientNames } from './rules/subject.ts'
import type { TenantSettings } from './settings.ts'

type Want = 'clientNames' | 'managedSender' | 'spf' | 'authentication'

/** What a permit skips, and nothing else ever (S1): never viruses or attachments. */
const SKIPPED: readonly PolicyName[] = ['greylisting', 'spam']

/** Asked at RCPT: a permit that rests on the author cannot count yet (decisions 10). */
export const permittedSenders = envelopePolicy('rcpt')

/** The same where that was put off until the content (decisions 2): what is said names no recipient. */
export const permittedSendersLater = envelopePolicy('message')

function envelopePolicy(stage: Stage) {
  return definePolicy({
    name: 'permitted-senders',
    stage,
    needs: [],
    wants: wantsAtRcpt,
    whenBlind: () => 'continue', // Needs nothing that could be unknown; what is unknown permits nobody.
    judge(transaction, _facts, settings, wanted = {}): Opinion {
      const subject = settings && subjectOf(transaction, null, wanted)
      if (settings === null || subject === null || transaction.direction !== 'inbound') return OUTBOUND
      const proof = { spf: wanted.spf, authentication: undefined }
      const saw = stage === 'rcpt' ? sawOf(transaction) : senderOf(transaction)
      const cancel = cancelsAtRcpt(settings, subject, proof)
      if (cancel !== null)
        return { kind: 'continue', because: 'permits-cancelled', saw: `${saw}, spf=fail`, rule: cancel }
      return judge({ settings, subject, proof, saw, wanted })
    },
  })
}

/**
 * Asked when the author is known. The policy `authentication` waives this one where its rule cancels
 * permits, so that none is left (behaviour §5.3, 4).
 */
export const permittedSendersHeader = definePolicy({
  name: 'permitted-senders-header',
  stage: 'message',
  needs: ['author'],
  wants: wantsAtMessage,
  whenBlind: () => 'continue',
  judge(transaction, { author }, settings, wanted = {}): Opinion {
    const subject = settings && subjectOf(transaction, author, wanted)
    if (settings === null || subject === null || transaction.direction !== 'inbound') return OUTBOUND
    const saw = sawOf(transaction, subject.headerFrom?.join(', ') || 'unreadable')
    const proof = { spf: wanted.spf, authentication: wanted.authentication }
    return judge({ settings, subject, proof, saw, wanted })
  },
})

const OUTBOUND: Opinion = { kind: 'continue', because: 'outbound-needs-no-permit', saw: '' }
const NOTHING: readonly never[] = []
const LIST_AND_RESULTS: readonly Want[] = ['managedSender', 'authentication']
const PERMITTED = ['permitted-senders'] as const
const NO_PROOF: Proof = { spf: undefined, authentication: undefined }

type Judged = {
  readonly settings: TenantSettings
  readonly subject: RuleSubject
  readonly proof: Proof
  readonly saw: string
  readonly wanted: WantedFacts<Want>
}

function judge({ settings, subject, proof, saw, wanted }: Judged): Opinion {
  // A permit for ourselves is the usual mistake after a spoof (behaviour §5.3, 5).
  if (isFromInside(settings, subject)) return { kind: 'continue', because: 'permit-not-for-internal', saw }
  const { kind, selection } = adminPermit(settings, subject, proof)
  const rule = selection.rule === null ? undefined : refOf(selection.rule)
  if (kind === 'permitted')
    return { kind: 'waive', because: 'permitted-by-rule', saw, rule, policies: SKIPPED }
  const entry = personalPermit(listsOf(wanted.managedSender))
  if (entry === null) {
    const { blindTo } = selection
    const isBlind = blindTo !== null && (kind === 'unproven' || blindTo.option.action === 'permit')
    if (isBlind) return { kind: 'continue', because: 'client-names-unknown', saw, rule: refOf(blindTo) }
    if (kind === 'unproven') return notProven(settings, subject, { proof, saw, rule })
    const { managedSender } = wanted
    const unread = managedSender?.kind === 'unknown' ? `; the recipient’s list: ${managedSender.why}` : ''
    return { kind: 'continue', because: 'not-permitted', saw: saw + unread }
  }
  const text = `${saw}: ${entryText(entry)}`
  if (!isEntryProven(entry, subject, proof)) {
    const doubt = permitInDoubt(settings, subject, { proof, managedSender: wanted.managedSender })
    if (doubt !== null) return { kind: 'continue', because: 'fact-unavailable', saw: `${text}; ${doubt}` }
    return { kind: 'continue', because: 'permit-not-authenticated', saw: text }
  }
  if (entry.source !== 'auto-allow')
    return { kind: 'waive', because: 'permitted-by-recipient', saw: text, policies: SKIPPED }
  // A sample of the answers is screened: whoever is allowed by itself must not be trusted for ever.
  if (subject.headerFrom !== null && isSampled(settings, `${saw} ${subject.to} ${subject.now}`))
    return { kind: 'continue', because: 'auto-allow-sampled', saw: text }
  return { kind: 'waive', because: 'permitted-by-auto-allow', saw: text, policies: SKIPPED }
}

/** What would vouch for the sender did not, or could not be had: that is no "no" (law 4). */
function notProven(
  settings: TenantSettings,
  subject: RuleSubject,
  { proof, saw, rule }: { readonly proof: Proof; readonly saw: string; readonly rule: RuleRef | undefined },
): Opinion {
  const doubt = adminPermitInDoubt(settings, subject, proof)
  if (doubt === null) return { kind: 'continue', because: 'permit-not-authenticated', saw, rule }
  return { kind: 'continue', because: 'fact-unavailable', saw: `${saw}; ${doubt}`, rule }
}

/** SPF is only asked for where a permit rests on it, or would be cancelled by it. */
function wantsAtRcpt(
  transaction: PolicyTransaction,
  settings: TenantSettings | null,
  have: WantedFacts<Want> | undefined,
): readonly Want[] {
  const subject = settings && subjectOf(transaction, null, have ?? {})
  if (settings === null || subject === null || transaction.direction !== 'inbound') return NOTHING
  const wants: Want[] = [
    ...wantsClientNames(settings, ['permitted-senders', 'authentication']),
    'managedSender',
  ]
  if (have?.managedSender === undefined) return wants
  const entry = personalPermit(listsOf(have?.managedSender))
  const { kind } = adminPermit(settings, subject, NO_PROOF)
  const isPermitted = kind !== 'none' || entry !== null
  const isResting = kind === 'unproven' || (kind === 'none' && entry?.onlyIfAuthenticated === true)
  if (isResting || (isPermitted && spfCancelRule(settings, subject) !== null)) wants.push('spf')
  return wants
}

function wantsAtMessage(transaction: PolicyTransaction, settings: TenantSettings | null): readonly Want[] {
  if (settings === null || transaction.direction !== 'inbound') return NOTHING
  const names = wantsClientNames(settings, PERMITTED)
  return names.length === 0 ? LIST_AND_RESULTS : [...names, ...LIST_AND_RESULTS]
}
