// Tables of what administrators decide about mail: rules, address groups, and their revisions (P1, P6).
import type { Generated } from 'kysely'
import type { Flag, Json } from './columns.ts'

/** A policy of an administrator; edges know it as a rule. */
export type PolicyTable = {
  readonly id: string
  readonly tenant_id: string
  readonly type: string
  name: string
  description: string
  /** Folded words of name, description and both sides. */
  search: string
  enabled: Flag
  readonly origin: 'person' | 'default' | 'service'
  /** The domain or service it was made for. */
  readonly origin_id: string | null
  readonly locked: Flag
  /** Groups its sides name. */
  from_group: string | null
  to_group: string | null
  valid_from: number | null
  valid_until: number | null
  /** Sides, conditions and option of a PolicyRule. */
  rule: Json
  readonly created_at: number
  readonly created_by: string
  updated_at: number
  revision: number
}

export type AddressGroupTable = {
  readonly id: string
  readonly tenant_id: string
  name: string
  /** Folded, for the order of the list. */
  name_key: string
  description: string
  search: string
  /** `directory` groups are read, never written here. */
  readonly origin: 'person' | 'default' | 'directory'
  /** `{ addresses: address keys, domains: A-labels }`. */
  entries: Json
  address_count: number
  domain_count: number
  /** Of directory groups: the kind of directory, its connector and the group's id there. */
  source: Generated<string | null>
  connector_id: Generated<string>
  external_id: Generated<string | null>
  /** Users in it, nested groups counted in. */
  member_count: Generated<number>
  readonly created_at: number
  updated_at: number
  revision: number
}

/** The history of one policy or group, also when it is gone. */
export type PolicyRevisionTable = {
  readonly tenant_id: string
  readonly subject_id: string
  /** The tenant's settings revision. */
  readonly number: number
  readonly at: number
  readonly actor: string
  readonly action: 'created' | 'changed' | 'removed' | 'enabled' | 'disabled'
  readonly reason: string
  /** `[{ field, before, after }]`. */
  readonly changes: Json
}

/** Defaults an organisation was given: `organisation`, or `domain:` and the id of a domain. */
export type PolicyDefaultTable = {
  readonly tenant_id: string
  readonly name: string
  readonly made_at: number
}
