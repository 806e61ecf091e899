// Which verb is whose: one verb, one file. Handlers return replies; only the session writes.
import type { Command } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import type { Session } from '../session.ts'
import { auth } from './auth.ts'
import { bdat } from './bdat.ts'
import { data } from './data.ts'
import { ehlo } from './ehlo.ts'
import { helo } from './helo.ts'
import { help } from './help.ts'
import { mail } from './mail.ts'
import { noop } from './noop.ts'
import { quit } from './quit.ts'
import { rcpt } from './rcpt.ts'
import { rset } from './rset.ts'
import { starttls } from './starttls.ts'
import { vrfy } from './vrfy.ts'

/**
 * Carries out a command that is in its place. Null: the reply comes when the octets that follow were taken.
 */
export function handle(session: Session, command: Command): Reply | null | Promise<Reply | null> {
  switch (command.verb) {
    case 'EHLO':
      return ehlo(session, command.domain)
    case 'HELO':
      return helo(session, command.domain)
    case 'MAIL':
      return mail(session, command)
    case 'RCPT':
      return rcpt(session, command)
    case 'DATA':
      return data(session)
    case 'BDAT':
      return bdat(session, command)
    case 'RSET':
      return rset(session)
    case 'NOOP':
      return noop()
    case 'QUIT':
      return quit()
    case 'STARTTLS':
      return starttls(session)
    case 'AUTH':
      return auth(session, command)
    case 'VRFY':
      return vrfy()
    case 'HELP':
      return help()
    case 'EXPN':
      // Lists are not expanded to strangers: RFC 5321 §7.3.
      return replies.notImplemented
  }
}
