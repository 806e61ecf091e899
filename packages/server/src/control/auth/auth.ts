// Signing in by password and out again: who may, by what the sign-in profile asks for, alike in answer and
// time for those who do not exist.
import { say } from '@gatepost/contract/sayings.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { digestOf } from '#platform/random.ts'
import { problem } from '../problem.ts'
import type { Attempt } from './attempts.ts'
import { type Candidate, findCandidate, passwordRulesOf, tenantOfAddress } from './candidate.ts'
import { openFor } from './complete.ts'
import type { AuthDeps, OpenedSession, RequestOrigin } from './deps.ts'
import { type Profile, permitsFrom, profileFor } from './profile-store.ts'
import { tellRefusal } from './refusal.ts'
import { endSession, findSession, isKnownAddress, type SignedIn } from './session.ts'
import { vouchesForOperators } from './settings-store.ts'

export type { AuthDeps, OpenedSession, RequestOrigin } from './deps.ts'

type Input = {
  readonly email: string
  readonly password: string
  /** A session that the browser already has: it ends, so that nobody can plant one. */
  readonly replaces?: string | null
}

/**
 * Signs a person in by the own password or the directory's. Throws `wrong-credentials` alike for unknown
 * accounts, wrong passwords and whatever the profile refuses, and `too-many-attempts`.
 */
export async function signIn(input: Input, origin: RequestOrigin, deps: AuthDeps): Promise<OpenedSession> {
  const { store, attempts } = deps
  const candidate = await findCandidate(store.db, input.email)
  const attempt = await attemptOf(input.email, candidate, origin, deps)
  const lockRules = await passwordRulesOf(
    store.db,
    candidate?.tenantId ?? (await tenantOfAddress(store.db, input.email)),
  )
  const waitSeconds = Math.max(attempts.take(attempt), lockOf(attempt, candidate, deps))
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  const verdict = await judge(input, { candidate, origin }, deps)
  if (verdict.kind === 'right') {
    attempts.giveBack(attempt)
    attempts.clear(attempt.account, origin.from)
    const shown = { method: verdict.method, factor: null, replaces: input.replaces ?? null }
    return openFor(verdict.candidate, shown, origin, deps)
  }
  // Whoever is outside of the permitted ranges cannot lock anybody out (behaviour §10).
  const isLocked = verdict.counts && attempts.fail(attempt, lockRules)
  if (candidate) {
    const { tenantId, personId, name, email } = candidate
    const locked = isLocked ? ` Locked from this address for ${lockRules.lockoutMinutes} minutes.` : ''
    tellRefusal({ tenantId, personId, name, email, why: `${verdict.why}${locked}`, from: origin.from }, deps)
  } else {
    deps.emit('control.sign-in.failed', { from: origin.from })
  }
  throw problem('wrong-credentials')
}

/** An address from which the account signed in before spends a budget of its own. */
async function attemptOf(
  email: string,
  candidate: Candidate | null,
  { from }: RequestOrigin,
  { store }: AuthDeps,
): Promise<Attempt> {
  const personId = candidate?.personId ?? null
  const isKnown = personId !== null && (await isKnownAddress(store.db, personId, from))
  return { account: accountKey(email), from, isKnown }
}

/** Accounts are counted by digest, so that long made-up names cost no memory. */
export function accountKey(email: string): string {
  return digestOf(addressKey(email))
}

/** Administrators are never locked at an address they signed in from before: others may sit behind it too. */
function lockOf(attempt: Attempt, candidate: Candidate | null, { attempts }: AuthDeps): number {
  if (attempt.isKnown && candidate?.isAdministrator) return 0
  return attempts.lockedSeconds(attempt)
}

export function tooMany(seconds: number): Error {
  return problem('too-many-attempts', say('problem.attempts', { seconds }), {
    retryAfterSeconds: seconds,
  })
}

type Verdict =
  | { readonly kind: 'right'; readonly method: 'password' | 'directory'; readonly candidate: Candidate }
  | { readonly kind: 'wrong'; readonly why: string; readonly counts: boolean }

/** Each way takes the time of one password's check, so that time tells nothing (abuse case 61). */
async function judge(
  { password }: Input,
  who: { readonly candidate: Candidate | null; readonly origin: RequestOrigin },
  deps: AuthDeps,
): Promise<Verdict> {
  const { candidate, origin } = who
  const profile = candidate ? await profileFor(deps.store.db, candidate) : null
  const mayTry = profile?.password === true && candidate?.password != null
  const isRight = await deps.passwords.verify(password, mayTry ? candidate.password : null)
  if (!candidate || !profile) return { kind: 'wrong', why: '', counts: true }
  const barred = barOf(candidate, profile, origin)
  if (barred) return barred
  if (isRight) return { kind: 'right', method: 'password', candidate }
  if (profile.directory) return askDirectory(password, candidate, deps)
  if (!profile.password)
    return { kind: 'wrong', why: `The profile “${profile.name}” signs nobody in by password.`, counts: true }
  const why = candidate.password === null ? 'No password was ever set.' : 'The password was wrong.'
  return { kind: 'wrong', why, counts: true }
}

/** What keeps somebody out whatever the password is; null for nothing. */
export function barOf(
  candidate: Pick<Candidate, 'isEnabled' | 'isAdministrator'>,
  profile: Pick<Profile, 'name' | 'permittedRanges'>,
  { from }: RequestOrigin,
): Extract<Verdict, { kind: 'wrong' }> | null {
  if (!permitsFrom(profile, from)) {
    const why = `${from} is outside of the ranges that the profile “${profile.name}” permits.`
    return { kind: 'wrong', why, counts: false }
  }
  if (!candidate.isEnabled) return { kind: 'wrong', why: 'The user is disabled.', counts: true }
  return null
}

async function askDirectory(password: string, candidate: Candidate, deps: AuthDeps): Promise<Verdict> {
  const { tenantId, email, operator } = candidate
  if (tenantId === null)
    return { kind: 'wrong', why: 'No organisation vouches for the address.', counts: true }
  if (operator && !(await vouchesForOperators(deps.store.db, tenantId))) {
    const why = 'The directory may not sign in operators of the installation.'
    return { kind: 'wrong', why, counts: true }
  }
  // Many directories let an empty password in, as nobody (RFC 4513 §5.1.2): none is ever asked with one.
  if (password === '') return { kind: 'wrong', why: 'The password was empty.', counts: true }
  const answer = await deps.directorySignIn.ask({ tenantId, email, password })
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'right', method: 'directory', candidate }
    case 'none':
      return { kind: 'wrong', why: 'No directory is connected that could be asked.', counts: false }
    case 'unreachable':
      return { kind: 'wrong', why: `${answer.connector}: ${answer.why} ${answer.remedy}`, counts: false }
    case 'refused':
      return { kind: 'wrong', why: `${answer.connector}: ${answer.why}`, counts: true }
  }
}

/** Who a cookie's secret stands for; null when nobody. */
export function findSignedIn(
  secret: string,
  { store, clock }: Pick<AuthDeps, 'store' | 'clock'>,
): Promise<SignedIn | null> {
  return findSession(store, secret, clock.now())
}

export function signOut(
  signedIn: { readonly sessionId: string },
  { store, clock }: Pick<AuthDeps, 'store' | 'clock'>,
): Promise<void> {
  return endSession(store.db, signedIn.sessionId, clock.now())
}
