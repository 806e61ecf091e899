// EHLO: who the client says it is, and what we can do. RFC 5321 §4.1.1.1.
import type { Reply } from '@gatepost/mail/reply.ts'

import type { Session } from '../session.ts'

/** Greets and forgets a transaction under way (RFC 5321 §4.1.4). */
export function ehlo(session: Session, domain: string): Reply {
  session.resetTransaction()
  session.helo = domain
  session.isExtended = true
  return session.canStartTls ? session.edge.ehloReplyWithStartTls : session.edge.ehloReply
}
