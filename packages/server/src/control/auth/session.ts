// Sessions: a random secret in the cookie, its digest here; they end idle after 12 hours and in any case
// after 7 days.
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Db, Store } from '#store/open.ts'

export const SESSION_IDLE_MS = 12 * 3_600_000
export const SESSION_MS = 7 * 24 * 3_600_000
/** Being seen is written this often at most. */
const TOUCH_MS = 60_000
/** Ended sessions stay so long to tell known addresses from new ones at sign-in. */
const KEPT_AFTER_END_MS = 30 * 24 * 3_600_000

export type NewSession = {
  readonly personId: string
  readonly from: string
  readonly userAgent: string
  readonly now: number
}

export type SignedIn = {
  readonly sessionId: string
  readonly person: {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly operator: boolean
  }
}

/** Opens a session and returns the secret for its cookie, which is kept nowhere else. */
export async function openSession(
  db: Db,
  session: NewSession,
): Promise<{ readonly secret: string; readonly expiresAt: number }> {
  const { personId, from, userAgent, now } = session
  const secret = newSecret()
  const expiresAt = now + SESSION_MS
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
    })
    .execute()
  return { secret, expiresAt }
}

/** Who a cookie's secret stands for, or null when the session has ended. */
export async function findSession(store: Store, secret: string, now: number): Promise<SignedIn | null> {
  const row = await store.db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select([
      'session.id as session_id',
      'session.seen_at',
      'person.id',
      'person.name',
      'person.email',
      'person.operator',
    ])
    .where('session.digest', '=', digestOf(secret))
    .where('session.expires_at', '>', now)
    .where('session.seen_at', '>', now - SESSION_IDLE_MS)
    .executeTakeFirst()
  if (!row) return null
  if (row.seen_at <= now - TOUCH_MS) {
    await store.db.updateTable('session').set({ seen_at: now }).where('id', '=', row.session_id).execute()
  }
  const { id, name, email } = row
  return { sessionId: row.session_id, person: { id, name, email, operator: row.operator === 1 } }
}

/** Ends one session at once. */
export async function endSession(db: Db, sessionId: string, now: number): Promise<void> {
  await db.updateTable('session').set({ expires_at: now }).where('id', '=', sessionId).execute()
}

/** Whether a person signed in from this address before. */
export async function isKnownAddress(db: Db, personId: string, from: string): Promise<boolean> {
  const row = await db
    .selectFrom('session')
    .select('id')
    .where('person_id', '=', personId)
    .where('from_address', '=', from)
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
