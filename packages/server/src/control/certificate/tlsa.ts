// The TLSA record that vouches for a certificate's key (DANE, RFC 6698 and RFC 7672 §3.1.1): what to publish,
// and whether what is published still fits.
import { createHash, X509Certificate } from 'node:crypto'
import type { Dns, TlsaRecord } from '#platform/dns-types.ts'

/** `differs`: senders that check DANE do not deliver. `unknown`: DNS could not be asked. */
export type Published = 'matches' | 'differs' | 'none' | 'unknown'

const DANE_EE = 3
const PUBLIC_KEY = 1

export function tlsaNameOf(host: string): string {
  return `_25._tcp.${host}`
}

/** The record of a chain's first certificate: `3 1 1` and the digest of its public key. */
export function tlsaRecordOf(chain: string): string {
  return `3 1 1 ${digestOf(chain, 'sha256').toString('hex')}`
}

/**
 * Compares the records of a host with the key of a chain. A record of another form counts as differing.
 * `fresh`
 * asks past the cache.
 */
export async function publishedFor(
  host: string,
  chain: string,
  { dns, fresh, signal }: { readonly dns: Dns; readonly fresh: boolean; readonly signal?: AbortSignal },
): Promise<Published> {
  const answer = await dns.query({ name: tlsaNameOf(host), type: 'TLSA', fresh, ...(signal && { signal }) })
  if (answer.kind === 'failed') return 'unknown'
  if (answer.kind !== 'found') return 'none'
  return answer.records.some((record) => fits(record, chain)) ? 'matches' : 'differs'
}

function fits(record: TlsaRecord, chain: string): boolean {
  const { usage, selector, matchingType, certificate } = record
  if (usage !== DANE_EE) return false
  if (matchingType === 0) {
    return selector === PUBLIC_KEY
      ? publicKeyOf(chain).equals(certificate)
      : new X509Certificate(chain).raw.equals(certificate)
  }
  const algorithm = matchingType === 1 ? 'sha256' : 'sha512'
  const digest =
    selector === PUBLIC_KEY
      ? digestOf(chain, algorithm)
      : createHash(algorithm).update(new X509Certificate(chain).raw).digest()
  return digest.equals(certificate)
}

function digestOf(chain: string, algorithm: 'sha256' | 'sha512'): Buffer {
  return createHash(algorithm).update(publicKeyOf(chain)).digest()
}

function publicKeyOf(chain: string): Buffer {
  return new X509Certificate(chain).publicKey.export({ type: 'spki', format: 'der' })
}
