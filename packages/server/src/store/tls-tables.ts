// Tables of TLS with partners.

/** A domain whose mail hosts' TLS is tested (C15). */
export type TlsPartnerTable = {
  readonly tenant_id: string
  /** A-label, lower case. */
  readonly domain: string
  readonly added_at: number
  readonly added_by: string
  /** The last test as JSON; null before the first. */
  test: string | null
}
