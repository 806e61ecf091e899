// Tables of what edges are told (feed, snapshots, who works with which), of activity, and of the schema
// itself.
import type { Generated } from 'kysely'
import type { Json } from './columns.ts'

/** Lists that grow and reach edges through the feed. */
export type FeedList = 'recipient' | 'managed-sender' | 'greylist-pass' | 'person' | 'known-author'

/** Changes of lists that grow, in order (decisions 31). Write with `appendFeed` only. */
export type FeedTable = {
  readonly position: Generated<number>
  readonly tenant_id: string
  readonly list: FeedList
  /** Empty where `value` carries many entries at once. */
  readonly key: string
  /** Null removes the key. Batched lists: `[[key, value or null], …]`. */
  readonly value: Json | null
  readonly at: number
}

export type SnapshotTable = {
  readonly version: number
  feed_position: number
  created_at: number
}

/** Compiled settings of one tenant. Replaced ones stay a while for edges that are reading them. */
export type ShardTable = {
  readonly digest: string
  readonly tenant_id: string
  body: Json
  version: number
  created_at: number
  replaced_at: number | null
}

/** Tenants whose settings changed since they were last compiled. */
export type TenantDirtyTable = {
  readonly tenant_id: string
  /** Raised by each change, so that the publisher clears only what it compiled. */
  mark: number
  since: number
}

export type NodeEdgeTable = {
  readonly node: string
  readonly slot: number
  version: number
  seen_at: number
  /** Highest report sequence stored. */
  sequence: number
}

export type ActivityTable = {
  readonly id: string
  readonly tenant_id: string
  at: number
  kind: 'step' | 'mail' | 'check' | 'change'
  text: string
  /** Said of the contract: the text as a code. */
  said: Json | null
  message_id: string | null
  step: string | null
}

export type SchemaVersionTable = {
  readonly version: number
  readonly name: string
  readonly applied_at: number
}
