// Every column that holds sealed secrets: the rotation of the master key goes through them. A column that is
// missing here would be lost with the old key, so a test compares the list with where the code seals.

export type SealedColumn = {
  readonly table: string
  readonly column: string
  /** Column with the row's id, which is the `id` of the secret's place. */
  readonly id: string
  /** Column with the tenant of the place, or null for `system`. */
  readonly tenant: string | null
}

/**
 * Sealed values that nobody needs for long: an uploaded list is read again within the hour, or uploaded anew.
 * The rotation leaves them to their end.
 */
export const passingColumns: readonly string[] = ['user_import.raw']

/** The place's `column` is `TABLE.COLUMN`. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'archive_setting', column: 'key', id: 'key_id', tenant: 'tenant_id' },
  { table: 'connector', column: 'secret', id: 'id', tenant: 'tenant_id' },
  { table: 'provider_app', column: 'secret', id: 'id', tenant: null },
  { table: 'contact_run', column: 'secret', id: 'id', tenant: 'tenant_id' },
  { table: 'smtp_credential', column: 'keys', id: 'id', tenant: 'tenant_id' },
  { table: 'outbound_setting', column: 'srs_key', id: 'tenant_id', tenant: 'tenant_id' },
  { table: 'route', column: 'login_password', id: 'id', tenant: 'tenant_id' },
  { table: 'dkim_key', column: 'private_key', id: 'id', tenant: 'tenant_id' },
  { table: 'second_factor', column: 'secret', id: 'id', tenant: null },
  { table: 'alert_channel', column: 'webhook_secret', id: 'tenant_id', tenant: 'tenant_id' },
  { table: 'identity_provider', column: 'secret', id: 'id', tenant: 'tenant_id' },
  { table: 'acme_account', column: 'private_key', id: 'directory', tenant: null },
  { table: 'certificate', column: 'private_key', id: 'name', tenant: null },
  { table: 'receipt_key', column: 'private_key', id: 'id', tenant: null },
]
