// Tables of signing and auto allow as Kysely sees them; part of the control store's schema.

export type DkimKeyState = 'pending' | 'seen' | 'active' | 'retiring' | 'gone'

/** A signing key of a domain (O6). */
export type DkimKeyTable = {
  readonly id: string
  readonly tenant_id: string
  readonly domain_id: string
  /** d= and s=. */
  readonly domain: string
  readonly selector: string
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
  readonly origin: 'generated' | 'imported'
  /** PKCS#8 PEM, sealed; null once the key is gone. */
  private_key: string | null
  /** p= of the record: base64. */
  readonly public_key: string
  readonly bits: number
  state: DkimKeyState
  readonly created_at: number
  readonly created_by: string
  /** First seen in DNS as it should be. */
  seen_at: number | null
  activated_at: number | null
  retired_at: number | null
  /** The record must stay until then. */
  retire_until: number | null
  gone_at: number | null
  /** JSON: `KeyLook`, what the name servers said last. */
  look: string | null
  /** Looks in a row that did not find the record. */
  misses: number
  checked_at: number | null
  next_check_at: number | null
  revision: number
}

export type SigningDomainTable = {
  readonly tenant_id: string
  readonly domain_id: string
  enabled: 0 | 1
  /** A new key is made after so many days; null leaves it to people. */
  rotate_days: number | null
  /** The old record stays for so many days. */
  overlap_days: number
  revision: number
}

export type ArcSettingTable = {
  readonly tenant_id: string
  seals: 'none' | 'forwarded' | 'all'
  /** JSON: domains whose seals are believed. */
  sealers: string
  revision: number
}

export type AutoAllowSettingTable = {
  readonly tenant_id: string
  enabled: 0 | 1
  days: number
  sample_percent: number
  revision: number
}

export type HeldReferenceTable = {
  readonly tenant_id: string
  readonly digest: string
  held_at: number
}
