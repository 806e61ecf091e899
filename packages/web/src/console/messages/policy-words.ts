// Names of policies as the Why page shows them; a new one is shown by its own name in plain letters.

const words = new Map([
  ['relay', 'Relay'],
  ['secure-receipt', 'Secure receipt'],
  ['recipient-validation', 'Recipient validation'],
  ['anti-spoofing', 'Anti-spoofing, envelope'],
  ['blocked-senders', 'Blocked senders'],
  ['permitted-senders', 'Permitted senders'],
  ['greylisting', 'Greylisting'],
  ['hops', 'Hops and loops'],
  ['authentication', 'Authentication'],
  ['author-relay', 'Author and proof of outbound mail'],
  ['sender-rate', 'Sender rate'],
  ['forwarding', 'Forwarding'],
  ['anti-spoofing-header', 'Anti-spoofing, header'],
  ['display-name', 'Display name'],
  ['blocked-senders-header', 'Blocked senders, header'],
  ['permitted-senders-header', 'Permitted senders, header'],
  ['virus', 'Virus'],
  ['attachments', 'Attachments'],
  ['first-contact', 'First contact'],
  ['spam', 'Spam'],
])

/** In the order in which they are asked. */
export const knownPolicies: readonly string[] = [...words.keys()]

export function policyWord(policy: string): string {
  const plain = policy.replaceAll('-', ' ')
  return words.get(policy) ?? plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** Kinds that settled or altered nothing: lighter, and hidden by "Only what mattered". */
export function isQuiet(kind: string): boolean {
  return kind === 'not-matched' || kind === 'not-asked' || kind === 'waived'
}
