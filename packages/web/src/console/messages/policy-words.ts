// Names of policies as the Why page shows them; a new one is shown by its own name in plain letters.
import { useWords, type Words } from '#i18n/i18n.ts'

/** In the order in which they are asked. */
export const knownPolicies: readonly string[] = [
  'relay',
  'secure-receipt',
  'recipient-validation',
  'anti-spoofing',
  'blocked-senders',
  'permitted-senders',
  'greylisting',
  'hops',
  'authentication',
  'author-relay',
  'sender-rate',
  'forwarding',
  'anti-spoofing-header',
  'display-name',
  'blocked-senders-header',
  'permitted-senders-header',
  'virus',
  'attachments',
  'first-contact',
  'spam',
]

export function policyWord(policy: string, words: Words): string {
  const plain = policy.replaceAll('-', ' ')
  return words(`policies.${policy}`, plain.charAt(0).toUpperCase() + plain.slice(1))
}

/** Gives the name of a policy in the reader’s language. */
export function usePolicyWord(): (policy: string) => string {
  const words = useWords('messages')
  return (policy) => policyWord(policy, words)
}

/** Kinds that settled or altered nothing: lighter, and hidden by "Only what mattered". */
export function isQuiet(kind: string): boolean {
  return kind === 'not-matched' || kind === 'not-asked' || kind === 'waived'
}
