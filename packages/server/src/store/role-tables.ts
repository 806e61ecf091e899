// Tables of roles, invitations, API tokens, and cuts of the audit log (migration 18).
import type { Flag, Json } from './columns.ts'

/** A role that an organisation made. */
export type CustomRoleTable = {
  readonly id: string
  readonly tenant_id: string
  name: string
  /** Lower case. Unique in the tenant. */
  name_key: string
  description: string
  /** `string[]` of permissions. */
  permissions: Json
  created_at: number
  created_by: string
  updated_at: number
  revision: number
}

/** Everybody in the group holds the role. */
export type RoleGroupTable = {
  readonly tenant_id: string
  readonly group_id: string
  role: string
  created_at: number
  created_by: string
}

/** Somebody was asked to take a role; gone once that was done. */
export type InvitationTable = {
  readonly id: string
  readonly tenant_id: string
  email: string
  email_key: string
  name: string
  role: string
  as_operator: Flag
  /** SHA-256 of the link's secret. Unique. */
  digest: string
  created_at: number
  created_by: string
  expires_at: number
}

export type ApiTokenTable = {
  readonly id: string
  /** `system` for a token of the installation. */
  readonly tenant_id: string
  name: string
  /** The token's first letters, by which people tell it from others. */
  readonly hint: string
  /** SHA-256 of the whole token. Unique. */
  readonly digest: string
  /** `string[]` of permissions. */
  readonly permissions: Json
  readonly created_at: number
  /** Id of the person whose rights bound it; `local` for the command line. */
  readonly created_by: string
  readonly created_by_name: string
  readonly expires_at: number
  last_used_at: number | null
  last_used_from: string | null
  revoked_at: number | null
}

/** What retention took out of the audit log. The database keeps it as it keeps the log. */
export type AuditCutTable = {
  readonly id: string
  /** `system` for entries of the installation. */
  readonly tenant_id: string
  readonly before_at: number
  readonly at: number
  readonly note: string
}
