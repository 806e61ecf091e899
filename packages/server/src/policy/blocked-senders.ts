// Blocked senders: an administrator's block, then the recipient's own (S2, S5; behaviour §5.3).
import { replies } from '@gatepost/mail/replies.ts'
import type { PermanentReply } from '@gatepost/mail/reply.ts'
import { adminPermitInDoubt, cancelledByResults } from './doubt.ts'
import type { ManagedSenderEntry } from './facts.ts'
import { adminPermit, cancelsAtRcpt, type Proof, refOf, sawOf, senderOf } from './permits.ts'
import { covers, entryText, listsOf, personalBlock } from './personal-list.ts'
import { definePolicy, type Opinion, type PolicyTransaction, type Stage, type WantedFacts } from './policy.ts'
import { rulesOf } from './rules/index.ts'
import { type RuleSelection, type RuleSubject, selectRule } from './rules/select.ts'
import { subjectOf, wantsClientNames } from './rules/subject.ts'
import type { TenantSettings } from './settings.ts'

type Judged = {
  readonly transaction: PolicyTransaction
  readonly settings: TenantSettings
  readonly subject: RuleSubject
  readonly saw: string
}

/** Asked at RCPT: only the envelope is known, and only an entry for it blocks (decisions 10). */
export const blockedSenders = envelopePolicy('rcpt')

/** The same where that was put off until the content (decisions 2): what is said names no recipient. */
export const blockedSendersLater = envelopePolicy('message')

function envelopePolicy(stage: Stage) {
  return definePolicy({
    name: 'blocked-senders',
    stage,
    needs: [],
    wants: wantsOf,
    whenBlind: () => 'continue', // Needs nothing that could be unknown; what it wants, it judges itself.
    judge(transaction, _facts, settings, wanted = {}): Opinion {
      const subject = settings && subjectOf(transaction, null, wanted)
      if (settings === null || subject === null || transaction.direction !== 'inbound') return OUTBOUND
      const judged = {
        transaction,
        settings,
        subject,
        saw: stage === 'rcpt' ? sawOf(transaction) : senderOf(transaction),
      }
      const byRule = judgeRule(judged)
      if (byRule !== null) return byRule
      const block = personalBlock(listsOf(wanted.managedSender))
      if (block === null) return notBlocked(judged, wanted)
      const proof = { spf: wanted.spf, authentication: undefined }
      const cancel = cancelsAtRcpt(settings, subject, proof)
      return judgeEntry(block, judged, { proof, isPermitCancelled: cancel !== null })
    },
  })
}

/** Asked again when the author is known. */
export const blockedSendersHeader = definePolicy({
  name: 'blocked-senders-header',
  stage: 'message',
  needs: ['author'],
  wants: wantsAtMessage,
  whenBlind: () => 'continue',
  judge(transaction, { author }, settings, wanted = {}): Opinion {
    const subject = settings && subjectOf(transaction, author, wanted)
    if (settings === null || subject === null || transaction.direction !== 'inbound') return OUTBOUND
    const saw = sawOf(transaction, subject.headerFrom?.join(', ') || 'unreadable')
    const judged = { transaction, settings, subject, saw }
    const byRule = judgeRule(judged)
    if (byRule !== null) return byRule
    const block = personalBlock(listsOf(wanted.managedSender))
    if (block === null) return notBlocked(judged, wanted)
    const proof = { spf: wanted.spf, authentication: undefined }
    const cancel = cancelledByResults(settings, subject, wanted.authentication)
    return judgeEntry(block, judged, { proof, isPermitCancelled: cancel !== null })
  },
})

const OUTBOUND: Opinion = { kind: 'continue', because: 'outbound-not-blocked', saw: '' }
const NOTHING: readonly never[] = []
const LIST: readonly Want[] = ['managedSender']
const LIST_AND_SPF: readonly Want[] = ['managedSender', 'spf']

type Want = 'clientNames' | 'managedSender' | 'spf' | 'authentication'

/** The results that may take a permit away are there already: the policy before asked for them. */
function wantsAtMessage(
  transaction: PolicyTransaction,
  settings: TenantSettings | null,
  have: WantedFacts<Want> | undefined,
): readonly Want[] {
  const wants = wantsOf(transaction, settings, have)
  return wants.includes('spf') ? [...wants, 'authentication'] : wants
}

