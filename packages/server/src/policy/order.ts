// The order of evaluation, one list per stage (decisions 7): documented, never configurable.
import { antiSpoofing } from './anti-spoofing.ts'
import { antiSpoofingHeader } from './anti-spoofing-header.ts'
import { attachments } from './attachments.ts'
import { authentication } from './authentication.ts'
import { authorRelay } from './author-relay.ts'
import { blockedSenders, blockedSendersHeader, blockedSendersLater } from './blocked-senders.ts'
import { displayName } from './display-name.ts'
import { firstContact } from './first-contact.ts'
import { greylisting, greylistingOfBounces } from './greylisting.ts'
import { hops } from './hops.ts'
import { permittedSenders, permittedSendersHeader, permittedSendersLater } from './permitted-senders.ts'
import type { Policy } from './policy.ts'
import { recipientValidation } from './recipient-validation.ts'
import { relay } from './relay.ts'
import { secureReceipt } from './secure-receipt.ts'
import { senderRate } from './sender-rate.ts'
import { spam } from './spam.ts'
import { virus } from './virus.ts'

/**
 * Asked for each recipient: relay → secure receipt → recipient validation → anti-spoofing → blocked →
 * permitted → greylisting.
 */
export const rcptPolicies = [
  relay,
  secureReceipt,
  recipientValidation,
  antiSpoofing,
  blockedSenders,
  permittedSenders,
  greylisting,
] as readonly Policy[]

/**
 * Asked once the content is here, for each recipient: hops and loops → authentication → author of
 * outbound mail → sender rate → anti-spoofing → display name → blocked → permitted → greylisting of bounces →
 * virus → attachments → spam → first contact: what is cheap and what refuses comes before what reads all of
 * the content; what only marks comes last.
 */
export const messagePolicies = [
  hops,
  authentication,
  authorRelay,
  senderRate,
  antiSpoofingHeader,
  displayName,
  blockedSendersHeader,
  permittedSendersHeader,
  greylistingOfBounces,
  virus,
  attachments,
  spam,
  firstContact,
] as readonly Policy[]

/**
 * For mail from a shared cloud that proved no tenant and is for our own domains: what was not asked at RCPT,
 * since the proof was pending (decisions 2), and then the rest as for any mail from outside.
 */
const PUT_OFF = [
  { ...antiSpoofing, stage: 'message' },
  blockedSendersLater,
  permittedSendersLater,
] as readonly Policy[]

export const unprovenMessagePolicies: readonly Policy[] = messagePolicies.flatMap((policy) =>
  policy.name === 'author-relay' ? [policy, ...PUT_OFF] : [policy],
)
