// The order that looks at the TLS of a domain outside: every mail host, its certificate, DANE and MTA-STS
// (C15).
import * as z from 'zod'

export type TlsProbeOrder = {
  readonly kind: 'probe-tls'
  readonly id: string
  readonly tenantId: string
  /** A-label, lower case. */
  readonly domain: string
}

/** Texts come from hosts of others: cut where they are made, refused where they are longer. */
const Text = z.string().max(1_000)
/** As many exchangers as delivery looks at. */
export const TLS_HOSTS_MAX = 10

export const TlsProbedHost = z.object({
  host: Text,
  ip: Text.nullable(),
  /** `clear`: it offers no TLS. `unreachable`: nobody could look. */
  state: z.enum(['encrypted', 'clear', 'failed', 'unreachable']),
  /** What was seen, in a sentence. */
  saw: Text,
  version: Text.nullable(),
  cipher: Text.nullable(),
  certificate: z.object({ subject: Text, issuer: Text, notAfter: z.number(), fingerprint: Text }).nullable(),
  /** A public authority vouches for the host's name. */
  isVerified: z.boolean(),
  /** The certificate is for the recipient's domain or a name below it. */
  isForDomain: z.boolean(),
  /** `unavailable`: DNSSEC does not vouch for the way to the host, or our resolver does not validate. */
  dane: z.enum(['met', 'not-met', 'none', 'unavailable', 'failed']),
  /** Whether its MTA-STS policy names the host; null without a policy. */
  isNamedBySts: z.boolean().nullable(),
})
export type TlsProbedHost = z.infer<typeof TlsProbedHost>

export const TlsProbed = z.object({
  kind: z.literal('probe-tls'),
  mx: z.object({ state: z.enum(['found', 'none', 'failed']), saw: Text }),
  sts: z.object({
    state: z.enum(['enforce', 'testing', 'none', 'failed']),
    saw: Text,
    expiresAt: z.number().nullable(),
  }),
  hosts: z.array(TlsProbedHost).max(TLS_HOSTS_MAX),
})
export type TlsProbed = z.infer<typeof TlsProbed>
