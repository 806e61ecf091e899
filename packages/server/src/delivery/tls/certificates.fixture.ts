// Authorities and certificates for tests, made by openssl.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Made = { readonly certificate: string; readonly key: string }

export type Authority = {
  readonly ca: Made
  /** A certificate for these names; the chain goes with it. */
  issue(names: readonly string[], options?: { readonly days?: number }): Made
}

/** Makes an authority; calls take some 20 ms each. */
export function makeAuthority(name = 'Test authority'): Authority {
  const subject = ['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:true']
  const ca = openssl((folder) => {
    run(folder, ['req', '-x509', ...KEY, ...subject, '-days', '3650', '-keyout', 'key', '-out', 'crt'])
    return read(folder)
  })
  return {
    ca,
    issue: (names, { days = 30 } = {}) =>
      openssl((folder) => {
        writeFileSync(join(folder, 'ca.crt'), ca.certificate)
        writeFileSync(join(folder, 'ca.key'), ca.key)
        writeFileSync(join(folder, 'ext'), `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}\n`)
        run(folder, ['req', '-new', ...KEY, '-subj', `/CN=${names[0]}`, '-keyout', 'key', '-out', 'csr'])
        const sign = ['x509', '-req', '-in', 'csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial']
        run(folder, [...sign, '-days', `${days}`, '-extfile', 'ext', '-out', 'crt'])
        const made = read(folder)
        return { ...made, certificate: made.certificate + ca.certificate }
      }),
  }
}

/** The certificates in a PEM text, as Node reads them. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (text) => new X509Certificate(text),
  )
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

function openssl(work: (folder: string) => Made): Made {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-ca-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(folder: string, args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
}

function read(folder: string): Made {
  return {
    certificate: readFileSync(join(folder, 'crt'), 'utf8'),
    key: readFileSync(join(folder, 'key'), 'utf8'),
  }
}
