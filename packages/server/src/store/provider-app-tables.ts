// Tables of the operator's application at Microsoft as Kysely sees them; part of the control store's schema.

export type ProviderAppTable = {
  /** `entra`: there is one. */
  readonly id: 'entra'
  client_id: string
  cloud: 'global' | 'us-government' | 'us-dod' | 'china'
  credential: 'secret' | 'certificate'
  /** Sealed in place `provider_app.secret`. */
  secret: string
  secret_set_at: number
  secret_expires_at: number | null
  updated_at: number
  updated_by: string
}

/** Which tenant of Microsoft an organisation consented for; proven by a validated domain, never typed. */
export type EntraConsentTable = {
  readonly tenant_id: string
  entra_tenant: string
  domain: string
  /** The application that consent was given to. */
  client_id: string
  consented_at: number
  asked_by: string
}
