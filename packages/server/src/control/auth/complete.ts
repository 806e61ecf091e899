// Opens the session of somebody whose credentials were right: what is still owed, how long it lasts, and what
// the audit log keeps of it. Each step of a sign-in opens a new session and ends the one before.
import type { Pending } from '@gatepost/contract/endpoint.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { Actor } from '../scope.ts'
import { type Candidate, candidateById, passwordRulesOf } from './candidate.ts'
import type { AuthDeps, OpenedSession, RequestOrigin } from './deps.ts'
import { ensurePerson } from './ensure-person.ts'
import { factorsOf } from './factor.ts'
import { meOfSession } from './me.ts'
import { asksFactor, type Profile, profileFor } from './profile-store.ts'
import { dropOldSessions, endSession, findSession, openSession } from './session.ts'
import { methodWords } from './session-list.ts'

const DAY_MS = 86_400_000

export type Shown = {
  /** `password`, `directory`, `passkey`, or an identity provider's id. */
  readonly method: string
  /** The identity provider's name, for the audit log. */
  readonly provider?: string
  readonly factor: 'totp' | 'passkey' | 'recovery-code' | null
  /** The session of the step before, or one that the browser already had. */
  readonly replaces: string | null
}

/** Opens the session of a candidate; makes the account of a user that had none. */
export async function openFor(
  candidate: Candidate,
  shown: Shown,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const { store, clock } = deps
  const now = clock.now()
  const profile = await profileFor(store.db, candidate)
  const opened = await store.transaction(async (trx) => {
    const personId = await ensurePerson(trx, candidate, { vouch: vouchOf(shown), from: origin.from, now })
    const pending = await owedBy({ candidate, personId, profile, shown, from: origin.from, now }, trx)
    if (shown.replaces !== null) await endSession(trx, shown.replaces, now)
    await dropOldSessions(trx, now)
    if (pending === null) await tellOpened(trx, { candidate, personId, shown, from: origin.from, now })
    return openSession(trx, {
      personId,
      ...origin,
      now,
      pending,
      method: shown.method,
      factor: shown.factor,
      idleMs: profile.idleMinutes * 60_000,
      lifeMs: profile.sessionHours * 3_600_000,
    })
  })
  const signedIn = await findSession(store, opened.secret, now)
  if (!signedIn) throw new Error('the session that was opened is not there')
  return { ...opened, sessionId: signedIn.sessionId, me: await meOfSession(signedIn, deps) }
}

function vouchOf({ method }: Shown): 'single-sign-on' | 'word' | null {
  if (method === 'password' || method === 'passkey') return null
  return method === 'directory' ? 'word' : 'single-sign-on'
}

/** Goes on with a session that owed something: opens the next one for the same person. */
export async function goOn(
  session: { readonly sessionId: string; readonly personId: string; readonly method: string },
  factor: Shown['factor'],
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const candidate = await candidateById(deps.store.db, session.personId)
  if (!candidate) throw new Error('the person of a session is gone')
  return openFor(candidate, { method: session.method, factor, replaces: session.sessionId }, origin, deps)
}

type Owing = {
  readonly candidate: Candidate
  readonly personId: string
  readonly profile: Profile
  readonly shown: Shown
  readonly from: string
  readonly now: number
}

/** What is still owed, in this order: the second factor, the password's change, the factor's enrolment. */
async function owedBy(owing: Owing, trx: Trx): Promise<Pending | null> {
  const { candidate, personId, profile, shown, from, now } = owing
  const isOwn = shown.method === 'password' || shown.method === 'directory'
  const isAsked = asksFactor(profile, from)
  // Whoever vouches elsewhere asks there for what it wants: single sign-on is not asked twice (behaviour
  // §10).
  if (isOwn && shown.factor === null) {
    const has = (await factorsOf(trx, personId)).length > 0
    if (has && (isAsked || profile.secondFactor !== 'outside')) return 'second-factor'
  }
  if (shown.method === 'password' && (await mustChange(candidate, trx, now))) return 'change-password'
  if (isOwn && isAsked && shown.factor === null) {
    const due = candidate.factorDueAt ?? now + profile.graceDays * DAY_MS
    if (candidate.factorDueAt === null)
      await trx.updateTable('person').set({ factor_due_at: due }).where('id', '=', personId).execute()
    if (due <= now) return 'enrol-second-factor'
  }
  return null
}

async function mustChange(candidate: Candidate, trx: Trx, now: number): Promise<boolean> {
  if (candidate.password === null) return false
  if (candidate.mustChange) return true
  const { expiryDays } = await passwordRulesOf(trx, candidate.tenantId)
  return expiryDays > 0 && candidate.passwordSetAt + expiryDays * DAY_MS <= now
}

async function tellOpened(
  trx: Trx,
  opened: {
    readonly candidate: Candidate
    readonly personId: string
    readonly shown: Shown
    readonly from: string
    readonly now: number
  },
): Promise<void> {
  const { candidate, personId, shown, from, now } = opened
  const actor: Actor = { kind: 'person', id: personId, name: candidate.name }
  const after = { by: methodWords(shown.method, shown.provider ?? null, shown.factor) }
  const entry = { action: 'session.opened', subject: `sign-in of ${candidate.name}`, before: null, after }
  await appendAudit(trx, { tenantId: candidate.tenantId, actor, from }, { ...entry, at: now })
}
