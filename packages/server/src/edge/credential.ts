// Service credentials as the edge uses them: opened when somebody proves to know one, and looked at again at
// each MAIL, so that a revoked one ends within the session.
import type { Directory, StoredCredential } from '#facts/sources.ts'
import type { ScramKeys } from '#platform/scram-keys.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import type { Session } from './session.ts'

/** The column that sealed keys are bound to. */
export const CREDENTIAL_COLUMN = 'smtp_credential.keys'

/** The keys, or null when they cannot be opened: the key file is another one, or somebody moved the row. */
export function openKeys(secrets: Pick<SecretBox, 'open'>, stored: StoredCredential): ScramKeys | null {
  const { tenantId, id } = stored
  try {
    return JSON.parse(secrets.open(stored.keys, { tenantId, column: CREDENTIAL_COLUMN, id })) as ScramKeys
  } catch {
    return null
  }
}

/** Tenants that this session may relay for: the credential's, else those that authorised its address. */
export function authorizedFor({ credential, wire }: Session, directory: Directory): readonly string[] {
  return credential === null ? directory.authorizedFor(wire.clientIp) : credential.tenants
}

/** Whether the credential of a session still is what it was when it was proven. */
export function isStillGood(credential: StoredCredential, directory: Directory): boolean {
  const now = directory.credential(credential.username)
  return now !== null && now.id === credential.id && now.keys === credential.keys
}
