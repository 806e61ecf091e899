// Sessions: a random secret in the cookie, its digest here; idle and absolute ends come from the sign-in
// profile. One that still owes a second step is good for that step alone.
import type { Pending } from '@gatepost/contract/endpoint.ts'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Db, Store } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export const SESSION_IDLE_MS = 12 * 3_600_000
export const SESSION_MS = 7 * 24 * 3_600_000
/** Being seen is written this often at most. */
const TOUCH_MS = 60_000
/** A sign-in that is not complete by then begins anew. */
const PENDING_MS = {
  'second-factor': 600_000,
  'change-password': 3_600_000,
  'enrol-second-factor': 3_600_000,
}
/** Ended sessions stay so long to tell known addresses from new ones at sign-in. */
const KEPT_AFTER_END_MS = 30 * 24 * 3_600_000

export type NewSession = {
  readonly personId: string
  readonly from: string
  readonly userAgent: string
  readonly now: number
  readonly pending?: Pending | null
  /** `password`, `passkey`, `directory`, or an identity provider's id. */
  readonly method?: string
  readonly factor?: string | null
  readonly idleMs?: number
  readonly lifeMs?: number
}

export type SignedIn = {
  readonly sessionId: string
  readonly person: {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly operator: boolean
  }
  /** What is still owed; the session is good for that alone. */
  readonly pending: Pending | null
  readonly method: string
  /** When credentials were last shown. */
  readonly verifiedAt: number
}

/** Opens a session and returns the secret for its cookie, which is kept nowhere else. */
export async function openSession(
  db: Db,
  session: NewSession,
): Promise<{ readonly secret: string; readonly expiresAt: number }> {
  const { personId, from, userAgent, now, pending = null } = session
  const secret = newSecret()
  const expiresAt = now + (pending === null ? (session.lifeMs ?? SESSION_MS) : PENDING_MS[pending])
  await db
    .insertInto('session')
    .values({
      id: newId('ses', now),
      digest: digestOf(secret),
      person_id: personId,
      created_at: now,
      seen_at: now,
      expires_at: expiresAt,
      from_address: from,
      user_agent: userAgent.slice(0, 300),
      pending,
      method: session.method ?? 'password',
      factor: session.factor ?? null,
      idle_ms: session.idleMs ?? SESSION_IDLE_MS,
      verified_at: now,
    })
    .execute()
  return { secret, expiresAt }
}

/**
 * Who a cookie's secret stands for, or null when the session has ended. That of a user who was disabled is
 * over as long as that is so (product D2b).
 */
export async function findSession(store: Store, secret: string, now: number): Promise<SignedIn | null> {
  const row = await acrossTenants(store.db)
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .leftJoin('user', 'user.id', 'person.user_id')
    .select(['session.id as session_id', 'session.seen_at', 'session.pending', 'session.method'])
    .select(['session.verified_at', 'session.idle_ms'])
    .select(['person.id', 'person.name', 'person.email', 'person.operator'])
    .where('session.digest', '=', digestOf(secret))
    .where('session.expires_at', '>', now)
    .where((where) => where.or([where('user.id', 'is', null), where('user.enabled', '=', 1)]))
    .executeTakeFirst()
  if (!row || Number(row.seen_at) <= now - Number(row.idle_ms)) return null
  if (row.seen_at <= now - TOUCH_MS) {
    await store.db.updateTable('session').set({ seen_at: now }).where('id', '=', row.session_id).execute()
  }
  const { id, name, email, pending, method } = row
  return {
    sessionId: row.session_id,
    person: { id, name, email, operator: row.operator === 1 },
    pending,
    method,
    verifiedAt: Number(row.verified_at),
  }
}

/** Ends one session at once. */
export async function endSession(db: Db, sessionId: string, now: number): Promise<void> {
  await db.updateTable('session').set({ expires_at: now }).where('id', '=', sessionId).execute()
}

/** Ends the sessions of a person, but for one that may stay; returns how many. */
export async function endSessionsOf(
  db: Db,
  options: { readonly personId: string; readonly but: string | null; readonly now: number },
): Promise<number> {
  const { personId, but, now } = options
  const ended = await db
    .updateTable('session')
    .set({ expires_at: now })
    .where('person_id', '=', personId)
    .where('expires_at', '>', now)
    .$if(but !== null, (query) => query.where('id', '!=', but!))
    .returning('id')
    .execute()
  return ended.length
}

/** Notes that credentials were shown again. */
export async function noteVerified(db: Db, sessionId: string, now: number): Promise<void> {
  await db.updateTable('session').set({ verified_at: now }).where('id', '=', sessionId).execute()
}

/** Whether a person signed in from this address before; an unfinished sign-in is none. */
export async function isKnownAddress(db: Db, personId: string, from: string): Promise<boolean> {
  const row = await db
    .selectFrom('session')
    .select('id')
    .where('person_id', '=', personId)
    .where('from_address', '=', from)
    .where('pending', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Removes sessions that ended long ago. */
export async function dropOldSessions(db: Db, now: number): Promise<void> {
  await db
    .deleteFrom('session')
    .where('expires_at', '<', now - KEPT_AFTER_END_MS)
    .execute()
}
