// Signing in and out, and who a session stands for.
import type { Me } from '@gatepost/contract/session.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { digestOf } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Actor, ControlDeps } from '../scope.ts'
import { meOf } from './access.ts'
import type { SignInAttempts } from './attempts.ts'
import type { Passwords } from './password.ts'
import {
  dropOldSessions,
  endSession,
  findSession,
  isKnownAddress,
  openSession,
  type SignedIn,
} from './session.ts'

export type AuthDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit'> & {
  readonly passwords: Passwords
  readonly attempts: SignInAttempts
}

/** Where a request came from, as far as we believe it. */
export type RequestOrigin = { readonly from: string; readonly userAgent: string }

/** What a sign-in gives: the secret goes into the cookie and nowhere else. */
export type OpenedSession = { readonly me: Me; readonly secret: string; readonly expiresAt: number }

/**
 * Signs a person in. A session that the request already had (`replaces`) ends, so that nobody can plant one.
 * Throws `wrong-credentials` alike for unknown accounts and wrong passwords, and `too-many-attempts`.
 */
export async function signIn(
  input: { readonly email: string; readonly password: string; readonly replaces?: string | null },
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const { store, clock, emit } = deps
  const account = addressKey(input.email)
  const person = await store.db
    .selectFrom('person')
    .select(['id', 'name', 'password'])
    .where('email_key', '=', account)
    .executeTakeFirst()
  const isKnown = person !== undefined && (await isKnownAddress(store.db, person.id, origin.from))
  // Accounts are counted by digest, so that long made-up names cost no memory.
  const attempt = { account: digestOf(account), from: origin.from, isKnown }
  const waitSeconds = deps.attempts.take(attempt)
  if (waitSeconds > 0) {
    throw problem('too-many-attempts', `Too many attempts. Wait ${waitSeconds} seconds before the next.`, {
      retryAfterSeconds: waitSeconds,
    })
  }
  const isRight = await deps.passwords.verify(input.password, person?.password ?? null)
  if (!isRight || !person) {
    emit('control.sign-in.failed', { from: origin.from })
    throw problem('wrong-credentials')
  }
  deps.attempts.giveBack(attempt)
  const now = clock.now()
  const opened = await store.transaction(async (trx) => {
    if (input.replaces) {
      await trx
        .updateTable('session')
        .set({ expires_at: now })
        .where('digest', '=', digestOf(input.replaces))
        .where('expires_at', '>', now)
        .execute()
    }
    await dropOldSessions(trx, now)
    const actor: Actor = { kind: 'person', id: person.id, name: person.name }
    const entry = {
      action: 'session.opened',
      subject: `sign-in of ${person.name}`,
      before: null,
      after: null,
    }
    await appendAudit(trx, { tenantId: null, actor, from: origin.from }, { ...entry, at: now })
    return openSession(trx, { personId: person.id, ...origin, now })
  })
  return { ...opened, me: await meOf(person.id, deps) }
}

/** Who a cookie's secret stands for; null when nobody. */
export function findSignedIn(secret: string, { store, clock }: AuthDeps): Promise<SignedIn | null> {
  return findSession(store, secret, clock.now())
}

export function signOut(signedIn: SignedIn, { store, clock }: AuthDeps): Promise<void> {
  return endSession(store.db, signedIn.sessionId, clock.now())
}
