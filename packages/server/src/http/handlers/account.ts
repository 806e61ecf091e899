// Answers about one's own account: password, second factors, recovery codes, sessions.
import * as contract from '@gatepost/contract/account.ts'
import * as account from '#control/auth/account.ts'
import * as enrol from '#control/auth/enrol.ts'
import { type Binding, on } from '../request.ts'
import type { HandlerDeps } from './deps.ts'
import { originOf, ownSession } from './session.ts'

export function accountBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getSecurity, (request) => account.securityOf(ownSession(request), deps)),
    on(contract.changePassword, async (request) => {
      const session = ownSession(request)
      const opened = await account.changePassword(request.body, session, originOf(request), deps)
      request.setSession(opened.secret)
      return account.securityOf({ ...session, sessionId: opened.sessionId }, deps)
    }),
    on(contract.confirmMe, (request) =>
      account.confirm(request.body, ownSession(request), originOf(request), deps),
    ),
    on(contract.listSessions, async (request) => ({
      items: [...(await account.mySessions(ownSession(request), deps))],
    })),
    on(contract.endSession, async (request) => {
      await account.endMySession(ownSession(request), request.params.session, deps)
      return {}
    }),
    on(contract.endOtherSessions, async (request) => ({
      ended: await account.endMyOtherSessions(ownSession(request), deps),
    })),
    ...factorBindings(deps),
  ]
}

function factorBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.startTotp, (request) => enrol.startTotp(request.body.name, ownSession(request), deps)),
    on(contract.confirmTotp, async (request) => {
      const input = { factor: request.params.factor, code: request.body.code }
      const { added, secret } = await enrol.confirmTotp(input, ownSession(request), originOf(request), deps)
      if (secret !== null) request.setSession(secret)
      return added
    }),
    on(contract.startPasskey, async (request) => ({
      options: { ...(await enrol.startPasskey(ownSession(request), deps)) },
    })),
    on(contract.addPasskey, async (request) => {
      const done = await enrol.addPasskey(request.body, ownSession(request), originOf(request), deps)
      if (done.secret !== null) request.setSession(done.secret)
      return done.added
    }),
    on(contract.removeFactor, async (request) => {
      await enrol.removeFactor(request.params.factor, ownSession(request), originOf(request), deps)
      return {}
    }),
    on(contract.renewRecoveryCodes, (request) =>
      enrol.renewRecoveryCodes(ownSession(request), originOf(request), deps),
    ),
  ]
}
