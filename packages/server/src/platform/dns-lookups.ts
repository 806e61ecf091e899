// Look-ups made of several questions: a zone's own name servers, and the forward-confirmed name of an
// address.
import { normalizeIp, parseIp } from '@gatepost/mail/ip.ts'
import type { Dns } from './dns-types.ts'

const SERVERS_MAX = 13 // More name servers than the root has are not asked.
const PTR_NAMES_MAX = 5 // RFC 7208 §4.6.4 has 10; one name is normal.

/**
 * The authoritative servers of the closest zone that holds `name`: NS records walking up, then their
 * addresses.
 */
export async function zoneServersOf(
  dns: Dns,
  name: string,
  override: readonly string[],
): ReturnType<Dns['authoritativeServers']> {
  if (override.length > 0) {
    const servers = override.map((address) => ({ name: address, address }))
    return { kind: 'found', zone: name, servers }
  }
  const labels = name.replace(/\.$/, '').split('.')
  for (let at = 0; at < labels.length; at++) {
    const zone = labels.slice(at).join('.')
    const answer = await dns.query({ name: zone, type: 'NS', fresh: true })
    if (answer.kind === 'failed') return { kind: 'failed', why: answer.why }
    if (answer.kind !== 'found') continue
    const servers = await addressesOf(dns, answer.records.slice(0, SERVERS_MAX))
    if (servers.length === 0)
      return { kind: 'failed', why: `no address of a name server of ${zone} could be found` }
    return { kind: 'found', zone, servers }
  }
  return { kind: 'failed', why: `no zone found above ${name}` }
}

async function addressesOf(
  dns: Dns,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly address: string }[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const v4 = await dns.query({ name, type: 'A' })
      if (v4.kind === 'found') return { name, address: `${v4.records[0]}:53` }
      const v6 = await dns.query({ name, type: 'AAAA' })
      return v6.kind === 'found' ? { name, address: `[${v6.records[0]}]:53` } : null
    }),
  )
  return found.filter((server) => server !== null)
}

/**
 * The PTR names of `ip` whose A or AAAA lead back to it (RFC 8601 §3 iprev). A name that could not be looked
 * up counts only when no other name is confirmed: then nobody knows.
 */
export async function confirmedNameOf(dns: Dns, ip: string): ReturnType<Dns['confirmedName']> {
  const address = parseIp(ip)
  if (!address.ok) return { kind: 'none' }
  const pointer = await dns.query({ name: reverseName(address.value.bytes), type: 'PTR' })
  if (pointer.kind === 'failed') return { kind: 'failed', why: pointer.why }
  if (pointer.kind !== 'found') return { kind: 'none' }
  const wanted = normalizeIp(ip)
  const type = address.value.family === 4 ? 'A' : 'AAAA'
  const candidates = pointer.records.slice(0, PTR_NAMES_MAX).map((name) => name.replace(/\.$/, ''))
  const answers = await Promise.all(
    candidates.map(async (name) => ({ name, forward: await dns.query({ name, type }) })),
  )
  const names: string[] = []
  let ttl = pointer.ttl
  let failed: string | null = null
  for (const { name, forward } of answers) {
    if (forward.kind === 'failed') failed = forward.why
    if (forward.kind !== 'found') continue
    if (!forward.records.some((record) => normalizeIp(record) === wanted)) continue
    ttl = Math.min(ttl, forward.ttl)
    names.push(name.toLowerCase())
  }
  const [name] = names
  if (name !== undefined) return { kind: 'found', name, names, ttl }
  return failed === null ? { kind: 'none' } : { kind: 'failed', why: failed }
}

/** `1.2.0.192.in-addr.arpa` or the nibbles of `ip6.arpa` (RFC 1035 §3.5, RFC 3596 §2.5). */
export function reverseName(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`
  const nibbles = [...bytes].flatMap((byte) => [(byte >> 4).toString(16), (byte & 15).toString(16)])
  return `${nibbles.reverse().join('.')}.ip6.arpa`
}
