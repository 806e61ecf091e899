// Which permit a message has, if any: an administrator's rule or an entry of the recipient's own list, and
// whether authentication vouches for what it rests on (S1, S2, decisions 10 and 16).
import { flatText } from '@gatepost/mail/bytes.ts'
import type { AuthenticationFact, Fact, Facts, ManagedSenderEntry } from './facts.ts'
import { covers } from './personal-list.ts'
import type { PolicyTransaction, RuleRef } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { isInternal } from './rules/scope.ts'
import { type RuleSelection, type RuleSubject, selectRule } from './rules/select.ts'
import type { TenantSettings } from './settings.ts'

export type AdminPermit = {
  readonly selection: RuleSelection<'permitted-senders'>
  /** `none`: no rule permits. `unproven`: one would, but nothing vouches for the sender. */
  readonly kind: 'permitted' | 'unproven' | 'none'
}

/** What can vouch for a sender: SPF alone at RCPT, everything once the content is here. */
export type Proof = {
  readonly spf: Fact<Facts['spf']> | undefined
  readonly authentication: Fact<AuthenticationFact> | undefined
}

/** What an administrator's rules say of the sender. An address of our own is never permitted (§5.3, 5). */
export function adminPermit(settings: TenantSettings, subject: RuleSubject, proof: Proof): AdminPermit {
  const index = rulesOf(settings)
  const selection = selectRule(index, 'permitted-senders', subject)
  const { rule, by, sender } = selection
  if (rule === null || rule.option.action === 'none' || by === null) return { selection, kind: 'none' }
  if (isInternal(index.world, sender)) return { selection, kind: 'none' }
  // Anybody may name a second author: with several none of them can permit.
  if (by === 'header' && subject.headerFrom?.length !== 1) return { selection, kind: 'none' }
  // A rule that takes the permit away may come first, once the client's names are known (law 4).
  const isTaken = selection.blindTo?.option.action === 'none'
  const isProven = !isTaken && (!rule.option.onlyIfAuthenticated || isVouchedFor(by, proof))
  return { selection, kind: isProven ? 'permitted' : 'unproven' }
}

/** Whether an entry of a personal list counts for this message. */
export function isEntryProven(entry: ManagedSenderEntry, subject: RuleSubject, proof: Proof): boolean {
  if (!entry.onlyIfAuthenticated) return true
  const { envelopeFrom, headerFrom } = subject
  const isEnvelope = envelopeFrom !== null && covers(entry, envelopeFrom)
  const isHeader = headerFrom?.length === 1 && covers(entry, headerFrom[0]!)
  return (isEnvelope && isVouchedFor('envelope', proof)) || (isHeader && isVouchedFor('header', proof))
}

const NOBODY: readonly string[] = []

/** Whether the message's envelope or author is an address of the tenant. */
export function isFromInside(settings: TenantSettings, subject: RuleSubject): boolean {
  const { world } = rulesOf(settings)
  if (isInternal(world, subject.envelopeFrom)) return true
  for (const author of subject.headerFrom ?? NOBODY) if (isInternal(world, author)) return true
  return false
}

/**
 * Whether a tenant's authentication rule takes permits away at RCPT already: its SPF part is the only one
 * that can be known there.
 */
export function cancelsAtRcpt(settings: TenantSettings, subject: RuleSubject, proof: Proof): RuleRef | null {
  const rule = spfCancelRule(settings, subject)
  return rule !== null && proof.spf?.kind === 'known' && proof.spf.value.result === 'fail'
    ? refOf(rule)
    : null
}

/** The rule that would cancel permits on a failed SPF; then SPF is worth asking for. */
export function spfCancelRule(
  settings: TenantSettings,
  subject: RuleSubject,
): PolicyRule<'authentication'> | null {
  const { rule } = selectRule(rulesOf(settings), 'authentication', subject)
  return rule?.option.spfFail === 'cancel-permits' ? rule : null
}

/** SPF vouches for the envelope (RFC 7208); DMARC, or aligned SPF or DKIM, for the author (RFC 9989). */
function isVouchedFor(by: 'envelope' | 'header', { spf, authentication }: Proof): boolean {
  const found = authentication?.kind === 'known' ? authentication.value : null
  if (by === 'envelope')
    return found?.spf === 'pass' || (spf?.kind === 'known' && spf.value.result === 'pass')
  if (found === null) return false
  const isSigned = found.dkim.some(({ result, aligned }) => result === 'pass' && aligned)
  return found.dmarc.result === 'pass' || isSigned || (found.spf === 'pass' && found.spfAligned)
}

export function refOf({ id, name }: PolicyRule): RuleRef {
  return { id, name }
}

type Said = {
  readonly transaction: PolicyTransaction
  readonly author: string | null
  readonly saw: string
}

/** The last one: blocks and permits say the same of a message one after the other. */
let lastSaid: Said | null = null

/**
 * `bob@sender.example to ann@acme.example`, for explanations. Once the author is known the recipient is left
 * out: what is decided then may stand for several, and none of them may read whom else it came to.
 */
export function sawOf(transaction: PolicyTransaction, author: string | null = null): string {
  if (lastSaid?.transaction === transaction && lastSaid.author === author) return lastSaid.saw
  const saw = sentence(transaction, author)
  lastSaid = { transaction, author, saw }
  return saw
}

/** `bob@sender.example`: of what is decided for several recipients before the author is looked at. */
export function senderOf({ reversePath }: PolicyTransaction): string {
  return textOf(reversePath)
}

function sentence({ reversePath, forwardPath }: PolicyTransaction, author: string | null): string {
  const who = textOf(reversePath)
  return author === null ? flatText(who, ' to ', textOf(forwardPath)) : flatText(who, ', author ', author)
}

/** As it is written for people: without the quotes of an envelope. */
function textOf(path: PolicyTransaction['forwardPath']): string {
  return path === null ? '<>' : `${path.localPart}@${path.domain}`
}
