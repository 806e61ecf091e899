// Recipient validation: unknown recipients are refused at RCPT, before anything is stored (R1, RFC 5321
// §3.3).
import { replies } from '@gatepost/mail/reply.ts'
import { definePolicy } from './policy.ts'

const ALWAYS_ACCEPTED = new Set(['postmaster', 'abuse']) // RFC 5321 §4.5.1, RFC 2142 §4; decisions 17

export const recipientValidation = definePolicy({
  name: 'recipient-validation',
  stage: 'rcpt',
  needs: ['recipient'],
  whenBlind: () => 'defer', // A list that cannot be read must neither accept junk nor refuse people.
  judge({ forwardPath }, { recipient }, settings) {
    const domain = settings?.domains.find(({ name }) => name === forwardPath?.domain.toLowerCase())
    const saw = forwardPath ? `${forwardPath.localPart}@${forwardPath.domain}` : ''
    if (!domain || !forwardPath) return { kind: 'continue', because: 'outbound-not-validated', saw }
    if (ALWAYS_ACCEPTED.has(forwardPath.localPart.toLowerCase())) {
      return { kind: 'continue', because: 'postmaster-always', saw }
    }
    if (domain.recipientMode === 'accept-all') return { kind: 'continue', because: 'accept-all', saw }
    if (recipient.listed) {
      return { kind: 'continue', because: 'recipient-known', saw: `${saw}, source ${recipient.source}` }
    }
    return domain.unknownRecipient === 'defer'
      ? { kind: 'defer', because: 'recipient-unknown', saw, reply: replies.unknownRecipientDefer }
      : { kind: 'reject', because: 'recipient-unknown', saw, reply: replies.unknownRecipient }
  },
})
