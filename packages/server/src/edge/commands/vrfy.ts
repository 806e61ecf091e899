// VRFY: never tells who exists (RFC 5321 §3.5.3, §7.3).

import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'

export function vrfy(): Reply {
  return replies.verify
}
