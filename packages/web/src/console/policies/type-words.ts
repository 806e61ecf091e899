// What each type of policy is called, what it does, and the draft that a new one begins with.
import type { PolicyDraft, PolicyType } from '@gatepost/contract/policy.ts'

export type TypeWord = {
  readonly name: string
  /** One sentence below the title of the form and in empty lists. */
  readonly does: string
  /** What it can never do; null where it skips nothing. */
  readonly never: string | null
  readonly add: string
}

export const typeWords: { readonly [Type in PolicyType]: TypeWord } = {
  'permitted-senders': {
    name: 'Permitted senders',
    does: 'Skips greylisting, reputation and the strict spam level for senders you know.',
    never: 'Viruses, attachments, anti-spoofing, DMARC and blocked senders still apply.',
    add: 'Permit a sender',
  },
  'blocked-senders': {
    name: 'Blocked senders',
    does: 'Refuses mail of these senders with 550, before anything is stored. “No action” is the way out of a wider block.',
    never: 'No permit skips a block. Only a more specific policy with “No action” does.',
    add: 'Block a sender',
  },
  greylisting: {
    name: 'Greylisting',
    does: 'Defers the first contact of an unknown sender for a minute; real mail servers come back.',
    never: null,
    add: 'Add a greylisting policy',
  },
  'anti-spoofing': {
    name: 'Anti-spoofing',
    does: 'Refuses mail from outside that uses one of your own domains as its sender. “No action” exempts a service that sends as you.',
    never: 'No permit skips anti-spoofing: a service that sends as you needs an exemption of this type.',
    add: 'Add an anti-spoofing policy',
  },
  'display-name': {
    name: 'Display name',
    does: 'Watches for a colleague’s name or address in the name that an outside author shows.',
    never: 'No permit skips it: exempt the sender by a policy of this type.',
    add: 'Add a display name policy',
  },
  authentication: {
    name: 'Authentication',
    does: 'Says what failed SPF, DKIM and DMARC lead to.',
    never: 'It always runs, for permitted senders too, and its result may cancel a permit.',
    add: 'Add an authentication policy',
  },
  'auto-allow': {
    name: 'Auto allow',
    does: 'Mail that your people send permits the answers. A policy with “No action” leaves mail out, such as that of newsletters.',
    never: 'Viruses, attachments, anti-spoofing, DMARC and blocked senders still apply to the answers.',
    add: 'Add an auto allow policy',
  },
  'dkim-signing': {
    name: 'DKIM signing',
    does: 'Outbound mail is signed with the key of its author’s domain. A policy with “No action” sends some of it unsigned.',
    never: 'Only mail of your own validated domains is ever signed, whatever a policy says.',
    add: 'Add a signing policy',
  },
  'delivery-route': {
    name: 'Delivery route',
    does: 'Sends some mail by another route than the one of its domain: a branch with a mail host of its own, for one.',
    never: 'It says where mail goes, never whether it is taken.',
    add: 'Add a delivery route policy',
  },
  'secure-delivery': {
    name: 'Secure delivery',
    does: 'Says what TLS the next host must have. Mail waits, and comes back to its sender in the end, where the host has less.',
    never: 'It never asks for less than the recipient’s domain publishes by DANE or MTA-STS.',
    add: 'Add a secure delivery policy',
  },
  'secure-receipt': {
    name: 'Secure receipt',
    does: 'Refuses mail that comes without TLS from those who should use it.',
    never: 'It looks at the connection alone: the mail itself is judged as ever.',
    add: 'Add a secure receipt policy',
  },
  'virus-scanning': {
    name: 'Virus scanning',
    does: 'Says what malware leads to, and what becomes of files that could not be scanned or when the scanner is away.',
    never: 'No permit skips it. “No action” exempts a sender: nobody then looks at what it sends.',
    add: 'Add a virus scanning policy',
  },
  'attachment-handling': {
    name: 'Attachments',
    does: 'Says what dangerous types, macros, encrypted and disguised files lead to. It goes by content and by what Outlook would show.',
    never: 'No permit skips it: exempt a sender by a policy of this type.',
    add: 'Add an attachment policy',
  },
  'spam-scanning': {
    name: 'Spam scanning',
    does: 'Says from which score on mail counts as spam, and what then happens to it.',
    never: 'Permitted senders skip it. From 28 points on mail is refused whatever the action.',
    add: 'Add a spam scanning policy',
  },
  'first-contact': {
    name: 'First contact',
    does: 'Marks the first message of an author: by a header field, or by a banner in the text where you choose so.',
    never: 'Nothing is held or refused for it. Signed and encrypted mail (S/MIME, PGP) keeps its text.',
    add: 'Add a first-contact policy',
  },
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

export const stateWords = {
  active: { tone: 'ok', word: 'Active' },
  disabled: { tone: 'mute', word: 'Disabled' },
  'starts-later': { tone: 'info', word: 'Starts later' },
  expired: { tone: 'warn', word: 'Expired' },
} as const
