// AUTH: not announced while no credentials exist, so it is a command we do not have. RFC 4954 §4, RFC 5321
// §4.2.4.
import { replies } from '@gatepost/mail/replies.ts'

import type { Reply } from '@gatepost/mail/reply.ts'

export function auth(): Reply {
  return replies.notImplemented
}
