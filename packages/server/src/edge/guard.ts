// The wall around handlers: one that throws is a bug or a broken machine, and the client learns nothing of
// it.
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import type { Session } from './session.ts'

/** A reply, at once or later; null where it comes with the octets that follow. */
export type Outcome = Reply | null | Promise<Reply | null>

/** Does the work of one command; whatever it throws becomes 451 4.3.0 and an event with the stack. */
export function guarded(session: Session, verb: string, work: () => Outcome): Outcome {
  const failed = (error: unknown): Reply => {
    const stack = error instanceof Error ? error.stack : String(error)
    session.edge.emit('edge.command.failed', { verb, clientIp: session.wire.clientIp, error: stack })
    session.resetTransaction()
    return replies.localError
  }
  try {
    const outcome = work()
    return outcome instanceof Promise ? outcome.catch(failed) : outcome
  } catch (error) {
    return failed(error)
  }
}
