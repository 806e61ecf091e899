// Lines that are no command we take: the reply to each fault, and speech of other protocols.
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import type { CommandFault } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'

/**
 * The reply to a line that could not be read; `ends` when what follows it cannot be trusted to be commands:
 * without a size nobody knows where a chunk ends and commands begin again (RFC 3030 §2).
 */
export function faultReply(
  fault: CommandFault,
  line: Uint8Array,
): { readonly reply: Reply; readonly ends: boolean } {
  switch (fault) {
    case 'unrecognized-command':
      return { reply: replies.unrecognizedCommand, ends: false }
    case 'line-has-control-bytes':
      return { reply: replies.syntaxError, ends: verbOf(line) === 'BDAT' }
    case 'parameter-unknown':
      return { reply: replies.unknownParameter, ends: false }
    case 'utf8-not-announced':
      return { reply: replies.utf8NotAnnounced, ends: false }
    case 'mailbox-syntax':
      return {
        reply: verbOf(line) === 'MAIL' ? replies.reversePathSyntax : replies.mailboxSyntax,
        ends: false,
      }
    case 'syntax':
    case 'parameter-syntax':
      if (verbOf(line) === 'BDAT') return { reply: replies.chunkSizeSyntax, ends: true }
      return { reply: replies.parameterSyntax, ends: false }
  }
}

/**
 * Whether a line is the speech of another protocol: a browser made to post to us, or a proxy's header where
 * none may be (reliability §3, case 15). Such a connection is closed.
 */
export function isForbiddenLine(line: Uint8Array): boolean {
  return FORBIDDEN.test(toLatin1(line, 0, Math.min(line.length, FORBIDDEN_LENGTH)))
}

const FORBIDDEN = /^(?:GET|POST|PUT|HEAD|OPTIONS|CONNECT|PROXY|XCLIENT|XFORWARD) /i
const FORBIDDEN_LENGTH = 10

function verbOf(line: Uint8Array): string {
  return toLatin1(line, 0, 4).toUpperCase()
}
