// One's own account: what secures it, changing the password, showing credentials again, and sessions.
import type { Security, Session } from '@gatepost/contract/account.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import { actorOf } from './access.ts'
import { type Candidate, candidateById, passwordRulesOf } from './candidate.ts'
import { goOn } from './complete.ts'
import type { AuthDeps, OpenedSession, RequestOrigin } from './deps.ts'
import { factorsOf, presentFactor, takeFactorCode } from './factor.ts'
import { asksFactor, profileFor } from './profile-store.ts'
import { countCodes } from './recovery.ts'
import { endSessionsOf, noteVerified, type SignedIn } from './session.ts'
import { endOneSession, sessionsOf } from './session-list.ts'
import { hashNewPassword, storePassword } from './set-password.ts'
import { spendFactor } from './steps.ts'

/** So long after credentials were shown, factors can be changed. */
export const VERIFIED_MS = 30 * 60_000
const DAY_MS = 86_400_000

/** The account of a session. Throws `not-signed-in` for the local administrator, who has none. */
export async function mine(
  signedIn: { readonly person: { readonly id: string } },
  deps: Pick<AuthDeps, 'store'>,
) {
  const candidate = await candidateById(deps.store.db, signedIn.person.id)
  if (!candidate) throw problem('not-signed-in', 'The local administrator has no account of its own.')
  return candidate as Candidate & { readonly personId: string }
}

/** Password, factors and what the profile asks for. */
export async function securityOf(signedIn: SignedIn, deps: AuthDeps): Promise<Security> {
  const { store, clock } = deps
  const candidate = await mine(signedIn, deps)
  const { personId, password, passwordSetAt } = candidate
  const rules = await passwordRulesOf(store.db, candidate.tenantId)
  const profile = await profileFor(store.db, candidate)
  const factors = await factorsOf(store.db, personId)
  const codes = await countCodes(store.db, personId)
  const isSet = password !== null
  const session = await store.db
    .selectFrom('session')
    .select('verified_at')
    .where('id', '=', signedIn.sessionId)
    .executeTakeFirst()
  return {
    password: {
      isSet,
      setAt: isSet ? passwordSetAt : null,
      expiresAt: isSet && rules.expiryDays > 0 ? passwordSetAt + rules.expiryDays * DAY_MS : null,
      isAllowed: profile.password,
      rules,
    },
    factors: factors.map(presentFactor),
    recoveryCodesLeft: codes.left,
    recoveryCodesTotal: codes.total,
    factorNeeded: profile.secondFactor === 'outside' || asksFactor(profile, ''),
    factorDueAt: factors.length === 0 ? candidate.factorDueAt : null,
    profile: profile.name,
    verifiedUntil: (session?.verified_at ?? clock.now() - VERIFIED_MS) + VERIFIED_MS,
  }
}

/**
 * Sets a new password and ends all other sessions. Where one must be changed at sign-in, the sign-in goes on
 * in a new session, which is returned. Throws `wrong-credentials` for a wrong current one.
 */
export async function changePassword(
  input: { readonly current: string; readonly password: string },
  signedIn: SignedIn,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const { store, clock } = deps
  const candidate = await mine(signedIn, deps)
  const { personId } = candidate
  if (candidate.password === null) requireFresh(signedIn, deps)
  // Who comes from the sign-in has just shown it.
  else if (signedIn.pending !== 'change-password') {
    await spendFactor(personId, origin, deps)
    if (!(await deps.passwords.verify(input.current, candidate.password)))
      throw problem('wrong-credentials', 'The current password is wrong.')
  }
  const encoded = await hashNewPassword(input.password, candidate, deps)
  const now = clock.now()
  await store.transaction(async (trx) => {
    const keep = signedIn.sessionId
    await storePassword(trx, { personId, encoded, mustChange: false, keep, now })
    const scope = { tenantId: candidate.tenantId, actor: actorOf(signedIn), from: origin.from }
    const subject = `password of ${candidate.name}`
    await appendAudit(trx, scope, { action: 'password.changed', subject, before: null, after: null, at: now })
  })
  const session = { sessionId: signedIn.sessionId, personId, method: signedIn.method }
  return goOn(session, await factorOfSession(signedIn.sessionId, deps), origin, deps)
}

type ShownFactor = 'totp' | 'passkey' | 'recovery-code' | null

/** What was shown in this session counts on in the next one. */
export async function factorOfSession(
  sessionId: string,
  { store }: Pick<AuthDeps, 'store'>,
): Promise<ShownFactor> {
  const row = await store.db
    .selectFrom('session')
    .select('factor')
    .where('id', '=', sessionId)
    .executeTakeFirst()
  return (row?.factor ?? null) as ShownFactor
}

/** Shows password or code again, for what needs it. */
export async function confirm(
  shown: { readonly password?: string | undefined; readonly code?: string | undefined },
  signedIn: SignedIn,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<Security> {
  const candidate = await mine(signedIn, deps)
  await spendFactor(candidate.personId, origin, deps)
  const isRight =
    shown.code !== undefined
      ? (await takeFactorCode(candidate.personId, shown.code, deps)) !== null
      : await deps.passwords.verify(shown.password ?? '', candidate.password)
  if (!isRight) throw problem('wrong-credentials', 'That was not right. Nothing was changed.')
  await noteVerified(deps.store.db, signedIn.sessionId, deps.clock.now())
  return securityOf(signedIn, deps)
}

/** Throws `confirm-first` where credentials were last shown too long ago. */
export function requireFresh(
  { verifiedAt, pending }: Pick<SignedIn, 'verifiedAt' | 'pending'>,
  { clock }: Pick<AuthDeps, 'clock'>,
): void {
  if (pending === null && verifiedAt + VERIFIED_MS < clock.now()) throw problem('confirm-first')
}

export async function mySessions(
  signedIn: SignedIn,
  { store, clock }: Pick<AuthDeps, 'store' | 'clock'>,
): Promise<readonly Session[]> {
  const who = { personId: signedIn.person.id, current: signedIn.sessionId, now: clock.now() }
  return sessionsOf(store.db, who)
}

/** Ends one of the own sessions. Throws `not-found`. */
export async function endMySession(
  signedIn: SignedIn,
  sessionId: string,
  { store, clock }: Pick<AuthDeps, 'store' | 'clock'>,
): Promise<void> {
  const personId = signedIn.person.id
  if (!(await endOneSession(store.db, { personId, sessionId, now: clock.now() }))) throw problem('not-found')
}

export function endMyOtherSessions(
  signedIn: SignedIn,
  { store, clock }: Pick<AuthDeps, 'store' | 'clock'>,
): Promise<number> {
  const who = { personId: signedIn.person.id, but: signedIn.sessionId, now: clock.now() }
  return endSessionsOf(store.db, who)
}
