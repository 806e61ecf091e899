// EHLO: who the client says it is, and what we can do. RFC 5321 §4.1.1.1.
import type { Reply } from '@gatepost/mail/reply.ts'

import type { Session } from '../session.ts'

/** Greets and forgets a transaction under way (RFC 5321 §4.1.4). */
export function ehlo(session: Session, domain: string): Reply {
  session.resetTransaction()
  session.helo = domain
  session.isExtended = true
  if (session.canStartTls) return session.edge.ehloReplyWithStartTls
  if (session.wire.tls === null) return session.edge.ehloReply
  return mayAnnounceAuth(session) ? session.edge.ehloReplyWithAuth : session.edge.ehloReplyInTls
}

/**
 * Inside TLS only, and where it can succeed: on the port for mail exchangers it would just invite guessing
 * while nobody has a credential.
 */
function mayAnnounceAuth({ edge, wire, credential }: Session): boolean {
  if (wire.tls === null || credential !== null || edge.secrets === null) return false
  return wire.role === 'submission' || edge.holder.current()?.hasCredentials === true
}
