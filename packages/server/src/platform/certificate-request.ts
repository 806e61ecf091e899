// A request for a certificate (PKCS #10, RFC 2986) for host names, written by hand: Node can sign, not ask.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { der, oid, sequence } from './der.ts'

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
/** Attribute that brings extensions along (RFC 2985 §5.4.2). */
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const SUBJECT_ALT_NAME = '2.5.29.17'
const VERSION = der(0x02, Buffer.from([0]))

/**
 * PEM of a request that names hosts in subjectAltName alone (RFC 9525 §2). `key` is the PEM of a P-256 key.
 * Throws for a key that cannot sign.
 */
export function certificateRequest(names: readonly string[], key: string): string {
  const privateKey = createPrivateKey(key)
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const alternatives = sequence(...names.map((name) => der(0x82, Buffer.from(name, 'latin1'))))
  const extensions = sequence(sequence(oid(SUBJECT_ALT_NAME), der(0x04, alternatives)))
  const attributes = der(0xa0, sequence(oid(EXTENSION_REQUEST), der(0x31, extensions)))
  const body = sequence(VERSION, sequence(), publicKey, attributes)
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]))
  const request = sequence(body, sequence(oid(ECDSA_WITH_SHA256)), signature)
  const lines = request.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`
}
