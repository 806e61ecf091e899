// What an administrator writes: one rule of a policy type, with its scope, conditions and option
// (behaviour: the common policy model; P1).

import type { AttachmentClass } from './facts.ts'

/** Whom a rule is about, on its from or to side. Least specific first; decisions 15 gives the order. */
export type Scope =
  | { readonly kind: 'everyone' }
  /** Addresses of the tenant's validated domains and their sub-domains. */
  | { readonly kind: 'internal' }
  | { readonly kind: 'external' }
  /** Addresses of well-known mail providers that anybody can have. */
  | { readonly kind: 'free-mail' }
  /** A domain and its sub-domains; A-label, lower case. */
  | { readonly kind: 'domain'; readonly domain: string }
  /** An address group of the tenant. */
  | { readonly kind: 'group'; readonly groupId: string }
  /** Users of the tenant who have this attribute. */
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string }
  /** One address, as an address key (decisions 22). */
  | { readonly kind: 'address'; readonly address: string }

/** Which sender address a rule's from side looks at. At RCPT only the envelope is known (decisions 10). */
export type AddressesBasedOn = 'envelope' | 'header' | 'both'

/** What to do with a message whose authentication came out in a certain way (F2). */
export type AuthenticationAction = 'none' | 'cancel-permits' | 'hold' | 'reject'

/**
 * `enforced-relaxed`: TLS, whatever the certificate. `enforced-strict`: a public authority signed for the
 * host's name. `verified`: for the recipient's own domain or names given. `dane` and `mta-sts`: as the
 * recipient's domain publishes, and not without.
 */
export type SecureDeliveryLevel =
  | 'opportunistic'
  | 'enforced-relaxed'
  | 'enforced-strict'
  | 'verified'
  | 'dane'
  | 'mta-sts'

/** What a kind of content leads to. */
export type AttachmentAction = 'none' | 'tag' | 'hold' | 'reject'

/** Languages of the banner on first messages. */
export type BannerLanguage = 'en' | 'de' | 'fr'

/** From which score on mail is acted on: 7, 5 and 3 points (behaviour §15.1). */
export type SpamLevel = 'relaxed' | 'moderate' | 'aggressive'

/** The option of each type: what happens when the rule is the one that applies. */
export type RuleOptions = {
  readonly 'permitted-senders': {
    readonly action: 'permit' | 'none'
    /** The permit counts only where SPF, DKIM or DMARC vouch for the sender (S2). */
    readonly onlyIfAuthenticated: boolean
  }
  readonly 'blocked-senders': { readonly action: 'block' | 'none' }
  readonly greylisting: { readonly action: 'apply' | 'observe' | 'none' }
  /** Mail from outside with an internal domain as its sender (F3). `none` is an exemption. */
  readonly 'anti-spoofing': {
    readonly action: 'refuse' | 'report' | 'none'
    /** Takes mail whose DKIM or own SPF is aligned with the domain (decisions 21). */
    readonly acceptAligned: boolean
    /** The sender is exempt when the client passes SPF of one of these domains. */
    readonly spfDomains: readonly string[]
    /** The sender is exempt when one of these domains signed validly. */
    readonly dkimDomains: readonly string[]
  }
  /** An internal address or a colleague's name shown in the display name of an outside author (F4). */
  readonly 'display-name': {
    readonly action: 'none' | 'tag' | 'hold' | 'reject'
    /** When the real author authenticates. */
    readonly whenAuthenticated: 'none' | 'tag' | 'hold' | 'reject'
  }
  /** What authentication results lead to (F2). `honour` follows the author domain's DMARC policy. */
  readonly authentication: {
    readonly spfFail: AuthenticationAction
    readonly dkimFail: AuthenticationAction
    readonly dmarcFail: AuthenticationAction | 'honour'
    readonly noneFound: AuthenticationAction
  }
  /** Whether accepted outbound mail permits the answers of those it was written to (S4). */
  readonly 'auto-allow': { readonly action: 'create' | 'none' }
  /** Whether outbound mail is signed with the key of its author's domain (O6). */
  readonly 'dkim-signing': { readonly action: 'sign' | 'none' }
  /** The next hop of mail that the rule meets, instead of its domain's route (P1). */
  readonly 'delivery-route': { readonly routeId: string }
  /** What TLS the next hop must have (T1). */
  readonly 'secure-delivery': {
    readonly level: SecureDeliveryLevel
    /** Of `verified`: names the certificate may be for; none stands for the recipient's domain. */
    readonly names: readonly string[]
  }
  /** What virus scanning leads to (H2). `none` exempts: nobody looks. */
  readonly 'virus-scanning': {
    readonly action: 'scan' | 'none'
    readonly infected: 'reject' | 'hold'
    /** Some of it was never looked at: encrypted, too large, too deep. */
    readonly notChecked: 'hold' | 'reject' | 'deliver'
    /** The scanner does not answer. */
    readonly unavailable: 'defer' | 'hold' | 'deliver'
  }
  /** What risky content leads to, by kind (H2). */
  readonly 'attachment-handling': { readonly [Class in AttachmentClass]: AttachmentAction }
  /** What a spam score leads to (H1). */
  readonly 'spam-scanning': {
    readonly action: 'hold' | 'tag' | 'reject' | 'none'
    readonly level: SpamLevel
  }
  /** What the first message of an author leads to (F4). A banner changes the text, and breaks signatures. */
  readonly 'first-contact': {
    readonly action: 'tag' | 'banner' | 'none'
    /** Known is who wrote to the recipient, or to anybody of the organisation. */
    readonly measure: 'recipient' | 'organisation'
    /** Days of looking on before anything is marked. */
    readonly learnDays: number
    readonly language: BannerLanguage
  }
  /** What TLS a client must have used (T1). */
  readonly 'secure-receipt': { readonly action: 'enforce' | 'none'; readonly version: '1.2' | '1.3' }
}

export type RuleType = keyof RuleOptions

export const RULE_TYPES = [
  'permitted-senders',
  'blocked-senders',
  'greylisting',
  'anti-spoofing',
  'display-name',
  'authentication',
  'auto-allow',
  'dkim-signing',
  'delivery-route',
  'secure-delivery',
  'secure-receipt',
  'virus-scanning',
  'attachment-handling',
  'spam-scanning',
  'first-contact',
] as const satisfies readonly RuleType[]

/** One rule as edges know it. Times are Unix milliseconds. */
export type PolicyRule<Type extends RuleType = RuleType> = {
  [Name in Type]: {
    readonly id: string
    readonly type: Name
    readonly name: string
    readonly from: Scope
    readonly to: Scope
    readonly addressesBasedOn: AddressesBasedOn
    /** Also applies with sender and recipient swapped. */
    readonly bidirectional: boolean
    /** Conditions, not specificity (decisions 15). Empty lists ask for nothing. */
    readonly sourceIps: readonly string[]
    /** Verified host names: exact, `.suffix` or with `*` in the first label (P3). */
    readonly hostNames: readonly string[]
    readonly validFrom: number | null
    readonly validUntil: number | null
    readonly override: boolean
    /** The newest of equally specific rules wins. */
    readonly createdAt: number
    readonly option: RuleOptions[Name]
  }
}[Type]

/** A local list of addresses and domains that rules name. */
export type AddressGroup = {
  readonly id: string
  readonly name: string
  /** Address keys. */
  readonly addresses: readonly string[]
  /** Each stands for itself and its sub-domains. */
  readonly domains: readonly string[]
}
