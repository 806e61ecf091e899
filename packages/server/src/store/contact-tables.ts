// Tables of contact collections as Kysely sees them; part of the control store's schema.
import type { Generated } from 'kysely'

/** A run over sent mail (X1–X3), inside the gateway. */
export type ContactRunTable = {
  readonly id: string
  readonly tenant_id: string
  readonly source: 'gateway' | 'graph-trace' | 'graph-sent' | 'gmail' | 'imap'
  /** `stopped` and `failed` can be resumed. */
  state: 'running' | 'stopped' | 'failed' | 'complete'
  /** ContactSettings of control/contacts; never the secret. */
  readonly settings: string
  /** Sealed in place `contact_run.secret`; gone when the run is complete. */
  secret: string | null
  /** Rules of @gatepost/contacts. */
  readonly rules: string
  /** Messages sent later belong to the next run. */
  readonly until: number
  readonly started_at: number
  readonly started_by: string
  finished_at: number | null
  /** How long it ran, without its stops. */
  active_ms: number
  /** Null until they are listed. */
  parts: number | null
  part_index: number
  cursor: string | null
  part_title: string
  part_seen: number
  part_total: number | null
  seen: number
  /** LeftOut of @gatepost/contacts. */
  left_out: string
  skipped: number
  /** What it waits for at present. */
  waiting: string | null
  why: string | null
  remedy: string | null
}

export type ContactPartTable = {
  readonly tenant_id: string
  readonly run_id: string
  readonly position: number
  readonly part_id: string
  readonly title: string
  /** Why it was given up; null when it was not. */
  skipped: string | null
  /** Given up before any of it counted: it may be tried again. */
  untouched: Generated<0 | 1>
}

/** How often somebody wrote to somebody. */
export type ContactPairTable = {
  readonly tenant_id: string
  readonly run_id: string
  readonly user_key: string
  readonly external: string
  count: number
  first_at: number | null
  last_at: number | null
  readonly is_robot: 0 | 1
  /** Left out by a person in the review. */
  unticked: 0 | 1
}
