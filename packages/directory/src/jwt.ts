// Signed assertions for Entra ID and Google: the one file that knows jose.
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'

/** What a signature is made of. */
export type Assertion = {
  readonly algorithm: 'PS256' | 'RS256'
  readonly header: { readonly [name: string]: string }
  readonly claims: { readonly [name: string]: string }
  readonly key: KeyObject
  readonly nowMs: number
  readonly lifeSeconds: number
}

/** A JWT (RFC 7519) signed by a private key; valid from now for `lifeSeconds`. */
export function signAssertion(assertion: Assertion): Promise<string> {
  const now = Math.floor(assertion.nowMs / 1000)
  return new SignJWT({ ...assertion.claims })
    .setProtectedHeader({ ...assertion.header, alg: assertion.algorithm, typ: 'JWT' })
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + assertion.lifeSeconds)
    .sign(assertion.key)
}

/** A private RSA key from PEM, or null where the text is none. */
export function rsaKeyOf(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key : null
  } catch {
    return null
  }
}

/** A certificate as Entra ID knows it. */
export type ClientCertificate = {
  /** SHA-256 of the certificate in base64url: the header `x5t#S256` (RFC 7515 §4.1.8). */
  readonly thumbprint: string
  /** As the portal shows it. */
  readonly sha1: string
  readonly expiresAt: number
  readonly subject: string
  belongsTo(key: KeyObject): boolean
}

/** Reads a certificate from PEM; null where the text is none. */
export function certificateOf(pem: string): ClientCertificate | null {
  try {
    const certificate = new X509Certificate(pem)
    return {
      thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
      sha1: createHash('sha1').update(certificate.raw).digest('hex').toUpperCase(),
      expiresAt: certificate.validToDate.getTime(),
      subject: certificate.subject,
      belongsTo: (key) => certificate.checkPrivateKey(key),
    }
  } catch {
    return null
  }
}
