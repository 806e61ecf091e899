// Answers for signing in and out, and for who one is.
import * as contract from '@gatepost/contract/session.ts'
import { meOf } from '#control/auth/access.ts'
import { signIn, signOut } from '#control/auth/auth.ts'
import { type Binding, on, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function sessionBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.signIn, async ({ body, signedIn, clientAddress, userAgent, setSession }) => {
      const opened = await signIn(body, { from: clientAddress, userAgent }, deps)
      // The session that the browser had before ends, so that nobody can plant one.
      if (signedIn) await signOut(signedIn, deps)
      setSession(opened.secret)
      return opened.me
    }),
    on(contract.signOut, async (request) => {
      await signOut(signedInOf(request), deps)
      request.setSession(null)
      return {}
    }),
    on(contract.getMe, (request) => meOf(signedInOf(request).person.id, deps)),
  ]
}
