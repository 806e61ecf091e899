// The wall around handlers: one that throws is a bug or a broken machine, and the client learns nothing of
// it.
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import type { Session } from './session.ts'

/** A reply, at once or later; null where it comes with the octets that follow. */
export type Outcome = Reply | null | Promise<Reply | null>

/**
 * Does the work of one command. What it throws becomes 451 4.3.0 and an event with the stack; what it rejects
 * with is left to who waits for it, and `failed`.
 */
export function guarded(session: Session, verb: string, work: () => Outcome): Outcome {
  try {
    return work()
  } catch (error) {
    return failed(session, verb, error)
  }
}

/** Notes that the work of a command failed; returns what the client is told. */
export function failed(session: Session, verb: string, error: unknown): Reply {
  const stack = error instanceof Error ? error.stack : String(error)
  session.edge.emit('edge.command.failed', { verb, clientIp: session.wire.clientIp, error: stack })
  // The next recipients would hear 503 and be given up for good, though it was we who failed.
  if (verb !== 'RCPT') session.resetTransaction()
  return replies.localError
}
