// Answers for signing in, step by step, signing out, reset by mail, and for who one is.
import * as contract from '@gatepost/contract/session.ts'
import * as signInContract from '@gatepost/contract/sign-in.ts'
import { meOf } from '#control/auth/access.ts'
import { signIn, signOut } from '#control/auth/auth.ts'
import { meOfSession } from '#control/auth/me.ts'
import { checkReset, completeReset, requestReset } from '#control/auth/reset.ts'
import { signInWithCode, signInWithPasskey, startPasskey } from '#control/auth/steps.ts'
import { isAddressFirst, waysOf } from '#control/auth/ways.ts'
import { problem } from '#control/problem.ts'
import { type ApiRequest, type Binding, on, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

type Asked = Pick<ApiRequest<never>, 'signedIn' | 'clientAddress' | 'userAgent'>

/** The own session of a person. Throws `not-signed-in` for API tokens and the local administrator. */
export function ownSession({ signedIn }: Pick<Asked, 'signedIn'>) {
  if (signedIn?.pending === undefined || signedIn.method === undefined)
    throw problem('not-signed-in', 'Only a person that signed in has an account to look at.')
  const { sessionId, person, pending, method, verifiedAt = 0 } = signedIn
  return { sessionId, person, pending, method, verifiedAt }
}

export function originOf({ clientAddress, userAgent }: Asked) {
  return { from: clientAddress, userAgent }
}

export function sessionBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.signIn, async (request) => {
      const { body, signedIn } = request
      // The session that the browser had before ends, so that nobody can plant one.
      const replaces = signedIn?.pending === undefined ? null : signedIn.sessionId
      const opened = await signIn({ ...body, replaces }, originOf(request), deps)
      request.setSession(opened.secret)
      return opened.me
    }),
    on(contract.signOut, async (request) => {
      await signOut(signedInOf(request), deps)
      request.setSession(null)
      return {}
    }),
    on(contract.getMe, (request) => {
      const signedIn = signedInOf(request)
      return signedIn.pending === undefined
        ? meOf(signedIn.person.id, deps)
        : meOfSession({ person: signedIn.person, pending: signedIn.pending }, deps)
    }),
    ...stepBindings(deps),
    ...openBindings(deps),
  ]
}

function stepBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(signInContract.signInWithFactor, async (request) => {
      const session = ownSession(request)
      if (session.pending !== 'second-factor') throw problem('not-found', 'No second step is asked for.')
      const opened = await signInWithCode(session, request.body.code, originOf(request), deps)
      request.setSession(opened.secret)
      return opened.me
    }),
    on(signInContract.startPasskeySignIn, async (request) => {
      const { ticket, options } = await startPasskey(originOf(request), deps)
      return { ticket, options: { ...options } }
    }),
    on(signInContract.signInWithPasskey, async (request) => {
      const session = request.signedIn?.pending === undefined ? null : ownSession(request)
      const opened = await signInWithPasskey(request.body, session, originOf(request), deps)
      request.setSession(opened.secret)
      return opened.me
    }),
  ]
}

function openBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(signInContract.getSignIn, async () => ({ addressFirst: await isAddressFirst(deps) })),
    on(signInContract.findSignInWays, (request) => waysOf(request.body.email, originOf(request), deps)),
    on(signInContract.requestReset, async (request) => ({
      minutes: requestReset(request.body.email, originOf(request), deps),
    })),
    on(signInContract.checkReset, (request) => checkReset(request.body.token, originOf(request), deps)),
    on(signInContract.completeReset, async (request) => {
      await completeReset(request.body, originOf(request), deps)
      return {}
    }),
  ]
}
