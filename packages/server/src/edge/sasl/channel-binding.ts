// What binds a login to the TLS connection that it is made in, so that nobody in between can pass it on:
// keying material of the connection (RFC 9266), or the digest of our certificate (RFC 5929 §4).
import { createHash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'

/** As clients name them in `p=`. */
export type BindingName = 'tls-exporter' | 'tls-server-end-point'

const LABEL = 'EXPORTER-Channel-Binding'
const EXPORTED_OCTETS = 32
const NO_CONTEXT = Buffer.alloc(0)

/**
 * The binding of a connection; null for one that this connection does not have: keying material is unique
 * from TLS 1.3 on (RFC 9266 §4.2), and some certificates are signed without a digest.
 */
export function channelBinding(socket: TLSSocket, name: BindingName): Buffer | null {
  if (name === 'tls-exporter') {
    if (socket.getProtocol() !== 'TLSv1.3') return null
    return socket.exportKeyingMaterial(EXPORTED_OCTETS, LABEL, NO_CONTEXT)
  }
  const certificate = socket.getX509Certificate()
  const digest = digestOf(certificate?.signatureAlgorithm ?? '')
  return certificate && digest ? createHash(digest).update(certificate.raw).digest() : null
}

/** That of the certificate's signature; SHA-256 in place of the weak ones (RFC 5929 §4.1). */
function digestOf(signature: string): string | null {
  const [, found] = /(md5|sha-?\d+)/i.exec(signature) ?? []
  if (found === undefined) return null
  const name = found.toLowerCase().replace('-', '')
  return name === 'md5' || name === 'sha1' ? 'sha256' : name
}
