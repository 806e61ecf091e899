// Tables of synchronisation agents as Kysely sees them; part of the control store's schema.

/** A site: an agent inside a network of the organisation (D6). */
export type AgentTable = {
  readonly id: string
  readonly tenant_id: string
  site: string
  /** Digest of the agent's token; null before it is paired. */
  token_digest: string | null
  /** Digest of the one-time code; null when there is none. */
  code_digest: string | null
  code_expires_at: number | null
  paired_at: number | null
  live_sign_in: 0 | 1
  last_seen_at: number | null
  last_seen_from: string | null
  version: string | null
  platform: string | null
  host_name: string | null
  /** AgentStatus of the contract. */
  status: string | null
  readonly created_at: number
}

/** One listing on its way, or whole. */
export type AgentPushTable = {
  readonly tenant_id: string
  readonly agent_id: string
  /** Chosen by the agent. */
  readonly id: string
  readonly started_at: number
  /** Null while chunks are missing. */
  completed_at: number | null
  chunks: number
  entries: number
  /** JSON list. */
  not_listed: string
}

export type AgentChunkTable = {
  readonly tenant_id: string
  readonly agent_id: string
  readonly push_id: string
  readonly number: number
  entries: number
  /** AgentEntry of the contract, as a JSON list. */
  body: string
}
