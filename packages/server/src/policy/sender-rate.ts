// Sender rate: an author who reached the limit of the hour is deferred, and a sender that control found to
// send far more than it used to is slowed down or held until a person looked (issue 6.8).
import { replies } from '@gatepost/mail/reply.ts'
import { definePolicy } from './policy.ts'
import type { TenantSettings } from './settings.ts'

/** Recipients an hour one author may write to, where the organisation set no other limit. */
export const HOURLY_RECIPIENTS = 5_000

/** What of the limit falls to one worker of a node (decisions 23). */
export function hourlyShare(
  { hourlyRecipients }: Pick<TenantSettings, 'hourlyRecipients'>,
  workers: number,
): number {
  return Math.ceil((hourlyRecipients ?? HOURLY_RECIPIENTS) / workers)
}

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
    const { recipientsThisHour: count, workers } = sender
    const limit = settings.hourlyRecipients ?? HOURLY_RECIPIENTS
    const share = hourlyShare(settings, workers)
    const saw = `${count} recipients this hour, limit ${limit}`
    return count > share
      ? {
          kind: 'defer',
          because: 'sender-over-limit',
          saw: workers === 1 ? saw : `${saw}, of which ${share} fall to one of ${workers} workers`,
          reply: replies.rateExceeded,
        }
      : { kind: 'continue', because: 'sender-within-limit', saw }
  },
})
