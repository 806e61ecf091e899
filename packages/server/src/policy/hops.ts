// Hops: a message that was handed on too often, or that came through here before, is a loop (RFC 5321 §6.3).
import { flatText } from '@gatepost/mail/bytes.ts'
import { replies } from '@gatepost/mail/reply.ts'
import { definePolicy } from './policy.ts'

/** RFC 5321 §6.3 asks for at least 100 (decisions 14). */
export const RECEIVED_HOPS_MAX = 100
/** Our own Received fields for one message: the fourth pass through the same gateway is a loop. */
export const OWN_HOPS_MAX = 3

export const hops = definePolicy({
  name: 'hops',
  stage: 'message',
  needs: ['hops'],
  // Counting cannot fail on readable content; unreadable headers are judged elsewhere.
  whenBlind: () => 'continue',
  judge(_transaction, { hops: { received, ownLoops, forwardedAgain = null } }) {
    const saw = ownLoops === 0 ? sawForeign(received) : sawOf(received, ownLoops)
    if (received > RECEIVED_HOPS_MAX) {
      return { kind: 'reject', because: 'too-many-hops', saw, reply: replies.tooManyHops }
    }
    if (ownLoops > OWN_HOPS_MAX)
      return { kind: 'reject', because: 'own-loop', saw, reply: replies.tooManyHops }
    if (forwardedAgain !== null) {
      return { kind: 'reject', because: 'forwarding-loop', saw: forwardedAgain, reply: replies.tooManyHops }
    }
    return { kind: 'continue', because: 'hops-within-limit', saw }
  },
})

/**
 * The sentence for each count of fields none of which is ours: made once, since all mail from outside has it.
 */
const foreign: (string | undefined)[] = []

function sawForeign(received: number): string {
  if (received > RECEIVED_HOPS_MAX) return sawOf(received, 0)
  foreign[received] ??= sawOf(received, 0)
  return foreign[received]
}

function sawOf(received: number, ownLoops: number): string {
  return flatText(received, ' Received fields, ', ownLoops, ' of them ours')
}
