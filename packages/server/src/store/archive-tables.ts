// Tables of the archive (migration 34): settings and what people do with it. Entries stand in files.
import type { Flag, Json } from './columns.ts'

export type ArchiveSettingTable = {
  readonly tenant_id: string
  enabled: Flag
  /** Searches and looks need a reason. */
  ask_reason: Flag
  /** Null: for ever. */
  days: number | null
  /** Sealed; 32 octets in base64. */
  key: string
  /** Changes when the archive is destroyed and begun anew. */
  key_id: string
  journal_enabled: Flag
  /** The part of the journal address that nobody guesses. */
  journal_token: string
  alternate_token: string
  silence_minutes: number
  head_seq: number
  /** SHA-256 in hex; '' before the first record. */
  head_hash: string
  readonly created_at: number
  changed_at: number
  changed_by: string
  revision: number
}

export type ArchiveRuleTable = {
  readonly id: string
  readonly tenant_id: string
  readonly kind: 'domain' | 'group' | 'address'
  readonly value: string
  days: number
  readonly created_at: number
  readonly created_by: string
  revision: number
}

/** What fits the query is neither purged nor erased until the hold ends. */
export type ArchiveHoldTable = {
  readonly id: string
  readonly tenant_id: string
  readonly name: string
  readonly reason: string
  readonly query: Json
  readonly created_at: number
  readonly created_by: string
  ended_at: number | null
  ended_by: string | null
}

export type ArchiveExportTable = {
  readonly id: string
  readonly tenant_id: string
  readonly format: 'mbox' | 'zip'
  readonly query: Json
  readonly reason: string | null
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  done: number
  total: number
  bytes: number
  /** Found beyond what one export may hold. */
  left_out: number
  error: string | null
  readonly created_at: number
  readonly created_by: string
  finished_at: number | null
  readonly expires_at: number
}

export type ArchiveCheckTable = {
  readonly id: string
  readonly tenant_id: string
  state: 'running' | 'passed' | 'failed'
  readonly started_at: number
  readonly started_by: string
  finished_at: number | null
  records: number
  contents: number
  octets: number
  faults: Json
}

export type JournalHourTable = {
  readonly tenant_id: string
  /** Hours since 1970. */
  readonly hour: number
  reports: number
  flagged: number
  last_at: number
}
