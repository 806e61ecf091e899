// Certificates of the installation: which host names have one, from where, until when, and what became of the
// last renewal.
import * as z from 'zod'
import { Nothing, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** `fetched` by ACME, from a `file` of the operator, or made by the gateway itself. */
export const CertificateSource = z.enum(['fetched', 'file', 'self-made'])

/**
 * `waiting`: never fetched so far. `failing`: the last try failed. `expiring`: within 14 days, and nobody
 * here renews it.
 */
export const CertificateState = z.enum([
  'valid',
  'waiting',
  'failing',
  'expiring',
  'expired',
  'self-made',
  'unreadable',
])
export type CertificateState = z.infer<typeof CertificateState>

export const Certificate = z.object({
  /** The host name it was fetched for, or the first one in the file. */
  name: z.string(),
  source: CertificateSource,
  state: CertificateState,
  /** Clients that name no host, or one that has no certificate, get this one. */
  isUsual: z.boolean(),
  names: z.array(z.string()),
  issuer: z.string().nullable(),
  validFrom: Time.nullable(),
  validUntil: Time.nullable(),
  issuedAt: Time.nullable(),
  /** Null where nobody here renews. */
  nextAt: Time.nullable(),
  triedAt: Time.nullable(),
  /** Tries in a row that failed. */
  failures: z.int(),
  /** What the authority said at the last of them. */
  lastError: z.string().nullable(),
  keyMadeAt: Time.nullable(),
  /** The record of DANE that vouches for the key, and whether the zone has it. */
  tlsa: z
    .object({
      name: z.string(),
      record: z.string(),
      published: z.enum(['matches', 'differs', 'none', 'unknown']),
    })
    .nullable(),
  /** The file, for those that come from one. */
  file: z.string().nullable(),
})
export type Certificate = z.infer<typeof Certificate>

export const Certificates = z.object({
  /** Null while nothing is fetched. */
  acme: z
    .object({
      directory: z.string(),
      contact: z.string().nullable(),
      /** Where challenges are answered, besides the console’s port. */
      listeners: z.array(z.object({ host: z.string(), port: z.int() })),
      reuseKey: z.boolean(),
    })
    .nullable(),
  items: z.array(Certificate),
  /** Host names that lead here and that no certificate names. */
  proposals: z.array(z.object({ name: z.string(), because: z.string() })),
  /** The settings that would fetch a certificate for all of them. */
  configuration: z.string().nullable(),
})
export type Certificates = z.infer<typeof Certificates>

const common = { tag: 'Installation', query: Nothing, body: Nothing } as const

export const listCertificates = endpoint({
  ...common,
  name: 'listCertificates',
  method: 'GET',
  path: '/v1/system/certificates',
  allow: 'system:read',
  summary: 'Certificates of SMTP and of the console, with their renewals and what the authority said.',
  params: Nothing,
  output: Certificates,
  status: 200,
  problems: [],
})

export const renewCertificate = endpoint({
  ...common,
  name: 'renewCertificate',
  method: 'POST',
  path: '/v1/system/certificates/{name}/renew',
  allow: 'system:write',
  summary:
    'Fetches the certificate of a host name now. It runs in the background: list again for the outcome.',
  params: z.object({ name: z.string().min(1).max(253) }),
  output: Certificate,
  status: 202,
  problems: ['not-found', 'check-too-soon'],
})
