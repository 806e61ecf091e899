// The policies on content that every organisation begins with: viruses, attachments, spam (H1, H2).
import type { PolicyDraft } from '@gatepost/contract/policy.ts'

const COMMON = {
  from: { kind: 'external' as const },
  to: { kind: 'internal' as const },
  addressesBasedOn: 'both' as const,
  bidirectional: false,
  sourceIps: [],
  hostNames: [],
  validFrom: null,
  validUntil: null,
  override: false,
  enabled: true,
}

/** Fails closed: what nobody could look at is held or comes again, and never passes as clean. */
export const screeningDrafts: readonly PolicyDraft[] = [
  {
    ...COMMON,
    // A virus may come in the name of a colleague as well.
    from: { kind: 'everyone' },
    type: 'virus-scanning',
    name: 'Default virus scanning',
    description: 'Malware is refused. What cannot be scanned is held; while the scanner is away mail waits.',
    option: { action: 'scan', infected: 'reject', notChecked: 'hold', unavailable: 'defer' },
  },
  {
    ...COMMON,
    from: { kind: 'everyone' },
    type: 'attachment-handling',
    name: 'Default attachments',
    description: 'Files that run, macros, what is encrypted or in disguise are held.',
    option: {
      dangerous: 'hold',
      script: 'hold',
      macro: 'hold',
      encrypted: 'hold',
      disguised: 'hold',
      unreadable: 'hold',
    },
  },
  {
    ...COMMON,
    type: 'spam-scanning',
    name: 'Default spam scanning',
    description: 'Mail from 5 points on is held for the recipient to look at.',
    option: { action: 'hold', level: 'moderate' },
  },
]

/** What goes out: malware shows that a machine or an account is in foreign hands. Attachments may go. */
export const outboundScreeningDrafts: readonly PolicyDraft[] = [
  {
    ...COMMON,
    // Bounces and forwarded mail leave as well.
    from: { kind: 'everyone' },
    to: { kind: 'external' },
    type: 'virus-scanning',
    name: 'Default outbound virus scanning',
    description: 'Malware from inside is refused, and an alert goes out. What cannot be scanned may go.',
    option: { action: 'scan', infected: 'reject', notChecked: 'deliver', unavailable: 'defer' },
  },
]
