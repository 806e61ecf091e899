// QUIT: the session ends with 221. RFC 5321 §4.1.1.10.
import { replies } from '@gatepost/mail/replies.ts'

import type { Reply } from '@gatepost/mail/reply.ts'

export function quit(): Reply {
  return replies.bye
}
