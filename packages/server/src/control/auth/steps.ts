// The second step of a sign-in, and the sign-in by passkey alone.
import { newSecret } from '#platform/random.ts'
import { problem } from '../problem.ts'
import { barOf, tooMany } from './auth.ts'
import { candidateById } from './candidate.ts'
import { goOn, openFor } from './complete.ts'
import type { AuthDeps, OpenedSession, RequestOrigin } from './deps.ts'
import { takeFactorCode, takePasskey } from './factor.ts'
import { authenticationOptions, credentialIdOf, placeOf } from './passkey.ts'
import { profileFor } from './profile-store.ts'
import { tellRefusal } from './refusal.ts'
import { isKnownAddress, type SignedIn } from './session.ts'
import { addTicket, takeTicket } from './ticket.ts'

/** Time to touch the authenticator. */
const CHALLENGE_MS = 300_000

/** The second step by code. Throws `wrong-code`; many wrong ones of an account wait, whoever sends them. */
export async function signInWithCode(
  signedIn: SignedIn,
  code: string,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const { id } = signedIn.person
  await spendFactor(id, origin, deps)
  const factor = await takeFactorCode(id, code, deps)
  if (factor === null) {
    await tellWrongCode(id, origin, deps)
    throw problem('wrong-code', 'The code is wrong, or was used already. Take the next one.')
  }
  const session = { sessionId: signedIn.sessionId, personId: id, method: signedIn.method }
  return goOn(session, factor, origin, deps)
}

/**
 * Spends one of the tries for codes. From an address that signed in before there are tries of their own, so
 * that a guesser elsewhere keeps nobody out.
 */
export async function spendFactor(
  personId: string,
  { from }: Pick<RequestOrigin, 'from'>,
  { store, attempts }: Pick<AuthDeps, 'store' | 'attempts'>,
): Promise<void> {
  const isKnown = await isKnownAddress(store.db, personId, from)
  const waitSeconds = attempts.spend('factor', isKnown ? `${personId} ${from}` : personId)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
}

async function tellWrongCode(personId: string, { from }: RequestOrigin, deps: AuthDeps): Promise<void> {
  const candidate = await candidateById(deps.store.db, personId)
  if (!candidate) return
  const { tenantId, name, email } = candidate
  const why = 'The password was right; the code was wrong or used already.'
  tellRefusal({ tenantId, personId, name, email, why, from }, deps)
}

/** A challenge for any passkey of this console. */
export async function startPasskey(
  { from }: RequestOrigin,
  { store, clock, attempts, url }: AuthDeps,
): Promise<{ readonly ticket: string; readonly options: object }> {
  const waitSeconds = attempts.spend('look', from)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  const { challenge, options } = await authenticationOptions(placeOf(url))
  const ticket = newSecret()
  const value = { challenge }
  await addTicket(store.db, {
    kind: 'passkey',
    secret: ticket,
    value,
    now: clock.now(),
    lifeMs: CHALLENGE_MS,
  })
  return { ticket, options }
}

/**
 * Signs in by passkey: alone it is possession and the person's own gesture, so no second step follows; within
 * a sign-in it is the second step, and must be the same person's.
 */
export async function signInWithPasskey(
  answer: { readonly ticket: string; readonly response: unknown },
  signedIn: SignedIn | null,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const { store, attempts } = deps
  const waitSeconds = attempts.spend('look', origin.from)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  const personId = await personOf(answer, deps)
  if (personId === null) throw notAccepted()
  const owing = signedIn?.pending === 'second-factor' ? signedIn : null
  if (owing) {
    if (owing.person.id !== personId) throw notAccepted()
    const session = { sessionId: owing.sessionId, personId, method: owing.method }
    return goOn(session, 'passkey', origin, deps)
  }
  const candidate = await candidateById(store.db, personId)
  if (!candidate) throw notAccepted()
  const profile = await profileFor(store.db, candidate)
  const barred = barOf(candidate, profile, origin)
  const why =
    barred?.why ?? (profile.password ? null : `The profile “${profile.name}” asks to sign in elsewhere.`)
  if (why !== null) {
    const { tenantId, name, email } = candidate
    tellRefusal({ tenantId, personId, name, email, why, from: origin.from }, deps)
    throw notAccepted()
  }
  const shown = { method: 'passkey', factor: null, replaces: signedIn?.sessionId ?? null } as const
  return openFor(candidate, shown, origin, deps)
}

async function personOf(
  { ticket, response }: { readonly ticket: string; readonly response: unknown },
  { store, clock, secrets, url }: AuthDeps,
): Promise<string | null> {
  const now = clock.now()
  const taken = await takeTicket(store.db, { kind: 'passkey', secret: ticket, now })
  const credentialId = credentialIdOf(response)
  if (!taken || credentialId === null) return null
  const { challenge } = taken.value as { readonly challenge: string }
  return takePasskey({ credentialId, response, challenge }, placeOf(url), { store, clock, secrets })
}

function notAccepted(): Error {
  return problem('wrong-code', 'This passkey was not accepted. Sign in another way, or try again.')
}
