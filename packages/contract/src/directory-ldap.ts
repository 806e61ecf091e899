// Settings of a directory read by LDAP: Active Directory, OpenLDAP and their kin (D3).
import * as z from 'zod'

/** Filters people write are short; a longer one is a list, and belongs into a group of the directory. */
const FILTER_MAX = 4_000
/** A chain of certificates, as text. */
const PEM_MAX = 40_000

export const LdapSettings = z.object({
  kind: z.literal('ldap'),
  /** Host name or address of a server (a domain controller). */
  host: z.string().trim().min(1).max(253),
  /** Asked when the first does not answer. */
  alternateHost: z.string().trim().max(253).nullable().default(null),
  port: z.int().min(1).max(65_535).default(636),
  /** `tls` from the first byte (636), `start-tls` on a plain port (389), `none` in the clear. */
  encryption: z.enum(['tls', 'start-tls', 'none']).default('tls'),
  /**
   * `strict`: issued by a known authority for this name. `pinned`: exactly the certificate whose fingerprint
   * was confirmed. `relaxed`: any.
   */
  certificate: z.enum(['strict', 'pinned', 'relaxed']).default('strict'),
  /** The name the certificate must bear, when it is not the host's. */
  certificateName: z.string().trim().max(253).nullable().default(null),
  /** SHA-256 of the certificate, in hexadecimal; for `pinned`. */
  fingerprint: z
    .string()
    .trim()
    .regex(/^[0-9a-f:]{64,95}$/i, 'Write the SHA-256 fingerprint: 64 hexadecimal digits.')
    .nullable()
    .default(null),
  /** PEM of the authority that issued the certificate, when it is one of your own. */
  authority: z.string().trim().max(PEM_MAX).nullable().default(null),
  /** Distinguished name, user principal name (`sync@corp.example`) or `CORP\sync`. */
  userName: z.string().trim().min(1).max(1_000),
  /** Everything below is read: `DC=corp,DC=example`. */
  baseDn: z.string().trim().max(1_000).default(''),
  /** Narrows which people are read, in LDAP's own words (RFC 4515). */
  filter: z.string().trim().max(FILTER_MAX).nullable().default(null),
})
export type LdapSettings = z.infer<typeof LdapSettings>
