// DANE for SMTP: what TLSA records ask of a host, and whether the certificates it showed meet them (RFC
// 7672).
import { createHash, type X509Certificate } from 'node:crypto'
import type { TlsaRecord } from '#platform/dns-types.ts'

/** DANE-TA(2): an authority of the domain's own; DANE-EE(3): the host's very certificate or key. */
const TRUST_ANCHOR = 2
const END_ENTITY = 3
/** Records and certificates beyond these are not looked at: both come from elsewhere. */
const RECORDS_MAX = 20
const CHAIN_MAX = 8

export type TlsaUse =
  /** Some can be used: TLS is a must, and one of them must match. */
  | { readonly kind: 'authenticate'; readonly records: readonly TlsaRecord[] }
  /** There are some and none can be used: TLS is a must, whoever shows it (§2.2). */
  | { readonly kind: 'encrypt' }
  /** There are none. */
  | { readonly kind: 'none' }

/** Sorts TLSA records by what they ask. PKIX usages 0 and 1 are not for mail (§3.1.3). */
export function tlsaUseOf(records: readonly TlsaRecord[]): TlsaUse {
  if (records.length === 0) return { kind: 'none' }
  const usable = records.filter(isUsable).slice(0, RECORDS_MAX)
  return usable.length === 0 ? { kind: 'encrypt' } : { kind: 'authenticate', records: usable }
}

/**
 * Why the chain a host showed (its own certificate first) does not meet its TLSA records; null when it does.
 * `names` are those the certificate may be for under DANE-TA: the TLSA base domain and the recipient's domain
 * (§3.2.2). Under DANE-EE neither names nor dates count (§3.1.1).
 */
export function daneFaultOf(
  records: readonly TlsaRecord[],
  chain: readonly X509Certificate[],
  expected: { readonly names: readonly string[]; readonly now: number },
): string | null {
  const [leaf] = chain
  if (leaf === undefined) return 'the host showed no certificate'
  if (records.some((record) => record.usage === END_ENTITY && isMatch(record, leaf))) return null
  const faults = records
    .filter(({ usage }) => usage === TRUST_ANCHOR)
    .map((record) => anchorFaultOf(record, chain.slice(0, CHAIN_MAX), expected))
  if (faults.includes(null)) return null
  return faults[0] ?? 'its certificate is not the one that its TLSA records name'
}

/** Certificates from the host's own upwards, as the peer sent them. */
export function chainOf(leaf: X509Certificate | undefined): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  for (let next = leaf; next !== undefined && chain.length < CHAIN_MAX; next = next.issuerCertificate) {
    if (chain.some((known) => known.fingerprint256 === next!.fingerprint256)) break
    chain.push(next)
  }
  return chain
}

function isUsable({ usage, selector, matchingType, certificate }: TlsaRecord): boolean {
  if (usage !== TRUST_ANCHOR && usage !== END_ENTITY) return false
  if (selector !== 0 && selector !== 1) return false
  const octets = certificate.length
  return matchingType === 0
    ? octets > 0
    : matchingType === 1
      ? octets === 32
      : matchingType === 2 && octets === 64
}

function isMatch({ selector, matchingType, certificate }: TlsaRecord, shown: X509Certificate): boolean {
  const bytes = selector === 0 ? shown.raw : shown.publicKey.export({ type: 'spki', format: 'der' })
  const value =
    matchingType === 0
      ? bytes
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(bytes)
          .digest()
  return value.equals(certificate)
}

/** The anchor must sign, by way of certificates in between, a certificate of one of the names. */
function anchorFaultOf(
  record: TlsaRecord,
  chain: readonly X509Certificate[],
  { names, now }: { readonly names: readonly string[]; readonly now: number },
): string | null {
  const at = chain.findIndex((shown, index) => index > 0 && isMatch(record, shown))
  if (at === -1) return 'none of its certificates is the authority that its TLSA records name'
  for (const [index, shown] of chain.slice(0, at).entries()) {
    const issuer = chain[index + 1]!
    if (!issuer.ca) return `the certificate of ${issuer.subject} may not sign others`
    if (!shown.checkIssued(issuer) || !shown.verify(issuer.publicKey))
      return 'its certificates do not lead to the authority that its TLSA records name'
    if (now < shown.validFromDate.getTime() || now > shown.validToDate.getTime())
      return 'one of its certificates is out of date'
  }
  const [leaf] = chain
  if (names.some((name) => leaf!.checkHost(name) !== undefined)) return null
  return `its certificate is not for ${names.join(' or ')}`
}
