// What each type of policy is called, what it does, and the draft that a new one begins with.
import type { PolicyDraft, PolicyType } from '@gatepost/contract/policy.ts'
import type { Words } from '#i18n/i18n.ts'

export type TypeWord = {
  readonly name: string
  /** One sentence below the title of the form and in empty lists. */
  readonly does: string
  /** What it can never do; null where it skips nothing. */
  readonly never: string | null
  readonly add: string
}

/** Types of which nothing has to be said that they never do. */
const SKIPS_NOTHING: ReadonlySet<PolicyType> = new Set(['greylisting'])

export function typeWord(type: PolicyType, words: Words): TypeWord {
  return {
    name: words(`type.${type}.name`),
    does: words(`type.${type}.does`),
    never: SKIPS_NOTHING.has(type) ? null : words(`type.${type}.never`),
    add: words(`type.${type}.add`),
  }
}

const options: { readonly [Type in PolicyType]: Extract<PolicyDraft, { type: Type }>['option'] } = {
  'permitted-senders': { action: 'permit', onlyIfAuthenticated: true },
  'blocked-senders': { action: 'block' },
  greylisting: { action: 'apply' },
  'anti-spoofing': { action: 'none', acceptAligned: false, spfDomains: [], dkimDomains: [] },
  'display-name': { action: 'tag', whenAuthenticated: 'none' },
  authentication: {
    spfFail: 'none',
    dkimFail: 'none',
    dmarcFail: 'honour',
    noneFound: 'none',
  },
  'auto-allow': { action: 'none' },
  'dkim-signing': { action: 'none' },
  'delivery-route': { routeId: '' },
  'secure-delivery': { level: 'enforced-strict', names: [] },
  'secure-receipt': { action: 'enforce', version: '1.2' },
  'virus-scanning': { action: 'scan', infected: 'reject', notChecked: 'hold', unavailable: 'defer' },
  'attachment-handling': {
    dangerous: 'hold',
    script: 'hold',
    macro: 'hold',
    encrypted: 'hold',
    disguised: 'hold',
    unreadable: 'hold',
  },
  'spam-scanning': { action: 'hold', level: 'moderate' },
  'first-contact': { action: 'tag', measure: 'recipient', learnDays: 14, language: 'en' },
}

/** A draft of a type with nothing decided yet but what is safe. */
export function emptyDraft(type: PolicyType): PolicyDraft {
  return {
    type,
    name: '',
    description: '',
    from: { kind: 'everyone' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    enabled: true,
    option: options[type],
  } as PolicyDraft
}

export const stateTones = {
  active: 'ok',
  disabled: 'mute',
  'starts-later': 'info',
  expired: 'warn',
} as const
