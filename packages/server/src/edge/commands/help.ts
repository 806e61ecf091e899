// HELP: where the rules are written. RFC 5321 §4.1.1.8.
import { replies } from '@gatepost/mail/replies.ts'

import type { Reply } from '@gatepost/mail/reply.ts'

export function help(): Reply {
  return replies.help
}
