// Whether the reverse-path may be told what became of a recipient, and what it is told (RFC 3461, decisions
// 12). Pure.
import { mailboxOf } from '@gatepost/mail/address.ts'
import type { DsnRecipient } from '@gatepost/mail/dsn.ts'
import type { TrackedReply } from '#link/reports.ts'
import type { DueRecipient, Envelope } from '#spool/spool.ts'

/** One recipient's part of a DSN. */
export type Notice = DsnRecipient

export type NoticeQuestion = {
  readonly recipient: DueRecipient
  readonly action: 'failed' | 'delayed' | 'relayed'
  readonly status: string
  readonly reply: TrackedReply
  /** When we give up, for a delay: time that it was paused or held does not count. */
  readonly willRetryUntil: number | null
  /** Who gave the reply; null when it is in our words. */
  readonly remoteMta: string | null
  readonly at: number
}

const ASKED_BY = { failed: 'FAILURE', delayed: 'DELAY', relayed: 'SUCCESS' } as const

/**
 * The notice, or null where none may go: the null reverse-path, a reverse-path nobody vouched for
 * (backscatter), or a sender who asked otherwise. Without NOTIFY failures and delays are told (RFC 3461
 * §4.1).
 */
export function noticeOf(envelope: Envelope, question: NoticeQuestion): Notice | null {
  const { recipient, action, reply } = question
  if (envelope.reversePath === null || !envelope.dsnAllowed) return null
  const isAsked = recipient.notify?.includes(ASKED_BY[action]) ?? action !== 'relayed'
  if (!isAsked) return null
  return {
    forwardPath: mailboxOf(recipient.forwardPath) ?? { localPart: recipient.forwardPath, domain: '' },
    originalRecipient: recipient.originalRecipient,
    action,
    status: question.status,
    diagnostic: `${reply.code} ${reply.status === null ? '' : `${reply.status} `}${reply.text}`,
    remoteMta: question.remoteMta,
    lastAttemptAt: question.at,
    willRetryUntil: question.willRetryUntil,
  }
}
