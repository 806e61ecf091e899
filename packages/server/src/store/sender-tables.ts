// Tables of managed senders as Kysely sees them; part of the control store's schema.
import type { Generated } from 'kysely'

/** What a user's list says of one sender. Found by user and sender, so it needs no id of its own. */
export type ManagedSenderTable = {
  readonly tenant_id: string
  /** Address key of the user's primary address, or of an address that no user has yet. */
  readonly user_key: string
  /** An address key, or a domain (A-label), which stands for its sub-domains too. */
  readonly sender: string
  /** The domain of an address; the domain itself else. */
  readonly sender_domain: string
  action: 'permit' | 'block'
  source: 'manual' | 'imported' | 'auto-allow' | 'trusted-service'
  /** Decisions 16: only ever set on domains. */
  only_if_authenticated: 0 | 1
  comment: string
  expires_at: number | null
  created_at: number
  created_by: string
  updated_at: number
  /** Written at most once a day (decisions 30). */
  last_used_at: number | null
  /** Such as the id of the import or of the trusted service. */
  reference: string | null
  /** Sampling found spam under this entry: it counts no more until the user writes to the sender again. */
  suspended_at: Generated<number | null>
  /** The message that suspended it. */
  suspended_by: Generated<string | null>
  /** Whether it is in the indexes for searches; those of large imports come in later. */
  in_search: Generated<0 | 1>
}

/** A user who has entries. */
export type SenderListTable = {
  readonly tenant_id: string
  readonly user_key: string
  entries: number
  changed_at: number
  /** Whether some of the entries may be outside of the indexes for searches. */
  search_trails: Generated<0 | 1>
}
