// Sessions as people see them: where, on what, since when, and the end of those that are not wanted.
import type { Session } from '@gatepost/contract/account.ts'
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/**
 * Sessions of a person that are open, the newest first. Shown to an organisation (`tenantId`), identity
 * providers of others bear no name.
 */
export async function sessionsOf(
  db: Db,
  options: {
    readonly personId: string
    readonly current: string | null
    readonly now: number
    readonly tenantId?: string
  },
): Promise<readonly Session[]> {
  const { personId, current, now, tenantId } = options
  // Only the name of what this person signed in with is read.
  const rows = await acrossTenants(db)
    .selectFrom('session')
    .leftJoin('identity_provider', 'identity_provider.id', 'session.method')
    .select(['session.id', 'session.created_at', 'session.seen_at', 'session.expires_at', 'session.idle_ms'])
    .select(['session.from_address', 'session.user_agent', 'session.method', 'session.factor'])
    .select(['identity_provider.name as provider', 'identity_provider.tenant_id as provider_tenant'])
    .where('session.person_id', '=', personId)
    .where('session.expires_at', '>', now)
    .where('session.pending', 'is', null)
    .orderBy('session.id', 'desc')
    .limit(SESSIONS_SHOWN_MAX)
    .execute()
  return rows
    .filter((row) => Number(row.seen_at) > now - Number(row.idle_ms))
    .map((row) => ({
      id: row.id,
      current: row.id === current,
      createdAt: Number(row.created_at),
      seenAt: Number(row.seen_at),
      expiresAt: Number(row.expires_at),
      from: row.from_address,
      device: deviceOf(row.user_agent),
      method: methodWords(
        row.method,
        tenantId === undefined || row.provider_tenant === tenantId ? row.provider : null,
        row.factor,
      ),
    }))
}

/** More than anybody looks through; "end all others" ends the rest as well. */
const SESSIONS_SHOWN_MAX = 200

/** Ends one session of a person; false when it is not theirs or over. */
export async function endOneSession(
  db: Db,
  options: { readonly personId: string; readonly sessionId: string; readonly now: number },
): Promise<boolean> {
  const ended = await db
    .updateTable('session')
    .set({ expires_at: options.now })
    .where('id', '=', options.sessionId)
    .where('person_id', '=', options.personId)
    .where('expires_at', '>', options.now)
    .returning('id')
    .execute()
  return ended.length > 0
}

/** "Firefox on Windows", of a User-Agent that may say anything. */
export function deviceOf(userAgent: string): string {
  const browser = BROWSERS.find(([found]) => found.test(userAgent))?.[1]
  const system = SYSTEMS.find(([found]) => found.test(userAgent))?.[1]
  if (browser && system) return `${browser} on ${system}`
  return browser ?? system ?? 'Unknown device'
}

const OWN_METHODS: ReadonlyMap<string, string> = new Map([
  ['password', 'Password'],
  ['directory', 'Directory password'],
  ['passkey', 'Passkey'],
])

export function methodWords(method: string, provider: string | null, factor: string | null): string {
  // An identity provider that was removed, or is another organisation's, has no name here.
  const by = provider ?? OWN_METHODS.get(method) ?? 'Single sign-on'
  if (factor === null) return by
  const words = factor === 'totp' ? 'code' : factor === 'passkey' ? 'passkey' : 'recovery code'
  return `${by} and ${words}`
}
