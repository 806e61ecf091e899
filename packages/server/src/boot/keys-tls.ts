// Boot keys of TLS: certificates from files, and those that are fetched from a certificate authority by ACME
// (RFC 8555).
import * as z from 'zod'
import type { KeyDefinition } from './keys.ts'
import { CertificatePair, Endpoint, Hostname, YesNo } from './value-shapes.ts'

export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory'

/** In the order of the reference page. */
export const tlsKeys: readonly KeyDefinition[] = [
  {
    key: 'tls.certificate',
    env: 'GATEPOST_TLS_CERTIFICATE',
    schema: z.string().min(1),
    fallback: null,
    means:
      'PEM file with the certificate chain; watched. Default: one of tls.acme, else a self-made one in the data folder.',
  },
  {
    key: 'tls.key',
    env: 'GATEPOST_TLS_KEY',
    schema: z.string().min(1),
    fallback: null,
    means: 'PEM file with the private key of tls.certificate.',
  },
  {
    key: 'tls.certificates',
    env: 'GATEPOST_TLS_CERTIFICATES',
    schema: CertificatePair,
    fallback: [],
    list: true,
    means:
      'Further certificates, each as CHAIN.pem:KEY.pem; watched. A client that names one of their host names (SNI) gets it.',
  },
  {
    key: 'tls.acme.terms_agreed',
    env: 'GATEPOST_TLS_ACME_TERMS_AGREED',
    schema: YesNo,
    fallback: 'no',
    means:
      'yes: certificates are fetched and renewed by ACME, and you agree to the terms of the certificate authority.',
  },
  {
    key: 'tls.acme.directory',
    env: 'GATEPOST_TLS_ACME_DIRECTORY',
    schema: z.url({ protocol: /^https$/, error: 'expected an https address of an ACME directory' }),
    fallback: LETS_ENCRYPT,
    means: 'Directory of the certificate authority. Default: Let’s Encrypt.',
  },
  {
    key: 'tls.acme.contact',
    env: 'GATEPOST_TLS_ACME_CONTACT',
    schema: z.email('expected a mail address such as postmaster@example.net'),
    fallback: null,
    means: 'Mail address that the certificate authority may write to.',
  },
  {
    key: 'tls.acme.names',
    env: 'GATEPOST_TLS_ACME_NAMES',
    schema: Hostname,
    fallback: [],
    list: true,
    means:
      'Host names, each with a certificate of its own. Default: hostname, and the host of http.url with https.',
  },
  {
    key: 'tls.acme.listen',
    env: 'GATEPOST_TLS_ACME_LISTEN',
    schema: Endpoint,
    fallback: [],
    list: true,
    means:
      'Where challenges (HTTP-01) are answered, and nothing else; port 80 in production, such as 0.0.0.0:80. ' +
      'Not needed where a proxy brings /.well-known/acme-challenge/ to http.listen.',
  },
  {
    key: 'tls.acme.reuse_key',
    env: 'GATEPOST_TLS_ACME_REUSE_KEY',
    schema: YesNo,
    fallback: 'no',
    means:
      'yes: a renewal keeps the private key, so that a TLSA record 3 1 1 (DANE) stays true. A key that such a record names is kept anyway.',
  },
  {
    key: 'tls.acme.ca_file',
    env: 'GATEPOST_TLS_ACME_CA_FILE',
    schema: z.string().min(1),
    fallback: null,
    means:
      'PEM file with the authority that the directory’s own certificate is trusted by; for private authorities.',
  },
  {
    key: 'tls.acme.eab_key_id',
    env: 'GATEPOST_TLS_ACME_EAB_KEY_ID',
    schema: z.string().min(1).max(500),
    fallback: null,
    means: 'Key id of an external account, where the certificate authority asks for one.',
  },
  {
    key: 'tls.acme.eab_hmac_key',
    env: 'GATEPOST_TLS_ACME_EAB_HMAC_KEY',
    schema: z.string().regex(/^[\w-]{16,500}$/, 'expected base64url, as the certificate authority shows it'),
    fallback: null,
    secret: true,
    means: 'The key of that account.',
  },
]
