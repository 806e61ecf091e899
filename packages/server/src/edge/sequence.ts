// The order of commands: RFC 5321 §4.1.4, RFC 3030 §2 and §3, RFC 3207 §4. Says what is out of place,
// changes nothing.
import type { Command } from '@gatepost/mail/command.ts'

import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'

/** As far as the order of commands depends on a session. */
export type SequenceState = {
  readonly hasGreeted: boolean
  readonly hasTransaction: boolean
  /** The last MAIL opened none. */
  readonly hasRefusedMail: boolean
  readonly acceptedRecipients: number
  /** A recipient was given, whatever became of it. */
  readonly hasAskedRecipient: boolean
  /** A BDAT chunk was taken or refused in this transaction: only BDAT or RSET may follow. */
  readonly isChunking: boolean
}

const GREET_FIRST = replies.badSequence('Say EHLO first')
const MAIL_TWICE = replies.badSequence('Sender already given')
const MAIL_FIRST = replies.badSequence('Give MAIL first')
const RCPT_FIRST = replies.badSequence('No valid recipients')
const MAIL_REFUSED = replies.badSequence('Give MAIL first')
const ALL_REFUSED = replies.badSequence('No valid recipients')
const CHUNK_WITHOUT_MAIL = replies.badSequence('Give MAIL first')
const CHUNKS_FOLLOW = replies.badSequence('BDAT was used: only BDAT or RSET may follow')
const IN_TRANSACTION = replies.badSequence('Not allowed within a transaction')

/**
 * Whether a reply is to what a client sends before it can know of our refusals: the content behind recipients
 * (RFC 2920 §3.1), the chunks behind a refused one (RFC 3030 §2). It made no mistake.
 */
export function isSentAhead(reply: Reply): boolean {
  return reply === MAIL_REFUSED || reply === ALL_REFUSED || reply === CHUNK_WITHOUT_MAIL
}

/** The reply to a command that may not come now, or null when it may. */
export function outOfSequence(state: SequenceState, verb: Command['verb']): Reply | null {
  switch (verb) {
    case 'MAIL':
      if (!state.hasGreeted) return GREET_FIRST
      return state.hasTransaction ? MAIL_TWICE : null
    case 'RCPT':
      if (!state.hasTransaction) return needsMail(state)
      return state.isChunking ? CHUNKS_FOLLOW : null
    case 'DATA':
      if (state.isChunking) return CHUNKS_FOLLOW
      return needsRecipients(state)
    case 'BDAT':
      return state.hasGreeted && !state.hasTransaction ? CHUNK_WITHOUT_MAIL : needsRecipients(state)
    case 'STARTTLS':
    case 'AUTH':
      if (!state.hasGreeted) return GREET_FIRST
      return state.hasTransaction ? IN_TRANSACTION : null
    default:
      return null
  }
}

function needsRecipients(state: SequenceState): Reply | null {
  if (!state.hasTransaction) return needsMail(state)
  if (state.acceptedRecipients > 0) return null
  return state.hasAskedRecipient ? ALL_REFUSED : RCPT_FIRST
}

function needsMail({ hasGreeted, hasRefusedMail }: SequenceState): Reply {
  if (!hasGreeted) return GREET_FIRST
  return hasRefusedMail ? MAIL_REFUSED : MAIL_FIRST
}
