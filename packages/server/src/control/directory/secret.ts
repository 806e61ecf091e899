// The one place where a connector's secret is sealed and opened (A7).
import type { SecretBox } from '#platform/secret-box.ts'
import type { ConnectorRow } from './store.ts'

const COLUMN = 'connector.secret'

/** The secret in the clear; null where none is set. Throws `SecretUnreadable`. */
export function openSecret(
  row: Pick<ConnectorRow, 'tenant_id' | 'id' | 'secret'>,
  secrets: SecretBox,
): string | null {
  if (row.secret === null) return null
  return secrets.open(row.secret, { tenantId: row.tenant_id, column: COLUMN, id: row.id })
}

export function sealSecret(
  secret: string,
  place: { readonly tenantId: string; readonly id: string },
  secrets: SecretBox,
): string {
  return secrets.seal(secret, { ...place, column: COLUMN })
}
