// Classes of held mail: the policy that holds it, in words, and what an organisation allows where it says
// nothing else.
import type { UserRight } from '@gatepost/contract/held.ts'
import { reasons } from '#policy/reasons.ts'

export type ClassRule = { readonly user: UserRight; readonly needsTwo: boolean }

/** Class → what is held under it, in words. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['spam', 'Spam'],
  ['virus', 'Virus'],
  ['attachments', 'Attachment'],
  ['display-name', 'Impersonation'],
  ['impersonation', 'Impersonation'],
  ['authentication', 'Failed authentication'],
  ['anti-spoofing', 'Spoofing'],
  ['anti-spoofing-header', 'Spoofing'],
  ['blocked-senders', 'Blocked sender'],
  ['blocked-senders-header', 'Blocked sender'],
  ['sender-rate', 'Sends too much'],
  ['greylisting', 'Greylisting'],
  ['hops', 'Loop'],
  ['undeliverable', 'Undeliverable'],
  ['by-person', 'Held by a person'],
  ['unknown', 'Other'],
])

/**
 * A user may let go what is only unwanted, may ask for what is risky, and never gets what would hurt others:
 * malware, and what a taken-over account of ours sends.
 */
const RULES: ReadonlyMap<string, ClassRule> = new Map([
  ['spam', { user: 'release', needsTwo: false }],
  ['virus', { user: 'never', needsTwo: true }],
  ['sender-rate', { user: 'never', needsTwo: false }],
  ['undeliverable', { user: 'never', needsTwo: false }],
])
const OTHERS: ClassRule = { user: 'request', needsTwo: false }

/** Classes whose rule is shown although nothing of them is held yet. */
export const SHOWN_CLASSES: readonly string[] = [
  'spam',
  'virus',
  'attachments',
  'display-name',
  'authentication',
  'anti-spoofing-header',
  'blocked-senders-header',
  'sender-rate',
  'undeliverable',
  'by-person',
]

export function nameOfClass(name: string): string {
  return NAMES.get(name) ?? name.replaceAll('-', ' ')
}

export function defaultRuleOf(name: string): ClassRule {
  return RULES.get(name) ?? OTHERS
}

/** Reasons that are no policy's own. */
const HELD_BECAUSE: ReadonlyMap<string, string> = new Map([
  ['held', 'Somebody holds it.'],
  [
    'refused-for-this-recipient',
    'A policy refuses it for this recipient; others of the same message got it, so it could not be refused as a whole.',
  ],
  [
    'deferred-for-this-recipient',
    'A policy would have asked the sender to come again for this recipient; others got it already. It is judged again by itself.',
  ],
  [
    'deferred-too-long',
    'A policy would still defer it after four days of judging it again. A person decides.',
  ],
])

/** What held it, as a sentence; words that a person or a report gave stand for themselves. */
export function becauseText(because: string): string {
  const own = HELD_BECAUSE.get(because)
  if (own !== undefined) return own
  return (reasons as { readonly [reason: string]: string | undefined })[because] ?? because
}
