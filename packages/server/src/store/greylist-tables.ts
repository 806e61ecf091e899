// The tables of greylisting as Kysely sees them (migration 5).

export type GreylistHourTable = {
  tenant_id: string
  /** Epoch milliseconds at the hour's begin. */
  hour: number
  deferred: number
  observed: number
  lost: number
  accepted: number
  delay_ms: number
  /** JSON: how many delays fell into each bucket. */
  delays: string
}

export type GreylistEndedTable = {
  tenant_id: string
  id: string
  outcome: 'accepted' | 'never-retried'
  /** Empty for the null reverse-path. */
  reverse_path: string
  forward_path: string
  client_ip: string
  identity: string
  first_at: number
  ended_at: number
  attempts: number
}

export type GreylistPassTable = { tenant_id: string; identity: string; passed_at: number }

/** Authors who wrote before (F4): digests of who wrote to whom, `link/known-author.ts`. */
export type KnownAuthorTable = { tenant_id: string; key: string; seen_at: number }

/** Organisations whose tracking was read for known authors, and what came of it. */
export type FirstContactSeedTable = {
  readonly tenant_id: string
  readonly seeded_at: number
  readonly messages: number
  readonly pairs: number
}

export type GreylistReportTable = { id: string; taken_at: number }
