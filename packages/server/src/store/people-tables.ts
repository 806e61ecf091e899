// Tables of the people an organisation's mail is for: users, their addresses, what names them, and the
// members of groups (D2).
import type { Generated } from 'kysely'
import type { Flag, Json } from './columns.ts'

/** What names a user. The last four are directories, read through a connector. */
export type PeopleSource =
  | 'manual'
  | 'spreadsheet'
  | 'seen-in-mail'
  | 'directory'
  | 'agent'
  | 'entra'
  | 'google'

export type UserTable = {
  readonly id: string
  readonly tenant_id: string
  /** Primary address as written; its key repeats in `user_address`. */
  email: string
  email_key: string
  name: string
  /** Folded name (NFKD, marks stripped, lower case) for prefix search. */
  name_key: string
  /** 0 stops sign-in, never mail (decisions 18). Follows from `enabled_locally` and what directories say. */
  enabled: Flag
  /** What an administrator or a list said. */
  enabled_locally: Generated<Flag>
  /** What it is to mail: a person, or something that only receives. */
  kind: Generated<'user' | 'shared-mailbox' | 'resource' | 'contact' | 'public-folder' | 'group'>
  /** `[[name, value], …]` by name, as its sources together say. */
  attributes: Generated<Json>
  /** Those that an administrator or a list gave, likewise. */
  local_attributes: Generated<Json>
  created_at: number
  updated_at: number
  revision: number
}

/** Primary address and aliases; the key is unique in a tenant. Each change of it is a feed item. */
export type UserAddressTable = {
  readonly tenant_id: string
  /** Decisions 22. */
  readonly address_key: string
  address: string
  user_id: string
  is_primary: Flag
  /** A-label domain of the address. */
  domain: string
  /** The strongest of what names it: `directory` for every kind of directory. */
  source: string
  /** Everything that names it, joined by spaces: `manual`, `directory:con_…`. Gone when this is empty. */
  named_by: Generated<string>
  created_at: number
}

/** Which sources name a user; a user without a source is removed. */
export type UserSourceTable = {
  readonly tenant_id: string
  readonly user_id: string
  readonly source: PeopleSource
  /** Empty for what is no directory. */
  readonly connector_id: Generated<string>
  /** The user's id in that directory, which outlives changes of its address. */
  external_id: Generated<string | null>
  /** Such as the id of the import. */
  reference: string | null
  /** What it said of the user last: `StoredClaim` of control/user/claim.ts. Null in rows of before. */
  claim: Generated<Json | null>
  since: number
  seen_at: number
}

/** A user in a group, through however many groups in between. */
export type GroupMemberTable = {
  readonly tenant_id: string
  readonly group_id: string
  readonly user_id: string
}

/** A direct member of a directory's group, by its id there. */
export type GroupLinkTable = {
  readonly tenant_id: string
  readonly group_id: string
  readonly member: string
}
