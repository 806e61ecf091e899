// Tables of digests as Kysely sees them.

export type DigestSettingTable = {
  readonly tenant_id: string
  enabled: 0 | 1
  /** JSON: days, times, time zone. */
  schedule: string
  language: 'en' | 'de' | 'fr'
  /** JSON: classes of held mail that are told of. */
  classes: string
  /** JSON: mailbox and who is told for it. */
  delegates: string
  next_at: number | null
  last_at: number | null
  revision: number
}

export type DigestChoiceTable = {
  readonly tenant_id: string
  /** Address key of the user's primary address. */
  readonly mailbox: string
  digest: 'on' | 'off' | null
  language: 'en' | 'de' | 'fr' | null
}

export type DigestSentTable = {
  readonly tenant_id: string
  readonly mailbox: string
  readonly at: number
  readonly messages: number
  readonly reason: 'schedule' | 'at-once' | 'asked'
}

export type DigestLinkTable = {
  /** SHA-256 of the token in the link. */
  readonly digest: string
  readonly tenant_id: string
  readonly mailbox: string
  /** The address the digest went to. */
  readonly reader: string
  readonly message_id: string
  readonly recipient_index: number
  readonly created_at: number
  readonly expires_at: number
  used_at: number | null
  used_for: string | null
}
