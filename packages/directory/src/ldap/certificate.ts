// Judging a directory server's certificate: strict by name and issuer, pinned by fingerprint, or not at all
// (D3).
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'
import { DirectoryFault } from '../entry.ts'
import type { LdapOptions } from './options.ts'

/** A certificate as a page shows it for confirmation. */
export type ShownCertificate = {
  /** SHA-256, upper-case hexadecimal with colons. */
  readonly fingerprint: string
  readonly subject: string
  readonly issuer: string
  readonly names: string[]
  /** Epoch milliseconds; null where the certificate says none that can be read. */
  readonly validUntil: number | null
}

export function shownCertificate(certificate: PeerCertificate): ShownCertificate {
  return {
    fingerprint: certificate.fingerprint256,
    subject: textOf(certificate.subject?.CN) || textOf(certificate.subject?.O) || '–',
    issuer: textOf(certificate.issuer?.CN) || textOf(certificate.issuer?.O) || '–',
    names: namesOf(certificate),
    validUntil: instantOf(certificate.valid_to),
  }
}

/** OpenSSL's `Nov 22 21:00:00 2027 GMT` as an instant. */
function instantOf(text: string): number | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}

/** What is wrong with a certificate by the connector's choice; null when it may be trusted. */
export function certificateFault(
  socket: TLSSocket,
  certificate: PeerCertificate,
  options: LdapOptions,
): DirectoryFault | null {
  if (options.certificate === 'relaxed') return null
  if (options.certificate === 'pinned') return pinFault(certificate, options)
  const name = options.certificateName ?? options.host
  if (!socket.authorized) return chainFault(String(socket.authorizationError), options)
  return checkServerIdentity(name, certificate) === undefined ? null : nameFault(name, certificate)
}

function pinFault(certificate: PeerCertificate, { fingerprint, host }: LdapOptions): DirectoryFault | null {
  const shown = certificate.fingerprint256
  if (fingerprint !== null && plain(fingerprint) === plain(shown)) return null
  const saw =
    fingerprint === null
      ? `${host} shows the certificate ${shown}.`
      : `${host} shows another certificate than the one you confirmed: ${shown}.`
  const remedy =
    fingerprint === null
      ? 'Compare the fingerprint with the server’s own, then confirm it here.'
      : 'If it was renewed, compare the fingerprint with the server’s own and confirm the new one. If not, ' +
        'somebody stands between: do not confirm it.'
  return fault(fingerprint === null ? 'certificate-unconfirmed' : 'certificate-changed', saw, remedy)
}

function chainFault(why: string, { host }: LdapOptions): DirectoryFault {
  if (why === 'CERT_HAS_EXPIRED')
    return fault('certificate-expired', `The certificate of ${host} has expired.`, 'Renew it on the server.')
  return fault(
    'certificate-unknown',
    `The certificate of ${host} was not issued by an authority this gateway knows (${why}).`,
    'Paste the certificate of your own authority, or choose “pinned” and confirm the fingerprint.',
  )
}

function nameFault(name: string, certificate: PeerCertificate): DirectoryFault {
  const names = namesOf(certificate)
  const listed = names.length === 0 ? 'no name at all' : names.join(', ')
  const [first] = names
  return fault(
    'certificate-name',
    `The certificate is for ${listed}, not for ${name}.`,
    first === undefined
      ? 'Give the server a certificate with its name, or choose “pinned”.'
      : `Connect by that name, or enter ${first} under “Name in the certificate”.`,
  )
}

function namesOf({ subjectaltname, subject }: PeerCertificate): string[] {
  const alternative = (subjectaltname ?? '')
    .split(', ')
    .map((entry) => entry.replace(/^(DNS|IP Address):/, ''))
    .filter((entry) => entry !== '' && !entry.includes(':<'))
  const common = textOf(subject?.CN)
  return alternative.length > 0 ? alternative : common === '' ? [] : [common]
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase()
}

function fault(code: string, saw: string, remedy: string): DirectoryFault {
  return new DirectoryFault({ step: 'tls', code, saw, remedy })
}

/** Names of a certificate come as text, or as a list where there are several. */
export function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(', ')
}
