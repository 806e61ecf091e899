// What a policy is: a pure function of transaction, facts and settings that returns an explained opinion.

import type { Mailbox } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { PermanentReply, TransientReply } from '@gatepost/mail/reply.ts'
import type { Fact, FactName, Facts, ImpersonationSignal } from './facts.ts'
import type { Reason } from './reasons.ts'
import type { BannerLanguage } from './rule.ts'
import type { TenantSettings } from './settings.ts'

export type PolicyName =
  | 'relay'
  | 'secure-receipt'
  | 'recipient-validation'
  | 'anti-spoofing'
  | 'hops'
  | 'authentication'
  | 'author-relay'
  | 'sender-rate'
  | 'forwarding'
  | 'anti-spoofing-header'
  | 'display-name'
  | 'blocked-senders'
  | 'permitted-senders'
  | 'blocked-senders-header'
  | 'permitted-senders-header'
  | 'greylisting'
  | 'virus'
  | 'attachments'
  | 'spam'
  | 'first-contact'

export type Stage = 'rcpt' | 'message'

export type Direction = 'inbound' | 'outbound'

/** What a message shows of an author's first contact; told to the recipients it is true of. */
export type FirstContactMark = {
  /** The language of a banner in the text; null marks with a header field alone. */
  readonly banner: BannerLanguage | null
  readonly warns: readonly ImpersonationSignal['kind'][]
}

/** Side effects that a `continue` or `hold` may carry (decisions 8). */
export type Effect =
  | { readonly kind: 'tag'; readonly text: string }
  | ({ readonly kind: 'first-contact' } & FirstContactMark)

/** The rule an opinion rests on: the Why page links it by its id. */
export type RuleRef = { readonly id: string; readonly name: string }

/** What one policy thinks. `saw` names in plain words what it looked at, for the Why page. */
export type Opinion = {
  readonly because: Reason
  readonly saw: string
  /** The administrators' rule that applied, where one did. */
  readonly rule?: RuleRef | undefined
} & (
  | { readonly kind: 'continue'; readonly effects?: readonly Effect[] }
  | { readonly kind: 'waive'; readonly policies: readonly PolicyName[] }
  | { readonly kind: 'hold'; readonly effects?: readonly Effect[] }
  | { readonly kind: 'defer'; readonly reply: TransientReply }
  | { readonly kind: 'reject'; readonly reply: PermanentReply }
)

/** What the policies see of the SMTP transaction. At stage `message` there is no single forward-path. */
export type PolicyTransaction = {
  readonly clientIp: string
  readonly helo: string
  readonly reversePath: ReversePath
  readonly forwardPath: Mailbox | null
  /** The tenant the transaction belongs to; null until its first recipient is accepted. */
  readonly tenantId: string | null
  readonly direction: Direction | null
  /** The TLS version of the session, null in clear; left out where there is no session, as in a question. */
  readonly clientTls?: string | null
  /** Unix milliseconds: rules have a validity. */
  readonly now: number
}

/** Facts as they are, unknown ones included; absent where they were not asked for. */
export type WantedFacts<Want extends FactName> = { readonly [Name in Want]?: Fact<Facts[Name]> }

/** A policy. `whenBlind` says what an unknown fact means: chosen, never by accident (decisions 9). */
export type Policy<Need extends FactName = FactName, Want extends FactName = FactName> = {
  readonly name: PolicyName
  readonly stage: Stage
  /** Facts without which it cannot judge at all: an unknown one makes it blind. */
  readonly needs: readonly Need[]
  /**
   * Facts it judges by with all three values, gathered only for the transactions that this names. A rule
   * with a host name wants `clientNames`; without such a rule no look-up is made. A policy that takes `have`
   * is asked again once what it wanted is there.
   */
  wants?(
    transaction: PolicyTransaction,
    settings: TenantSettings | null,
    have?: WantedFacts<Want>,
  ): readonly Want[]
  whenBlind(settings: TenantSettings | null): 'continue' | 'defer'
  judge(
    transaction: PolicyTransaction,
    facts: Pick<Facts, Need>,
    settings: TenantSettings | null,
    wanted?: WantedFacts<Want>,
  ): Opinion
}

/** Keeps the needs of a policy and what its judge may read one and the same, checked by the compiler. */
export function definePolicy<const Need extends FactName, const Want extends FactName = never>(
  policy: Policy<Need, Want>,
): Policy<Need, Want> {
  return policy
}

/** One line of an explanation: which policy, what it said, why, and what it saw. */
export type ExplanationStep = {
  readonly policy: PolicyName
  readonly stage: Stage
  readonly kind: Opinion['kind'] | 'waived' | 'blind-continue' | 'blind-defer' | 'not-asked'
  readonly because: Reason | `by-${PolicyName}`
  readonly saw: string
  readonly rule?: RuleRef | undefined
}

/** The facts as they were, so that a decision can be replayed (decisions 38). */
export type GatheredFacts = { readonly [Name in FactName]?: Fact<Facts[Name]> }

export type Verdict = {
  readonly kind: 'accept' | 'hold' | 'defer' | 'reject'
  /** The policy that settled it; null for a plain accept. */
  readonly by: PolicyName | null
  readonly reply: TransientReply | PermanentReply | null
  readonly explanation: readonly ExplanationStep[]
  readonly facts: GatheredFacts
  /** What the policies asked to be done with it; left out when nothing. */
  readonly effects?: readonly Effect[] | undefined
}
