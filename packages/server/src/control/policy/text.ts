// Policies in words: both sides, what a policy does, and how two of them stand to each other.
import type { PolicyDraft, PolicyScope, PolicyType } from '@gatepost/contract/policy.ts'
import type { Relation } from '#policy/rules/overlap.ts'

/** One side of a policy. */
export function scopeText(scope: PolicyScope, groups: ReadonlyMap<string, string>): string {
  switch (scope.kind) {
    case 'everyone':
      return 'Everyone'
    case 'internal':
      return 'Internal addresses'
    case 'external':
      return 'External addresses'
    case 'free-mail':
      return 'Free mail providers'
    case 'domain':
      return scope.domain
    case 'group':
      return `Group “${groups.get(scope.groupId) ?? 'removed'}”`
    case 'attribute':
      return `Users with ${scope.name} “${scope.value}”`
    case 'address':
      return scope.address
  }
}

const ON_RESULT = {
  none: 'no action',
  'cancel-permits': 'cancel permits',
  hold: 'hold',
  reject: 'refuse',
  tag: 'tag',
  honour: 'follow the domain’s DMARC policy',
} as const

const DELIVERY_LEVELS = {
  opportunistic: 'TLS where it is offered',
  'enforced-relaxed': 'TLS, with any certificate',
  'enforced-strict': 'TLS, with a certificate for the host',
  verified: 'TLS, with a certificate for the domain',
  dane: 'TLS by DANE',
  'mta-sts': 'TLS by MTA-STS',
} as const

/** What a policy does, in a few words. */
export function optionText({ type, option }: Pick<PolicyDraft, 'type' | 'option'>): string {
  if ('spfFail' in option) {
    const parts = [
      ['SPF fails', option.spfFail],
      ['DKIM fails', option.dkimFail],
      ['DMARC fails', option.dmarcFail],
      ['nothing found', option.noneFound],
    ] as const
    const said = parts.filter(([, action]) => action !== 'none')
    return said.map(([when, action]) => `${when}: ${ON_RESULT[action]}`).join('; ') || 'Take no action'
  }
  if ('whenAuthenticated' in option) {
    const first = `${capital(ON_RESULT[option.action])}`
    if (option.action === option.whenAuthenticated) return first
    return `${first}; when the author authenticates: ${ON_RESULT[option.whenAuthenticated]}`
  }
  if ('macro' in option) return attachmentsText(option)
  if ('notChecked' in option) return option.action === 'none' ? 'Take no action' : virusText(option)
  if (type === 'spam-scanning' && 'level' in option && 'action' in option) {
    return option.action === 'none' ? 'Take no action' : `${SPAM_WORDS[option.action]}, ${option.level}`
  }
  if ('measure' in option) return option.action === 'none' ? 'Take no action' : firstContactText(option)
  if ('routeId' in option) return 'Take another route'
  if ('names' in option) return DELIVERY_LEVELS[option.level]
  if (option.action === 'none') return 'Take no action'
  if ('version' in option) return `Refuse without TLS ${option.version} or later`
  if ('onlyIfAuthenticated' in option) {
    return option.onlyIfAuthenticated ? 'Permit if it authenticates' : 'Permit'
  }
  if ('acceptAligned' in option) {
    const action = option.action === 'refuse' ? 'Refuse' : 'Report only'
    return option.acceptAligned ? `${action}, unless it authenticates as the domain` : action
  }
  if (type === 'blocked-senders') return 'Block'
  if (option.action === 'create') return 'Permit answers'
  if (option.action === 'sign') return 'Sign'
  return option.action === 'observe' ? 'Greylist, observe only' : 'Greylist'
}

const SPAM_WORDS = { hold: 'Hold', tag: 'Tag', reject: 'Refuse' } as const
const ATTACHMENT_WORDS = { none: 'let in', tag: 'tag', hold: 'hold', reject: 'refuse' } as const
const CLASS_WORDS = {
  dangerous: 'dangerous types',
  script: 'scripts',
  macro: 'macros',
  encrypted: 'encrypted',
  disguised: 'disguised',
  unreadable: 'unreadable',
} as const

type OptionOf<Type extends PolicyType> = Extract<PolicyDraft, { readonly type: Type }>['option']

function attachmentsText(option: OptionOf<'attachment-handling'>): string {
  const classes = Object.keys(CLASS_WORDS) as (keyof typeof CLASS_WORDS)[]
  const actions = new Set(classes.map((name) => option[name]))
  if (actions.size === 1) return capital(ATTACHMENT_WORDS[option.dangerous])
  return capital(classes.map((name) => `${CLASS_WORDS[name]}: ${ATTACHMENT_WORDS[option[name]]}`).join('; '))
}

function virusText({ infected, notChecked, unavailable }: OptionOf<'virus-scanning'>): string {
  return [
    infected === 'reject' ? 'Refuse malware' : 'Hold malware',
    `not checked: ${{ hold: 'hold', reject: 'refuse', deliver: 'deliver' }[notChecked]}`,
    `scanner away: ${{ defer: 'defer', hold: 'hold', deliver: 'deliver' }[unavailable]}`,
  ].join('; ')
}

function firstContactText({ action, measure }: OptionOf<'first-contact'>): string {
  const how = action === 'banner' ? 'Banner in the text' : 'Tag in the header'
  return `${how}, first message to ${measure === 'recipient' ? 'a recipient' : 'the organisation'}`
}

export const TYPE_NAMES: { readonly [Name in PolicyType]: string } = {
  'permitted-senders': 'permitted senders',
  'blocked-senders': 'blocked senders',
  greylisting: 'greylisting',
  'anti-spoofing': 'anti-spoofing',
  'display-name': 'display names',
  authentication: 'authentication',
  'auto-allow': 'auto allow',
  'dkim-signing': 'DKIM signing',
  'delivery-route': 'delivery routes',
  'secure-delivery': 'secure delivery',
  'secure-receipt': 'secure receipt',
  'virus-scanning': 'virus scanning',
  'attachment-handling': 'attachments',
  'spam-scanning': 'spam scanning',
  'first-contact': 'first contact',
}

/** How another policy stands to this one, as a sentence. */
export function relationText(relation: Relation, other: string): string {
  switch (relation) {
    case 'shadowed-by':
      return `“${other}” comes first for all mail of this policy, so this one never applies.`
    case 'overlaps':
      return `“${other}” comes first for a part of the mail of this policy.`
    case 'shadows':
      return `This policy comes first for all mail of “${other}”, so that one no longer applies.`
    case 'narrows':
      return `This policy comes first for a part of the mail of “${other}”.`
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