function wantsOf(
  transaction: PolicyTransaction,
  settings: TenantSettings | null,
  have: WantedFacts<Want> | undefined,
): readonly Want[] {
  if (settings === null || transaction.direction !== 'inbound') return NOTHING
  const names = wantsClientNames(settings, ['blocked-senders', 'permitted-senders', 'authentication'])
  // Whether a permit beats a personal block may rest on SPF: asked for only where there is such a block.
  const isBlocked = personalBlock(listsOf(have?.managedSender)) !== null
  if (names.length === 0) return isBlocked ? LIST_AND_SPF : LIST
  return [...names, ...(isBlocked ? LIST_AND_SPF : LIST)]
}

/** What the administrators' rules say; null where they leave it to the recipient. */
function judgeRule({ settings, subject, saw }: Judged): Opinion | null {
  const selection = selectRule(rulesOf(settings), 'blocked-senders', subject)
  const { rule, blindTo } = selection
  // An exemption that rests on a host name nobody could look up: not refused for good (law 4).
  if (rule?.option.action === 'block' && blindTo?.option.action === 'none') {
    const because = 'client-names-unknown'
    return { kind: 'defer', because, saw, rule: refOf(blindTo), reply: replies.factUnavailable }
  }
  if (rule === null) return null
  if (rule.option.action === 'block') {
    return { kind: 'reject', because: 'blocked-by-rule', saw, rule: refOf(rule), reply: replyOf(selection) }
  }
  return null
}

/** Nobody who was asked blocks it; who could not be asked is named, as that is no "no" (law 4). */
function notBlocked({ settings, subject, saw }: Judged, { managedSender }: WantedFacts<Want>): Opinion {
  const { blindTo } = selectRule(rulesOf(settings), 'blocked-senders', subject)
  const isBlind = blindTo?.option.action === 'block'
  const unread = managedSender?.kind === 'unknown' ? `; the recipient’s list: ${managedSender.why}` : ''
  const because = isBlind ? 'client-names-unknown' : 'not-blocked'
  const opinion = { kind: 'continue', because, saw: saw + unread } as const
  return isBlind ? { ...opinion, rule: refOf(blindTo) } : opinion
}

function replyOf({ rule, by }: RuleSelection<'blocked-senders'>): PermanentReply {
  if (by === 'header') return replies.blockedHeader
  const isAboutClient = rule?.from.kind === 'everyone' && rule.sourceIps.length + rule.hostNames.length > 0
  return isAboutClient ? replies.blockedClient : replies.blockedEnvelope
}

/**
 * The recipient's own block. An administrator's permit beats it, but only by the envelope's address, and not
 * where authentication takes permits away (behaviour §5.3); an author that the envelope does not name stays
 * blocked.
 */
function judgeEntry(
  block: ManagedSenderEntry,
  { settings, subject, saw }: Judged,
  { proof, isPermitCancelled }: { readonly proof: Proof; readonly isPermitCancelled: boolean },
): Opinion {
  const { envelopeFrom, headerFrom } = subject
  const text = `${saw}: ${entryText(block)}`
  const isEnvelope = envelopeFrom !== null && covers(block, envelopeFrom)
  if (isEnvelope && !isPermitCancelled) {
    const byEnvelope = { ...subject, headerFrom: null }
    const { kind, selection } = adminPermit(settings, byEnvelope, proof)
    if (kind === 'permitted' && selection.rule !== null) {
      const rule = refOf(selection.rule)
      return { kind: 'continue', because: 'permit-over-personal-block', saw: text, rule }
    }
    const doubt = adminPermitInDoubt(settings, byEnvelope, proof)
    if (doubt !== null) {
      const reply = replies.factUnavailable
      return { kind: 'defer', because: 'fact-unavailable', saw: `${text}; ${doubt}`, reply }
    }
  }
  const isHeader = headerFrom?.some((author) => covers(block, author)) === true
  const reply = isHeader && !isEnvelope ? replies.blockedHeaderByUser : envelopeReply(block)
  return { kind: 'reject', because: 'blocked-by-recipient', saw: text, reply }
}

function envelopeReply({ sender }: ManagedSenderEntry): PermanentReply {
  return sender.includes('@') ? replies.blockedByUser : replies.blockedByUserDomain
}
