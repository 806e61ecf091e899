// What reading a directory by LDAP needs to know, and the effects it is given.

export type LdapOptions = {
  readonly host: string
  readonly alternateHost: string | null
  readonly port: number
  readonly encryption: 'tls' | 'start-tls' | 'none'
  readonly certificate: 'strict' | 'pinned' | 'relaxed'
  /** The name the certificate must bear; null for the host's. */
  readonly certificateName: string | null
  /** SHA-256 in hexadecimal, with or without colons. */
  readonly fingerprint: string | null
  /** PEM of an authority of one's own. */
  readonly authority: string | null
  readonly userName: string
  readonly baseDn: string
  readonly filter: string | null
}

export type LdapEffects = {
  /** Addresses of a host that may be connected to. Throws `DirectoryFault` of step `resolve`. */
  targets(host: string, port: number): Promise<readonly { readonly address: string; readonly port: number }[]>
  now(): number
}

/** How long a server may take to be reached and to greet. */
export const CONNECT_MS = 5_000
/** How long it may take to answer one question; a page of a slow disk takes seconds. */
export const ANSWER_MS = 30_000
