// Tables of outbound mail: logins, shared clouds, forwarding addresses, and what senders usually send; part
// of the control store's schema.

/** A login of a mail host (O3). */
export type SmtpCredentialTable = {
  readonly id: string
  readonly tenant_id: string
  /** What it is for, in words. */
  name: string
  /** Unique among all organisations: AUTH tells no other. */
  readonly username: string
  /** Sealed SCRAM keys as JSON; the place is `smtp_credential.keys` and the id. */
  keys: string
  created_at: number
  created_by: string
  /** When the password was made. */
  changed_at: number
  last_seen_at: number | null
  last_address: string | null
  revision: number
}

/** A shared cloud that the organisation sends through (O4). */
export type CloudLinkTable = {
  readonly tenant_id: string
  readonly provider: 'microsoft-365' | 'google-workspace'
  secret_digest: string | null
  secret_at: number | null
  created_at: number
  created_by: string
  last_seen_at: number | null
  revision: number
}

/** An id at the provider that a validated domain of the organisation proves. */
export type CloudTenantTable = {
  readonly tenant_id: string
  readonly provider: 'microsoft-365' | 'google-workspace'
  readonly cloud_id: string
  domain: string
  proven_at: number
  checked_at: number
}

/** Mail for one address goes to another (C13). */
export type ForwardingAddressTable = {
  readonly id: string
  readonly tenant_id: string
  /** Address key. */
  readonly address: string
  target: string
  keep_copy: 0 | 1
  comment: string
  created_at: number
  created_by: string
  last_seen_at: number | null
  revision: number
}

export type OutboundSettingTable = {
  readonly tenant_id: string
  /** Sealed; the place is `outbound_setting.srs_key` and the tenant. */
  srs_key: string | null
  hourly_recipients: number | null
  revision: number
}

export type SenderKind = 'credential' | 'address' | 'author'

/** What a sender sent in an hour; kept for four weeks. */
export type SenderHourTable = {
  readonly tenant_id: string
  readonly kind: SenderKind
  readonly identity: string
  /** Hours since the epoch. */
  readonly hour: number
  messages: number
  recipients: number
}

/** A sender that sent far more than it used to (6.8). Open until a person releases it. */
export type SenderWarningTable = {
  readonly id: string
  readonly tenant_id: string
  readonly kind: SenderKind
  readonly identity: string
  action: 'throttle' | 'hold'
  readonly began_at: number
  /** Recipients of the hour that raised it, and the most of the weeks before. */
  readonly recipients: number
  readonly usual: number
  /** Subjects of the last messages as JSON, for the person who has to judge. */
  readonly sample: string
  released_at: number | null
  released_by: string | null
  revision: number
}
