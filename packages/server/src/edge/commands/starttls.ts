// STARTTLS: TLS for the rest of the connection. RFC 3207. What was sent in clear behind the command is
// dropped.
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import type { Session } from '../session.ts'

const TLS_IS_ON = replies.badSequence('TLS is already on')

export function starttls(session: Session): Reply {
  if (session.wire.tls !== null) return TLS_IS_ON
  if (!session.canStartTls) return replies.tlsUnavailable
  session.beginTls()
  return replies.startTls
}
