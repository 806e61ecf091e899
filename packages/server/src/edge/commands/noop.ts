// NOOP: still here. RFC 5321 §4.1.1.9.
import { replies } from '@gatepost/mail/replies.ts'

import type { Reply } from '@gatepost/mail/reply.ts'

export function noop(): Reply {
  return replies.ok
}
