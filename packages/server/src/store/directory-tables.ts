// Tables of directory connectors as Kysely sees them; part of the control store's schema.

/** A directory that is read, with its brakes (D3–D6, D8). */
export type ConnectorTable = {
  readonly id: string
  readonly tenant_id: string
  name: string
  readonly kind: 'ldap' | 'entra' | 'google' | 'agent'
  /** ConnectorSettings of the contract; never the secret. */
  settings: string
  /** Sealed in place `connector.secret`. */
  secret: string | null
  secret_set_at: number | null
  enabled: 0 | 1
  /** JSON list. */
  domains: string
  acknowledge_disabled: 0 | 1
  delete_users: 0 | 1
  /** Null has no cap. */
  max_removals: number | null
  grace_days: number
  contacts: 0 | 1
  /** JSON list. */
  attributes: string
  /** ConnectorSchedule of the contract. */
  schedule: string
  /** When the first preview was accepted; nothing runs by itself before. */
  accepted_at: number | null
  /** Where delta reading goes on; null reads everything. */
  cursor: string | null
  /** `{ saw, remedy, since }` while the last run failed or was refused. */
  trouble: string | null
  /** ConnectorTest of the contract. */
  last_test: string | null
  last_run_id: string | null
  last_good_at: number | null
  next_run_at: number | null
  /** Who runs it at present, and until when that counts. */
  lease_holder: string | null
  lease_until: number
  created_at: number
  revision: number
}

/** What was last taken over of each entry, so that a run works on differences alone. */
export type ConnectorEntryTable = {
  readonly tenant_id: string
  readonly connector_id: string
  readonly external_id: string
  entry_kind: string
  name: string
  email: string | null
  /** Of the whole entry; empty when it could not be taken over and is to be tried again. */
  digest: string
  /** The entry without its members. */
  body: string
  /** Since when the directory does not list it; null while it does. */
  gone_since: number | null
}

/** One run: also the progress that a page shows. */
export type SyncRunTable = {
  readonly id: string
  readonly tenant_id: string
  readonly connector_id: string
  readonly trigger_kind: 'schedule' | 'person' | 'pushed'
  is_preview: 0 | 1
  state: 'reading' | 'previewed' | 'applying' | 'done' | 'refused' | 'failed' | 'cancelled' | 'replaced'
  started_at: number
  finished_at: number | null
  started_by: string
  /** 1 asks the runner to stop. */
  cancel_asked: 0 | 1
  /** Removals a person agreed to. */
  agreed_removals: number | null
  /** 1 while the removals of this run need a person's yes. */
  needs_yes: 0 | 1
  /** Cursor of the listing, kept once it is applied. */
  cursor: string | null
  entries_read: number
  entries_total: number | null
  planned: number
  applied: number
  adds: number
  changes: number
  removals: number
  leaving: number
  held: number
  kept: number
  skipped: number
  why: string | null
  remedy: string | null
  /** JSON list. */
  not_listed: string
}

/** One difference found by a run: first staged, later history. */
export type SyncChangeTable = {
  readonly tenant_id: string
  readonly run_id: string
  readonly position: number
  readonly change_kind: 'add' | 'change' | 'leave' | 'return' | 'remove'
  /** Order of application: people, then groups, then removals. */
  readonly phase: number
  readonly external_id: string
  readonly entry_kind: string
  readonly name: string
  readonly email: string | null
  /** `[{ field, before, after }]`. */
  readonly fields: string
  /** The entry as read, until it is applied. */
  body: string | null
  readonly digest: string
  outcome: 'planned' | 'applied' | 'skipped' | 'kept' | 'held'
  why: string | null
}
