// RSET: forgets the transaction, keeps the session. RFC 5321 §4.1.1.5.
import { replies } from '@gatepost/mail/replies.ts'

import type { Reply } from '@gatepost/mail/reply.ts'
import type { Session } from '../session.ts'

export function rset(session: Session): Reply {
  session.resetTransaction()
  return replies.ok
}
