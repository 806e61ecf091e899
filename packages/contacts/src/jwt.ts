// Signed assertions for the sign-in of apps at Microsoft and Google, by Node's own crypto.
import { constants, createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto'

/** A JWT (RFC 7519) signed by an RSA key; valid from now for `lifeSeconds`. */
export function signJwt(of: {
  readonly algorithm: 'RS256' | 'PS256'
  readonly header: { readonly [name: string]: string }
  readonly claims: { readonly [name: string]: string }
  readonly key: KeyObject
  readonly nowMs: number
  readonly lifeSeconds: number
}): string {
  const now = Math.floor(of.nowMs / 1000)
  const header = { ...of.header, alg: of.algorithm, typ: 'JWT' }
  const claims = { ...of.claims, iat: now, nbf: now, exp: now + of.lifeSeconds }
  const text = `${coded(header)}.${coded(claims)}`
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  const key = of.algorithm === 'PS256' ? { key: of.key, ...pss } : of.key
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A private RSA key from PEM, or null where the text is none. */
export function rsaKeyOf(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key : null
  } catch {
    return null
  }
}

/** SHA-256 of a PEM certificate in base64url: the header `x5t#S256` (RFC 7515 §4.1.8); null for none. */
export function thumbprintOf(pem: string): string | null {
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
  } catch {
    return null
  }
}
