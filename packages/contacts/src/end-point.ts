// What binds a sign-in to its TLS connection: the hash of the server's certificate (RFC 5929 §4).
import { createHash, type X509Certificate } from 'node:crypto'

/** Hashes of signature algorithms by their object identifier; the weak ones count as SHA-256 (§4.1). */
const HASHES: ReadonlyMap<string, string> = new Map([
  // RSA (PKCS #1): MD5, SHA-1, SHA-256, SHA-384, SHA-512, SHA-224.
  ['1.2.840.113549.1.1.4', 'sha256'],
  ['1.2.840.113549.1.1.5', 'sha256'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.113549.1.1.14', 'sha224'],
  // ECDSA: SHA-1, SHA-224, SHA-256, SHA-384, SHA-512.
  ['1.2.840.10045.4.1', 'sha256'],
  ['1.2.840.10045.4.3.1', 'sha224'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
])

const RSA_PSS = '1.2.840.113549.1.1.10'

/** Hashes by the last octet of their identifier below 2.16.840.1.101.3.4.2, as RSA-PSS names them. */
const PSS_HASHES: ReadonlyMap<number, string> = new Map([
  [1, 'sha256'],
  [2, 'sha384'],
  [3, 'sha512'],
  [4, 'sha224'],
])
const SHA2_PREFIX = Buffer.from('608648016503040200', 'hex').subarray(0, 8)

/**
 * The binding `tls-server-end-point` of a certificate: the type's name, a colon, the hash. Null where the
 * signature names no single hash (Ed25519), for which the type is not defined.
 */
export function endPointBinding(
  certificate: Pick<X509Certificate, 'raw' | 'signatureAlgorithmOid'>,
): Buffer | null {
  const oid = certificate.signatureAlgorithmOid
  const hash = oid === RSA_PSS ? pssHash(certificate.raw) : HASHES.get(oid ?? '')
  if (hash === undefined) return null
  const digest = createHash(hash).update(certificate.raw).digest()
  return Buffer.concat([Buffer.from('tls-server-end-point:', 'latin1'), digest])
}

/**
 * The hash in the parameters of RSASSA-PSS (RFC 4055 §3.1); SHA-1, which counts as SHA-256, if none is named.
 */
function pssHash(certificate: Buffer): string | undefined {
  const algorithm = elementsIn(elementsIn(certificate)[0])[1]
  if (algorithm === undefined) return undefined
  const named = elementsIn(elementsIn(algorithm)[1]).find(({ tag }) => tag === 0xa0)
  if (named === undefined) return 'sha256'
  const id = elementsIn(elementsIn(named)[0])[0]?.content
  if (id === undefined || id.length !== 9 || !id.subarray(0, 8).equals(SHA2_PREFIX)) return undefined
  return PSS_HASHES.get(id[8] ?? 0)
}

type Element = { readonly tag: number; readonly content: Buffer }

/** The DER elements in a text or inside an element, as far as they are whole. */
function elementsIn(of: Buffer | Element | undefined): readonly Element[] {
  const octets = of === undefined ? Buffer.alloc(0) : Buffer.isBuffer(of) ? of : of.content
  const elements: Element[] = []
  for (let at = 0; at + 2 <= octets.length; ) {
    const short = octets[at + 1] ?? 0
    const more = short < 0x80 ? 0 : short & 0x7f
    if (more > 4 || at + 2 + more > octets.length) break
    const length = more === 0 ? short : octets.readUIntBE(at + 2, more)
    const from = at + 2 + more
    if (from + length > octets.length) break
    elements.push({ tag: octets[at] ?? 0, content: octets.subarray(from, from + length) })
    at = from + length
  }
  return elements
}
