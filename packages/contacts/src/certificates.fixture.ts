// Certificates for tests and their hashes, both by openssl: the second opinion on what binds to TLS.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = {
  readonly certificate: string
  readonly key: string
  /** The hash of the certificate's DER in hexadecimal. */
  readonly hashBy: (algorithm: string) => string
}

const KEYS = {
  ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  // Short, for it is made anew each time and protects nothing.
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ed25519: ['-algorithm', 'ED25519'],
} as const

/** Certificates of 127.0.0.1 that sign themselves, by `openssl req` with these further words. */
export function makeCertificates(
  wanted: readonly { readonly key: keyof typeof KEYS; readonly args: readonly string[] }[],
): readonly Certificate[] {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-end-point-'))
  const openssl = (args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    for (const kind of new Set(wanted.map(({ key }) => key)))
      openssl(['genpkey', ...KEYS[kind], '-out', kind])
    const more = ['-addext', 'subjectAltName=IP:127.0.0.1', '-days', '30']
    return wanted.map(({ key, args }, index) => {
      // Names of their own: who trusts several looks for them by name.
      const subject = ['-subj', `/CN=exchange-${index}`, ...more]
      const der = openssl(['req', '-x509', '-new', '-outform', 'DER', '-key', key, ...subject, ...args])

      return {
        certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
        key: readFileSync(join(folder, key), 'latin1'),
        hashBy: (algorithm) =>
          execFileSync('openssl', ['dgst', `-${algorithm}`, '-binary'], { input: der }).toString('hex'),
      }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
