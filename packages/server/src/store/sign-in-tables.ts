// Tables of signing in: profiles, identity providers, second factors, recovery codes, earlier passwords and
// one-time tickets; part of the control store's schema.

/** A person's second factor. */
export type SecondFactorTable = {
  readonly id: string
  readonly person_id: string
  readonly kind: 'totp' | 'passkey'
  name: string
  /** Sealed: the shared secret of a code generator, or public key and transports of a passkey as JSON. */
  secret: string
  /** Id of a passkey's credential; unique. */
  readonly credential_id: string | null
  /** The last time step of a code, or a passkey's signature counter: neither goes back. */
  last_step: number
  /** Null until the first code proved it. */
  confirmed_at: number | null
  readonly created_at: number
  last_used_at: number | null
}

export type RecoveryCodeTable = {
  readonly person_id: string
  readonly digest: string
  used_at: number | null
}

export type PasswordHistoryTable = {
  readonly person_id: string
  readonly password: string
  readonly at: number
}

/** What is used once and soon: challenges, requests to identity providers, links in mail. */
export type SignInTicketTable = {
  /** SHA-256 of the secret, or of a request's id. */
  readonly digest: string
  kind: 'passkey' | 'saml' | 'saml-request' | 'oidc' | 'finish' | 'reset' | 'entra-consent'
  person_id: string | null
  /** JSON, by kind. Nothing secret of others. */
  value: string
  created_at: number
  expires_at: number
}

/** How people sign in: for everybody, for administrators, or for groups. */
export type SignInProfileTable = {
  readonly tenant_id: string
  /** `default`, `administrators` or an id of its own. */
  readonly id: string
  name: string
  /** Lower comes first among those for groups. */
  position: number
  /** `ProfileSettings` as JSON. */
  settings: string
  readonly created_at: number
  revision: number
}

export type IdentityProviderTable = {
  readonly id: string
  readonly tenant_id: string
  readonly kind: 'saml' | 'oidc'
  name: string
  /** `SamlSettings` or `OidcSettings` as JSON. */
  settings: string
  /** Sealed client secret of OIDC; sealed private key of SAML requests. */
  secret: string | null
  secret_at: number | null
  enabled: 0 | 1
  /** `ProviderTest` as JSON; taken away by every change of the settings. */
  test: string | null
  last_used_at: number | null
  readonly created_at: number
  revision: number
}

/** The organisation's rules for passwords and its choice of how people sign in; no row: the defaults. */
export type SignInSettingsTable = {
  readonly tenant_id: string
  /** `PasswordRules` as JSON. */
  rules: string
  /** When somebody chose how people sign in (C4). */
  chosen_at: number | null
  /** A successful test sign-in against the directory, `DirectoryTest` as JSON. */
  directory_test: string | null
  /**
   * 1: identity provider and directory may also sign in operators of the installation; set by an operator.
   */
  vouches_for_operators: 0 | 1
  revision: number
}
