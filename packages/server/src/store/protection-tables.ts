// Tables of recipients seen, senders that use our domains, and trusted services; part of the control store's
// schema.

/** A recipient that was taken without being listed (R1). */
export type SeenRecipientTable = {
  readonly tenant_id: string
  readonly domain: string
  /** Address key. */
  readonly address: string
  readonly first_seen_at: number
  last_seen_at: number
  messages: number
  /** What the mail host said of them, as far as it was heard. */
  delivered: number
  refused: number
  /** Set aside by a person: not asked about again. */
  dismissed_at: number | null
}

/** Somebody outside who sends with a domain of the tenant (F5). */
export type SpoofSourceTable = {
  readonly tenant_id: string
  /** The domain of the tenant that is used. */
  readonly domain: string
  /** What it is recognised by: who signed, the organisation of its verified host name, its network. */
  readonly kind: 'dkim' | 'host' | 'network'
  readonly source: string
  readonly first_seen_at: number
  last_seen_at: number
  accepted: number
  refused: number
  /** Taken because the rule only reports. */
  reported: number
  /** The newest message, `SpoofSample` as JSON. */
  sample: string
  dismissed_at: number | null
}

/** A sender that is trusted as one thing (S7). */
export type TrustedServiceTable = {
  readonly id: string
  readonly tenant_id: string
  name: string
  /** Its key in the catalogue, when it came from there. */
  readonly catalogue: string | null
  readonly identity: 'dkim' | 'host' | 'ip' | 'from'
  /** The signing domain, host name pattern, address range or sender. */
  readonly value: string
  /** Sender addresses or domains it uses, as JSON. */
  readonly senders: string
  comment: string
  readonly created_at: number
  readonly created_by: string
  readonly revision: number
}
