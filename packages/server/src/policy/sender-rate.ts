// Sender rate: an author who reached the limit of the hour is deferred, and a sender that control found to
// send far more than it used to is slowed down or held until a person looked (issue 6.8).
import { replies } from '@gatepost/mail/reply.ts'
import { definePolicy } from './policy.ts'

/** Recipients an hour one author may write to, where the organisation set no other limit. */
export const HOURLY_RECIPIENTS = 5_000

export const senderRate = definePolicy({
  name: 'sender-rate',
  stage: 'message',
  needs: ['sender'],
  whenBlind: () => 'continue', // Mail must not stop because nobody counted.
  judge({ direction }, { sender }, settings) {
    if (direction !== 'outbound' || settings === null) {
      return { kind: 'continue', because: 'sender-not-counted', saw: '' }
    }
    const suspect = settings.suspects?.find(({ kind, identity }) =>
      sender.identities.includes(`${kind} ${identity}`),
    )
    if (suspect?.action === 'hold') {
      return { kind: 'hold', because: 'sender-suspected', saw: `${suspect.kind} ${suspect.identity}` }
    }
    if (suspect !== undefined) {
      const saw = `${suspect.kind} ${suspect.identity}`
      return { kind: 'defer', because: 'sender-suspected', saw, reply: replies.rateExceeded }
    }
    const limit = settings.hourlyRecipients ?? HOURLY_RECIPIENTS
    const saw = `${sender.recipientsThisHour} recipients this hour, limit ${limit}`
    return sender.recipientsThisHour > Math.ceil(limit / sender.workers)
      ? { kind: 'defer', because: 'sender-over-limit', saw, reply: replies.rateExceeded }
      : { kind: 'continue', because: 'sender-within-limit', saw }
  },
})
