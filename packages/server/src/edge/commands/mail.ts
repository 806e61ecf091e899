// MAIL: opens a transaction and pins the settings of this moment to it. RFC 5321 §4.1.1.2.
import type { Command } from '@gatepost/mail/command.ts'

import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { authorizedFor, isStillGood } from '../credential.ts'
import type { Session } from '../session.ts'
import { openTransaction } from '../transaction.ts'

export function mail(session: Session, command: Command & { readonly verb: 'MAIL' }): Reply {
  const { edge, wire } = session
  const { parameters } = command
  // Before anything is received: the disk may refuse later what it refuses now (RFC 5321 §4.2.5).
  if (!edge.spool.health().ok) return replies.insufficientStorage
  if (parameters.body === 'BINARYMIME') return replies.bodyBinaryNotAllowed
  // Announced inside TLS alone (RFC 8689 §2), and RFC 5321 §4.1.1.11 wants unknown parameters refused.
  if (parameters.requireTls && wire.tls === null) return replies.unknownParameter
  if (parameters.size !== null && parameters.size > edge.limits.messageBytes) return replies.tooBig
  const directory = edge.holder.current()
  if (directory === null) return replies.localError
  if (session.credential !== null && !isStillGood(session.credential, directory)) {
    // Revoked or replaced since: the session has to prove itself again.
    session.credential = null
    return replies.authRequired
  }
  if (wire.role === 'submission' && authorizedFor(session, directory).length === 0)
    return replies.authRequired
  edge.clientNames.start(wire.clientIp)
  session.transaction = openTransaction(directory, command, edge.clock.now())
  return replies.senderOk
}
