// Tables of retention and holds (migration 19).

/** What an organisation keeps other than as it comes. */
export type RetentionTable = {
  readonly tenant_id: string
  readonly class: string
  /** Null: for ever. */
  days: number | null
  changed_at: number
  changed_by: string
  revision: number
}

/** What the last run removed. */
export type RetentionRunTable = {
  readonly tenant_id: string
  readonly class: string
  at: number
  removed: number
}

/** An address whose data must not be erased. */
export type DataHoldTable = {
  readonly id: string
  readonly tenant_id: string
  readonly address: string
  readonly address_key: string
  readonly reason: string
  readonly created_at: number
  readonly created_by: string
}
