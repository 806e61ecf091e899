// Tables of fetched certificates as Kysely sees them; part of the control store's schema. They belong to the
// installation, not to organisations.

/** The account at a certificate authority; the key is who we are there. */
export type AcmeAccountTable = {
  readonly directory: string
  /** PEM, sealed in place `acme_account.private_key`. */
  private_key: string
  created_at: number
}

/** What a host answers with while the authority looks whether it is ours. */
export type AcmeChallengeTable = {
  readonly token: string
  proof: string
  expires_at: number
}

/** One host name; what is null was not issued yet. */
export type CertificateTable = {
  readonly name: string
  /** Of the authority that the times below belong to. */
  directory: string
  /** PEM, the certificate of the host first. */
  chain: string | null
  /** PEM, sealed in place `certificate.private_key`. */
  private_key: string | null
  key_made_at: number | null
  not_before: number | null
  not_after: number | null
  issued_at: number | null
  /** When it is fetched next. */
  next_at: number
  tried_at: number | null
  /** Tries in a row that failed. */
  failures: number
  /** What the authority said at the last of them. */
  last_error: string | null
}
