// HELO: the greeting without extensions. RFC 5321 §4.1.1.1.
import { replies } from '@gatepost/mail/replies.ts'

import type { Reply } from '@gatepost/mail/reply.ts'
import type { Session } from '../session.ts'

/** Greets and forgets a transaction under way (RFC 5321 §4.1.4). */
export function helo(session: Session, domain: string): Reply {
  session.resetTransaction()
  session.helo = domain
  session.isExtended = false
  return replies.helo(session.edge.hostname)
}
