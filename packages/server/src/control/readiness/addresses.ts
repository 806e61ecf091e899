// The addresses that the gateway's host name leads to, and which of them the world can reach.
import { isPrivate } from '@gatepost/mail/ip.ts'
import type { Dns } from '#platform/dns-types.ts'

export type Addresses =
  | { readonly kind: 'found'; readonly all: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly why: string }

/** Looks up A and AAAA. One failed look-up is no "no": what the other found still counts. */
export async function addressesOf(dns: Dns, name: string): Promise<Addresses> {
  const [four, six] = await Promise.all([
    dns.query({ name, type: 'A', fresh: true }),
    dns.query({ name, type: 'AAAA', fresh: true }),
  ])
  const all = [four, six].flatMap((answer) => (answer.kind === 'found' ? answer.records : []))
  if (all.length > 0) return { kind: 'found', all }
  if (four.kind === 'failed') return { kind: 'failed', why: four.why }
  if (six.kind === 'failed') return { kind: 'failed', why: six.why }
  return { kind: 'none' }
}

/**
 * Addresses that mail leaves from and comes to, as far as we can know: by name, else by the machine's
 * interfaces.
 */
export function publicAddresses(addresses: Addresses, ofMachine: readonly string[]): readonly string[] {
  const named = addresses.kind === 'found' ? addresses.all.filter((ip) => !isPrivate(ip)) : []
  return named.length > 0 ? named : ofMachine.filter((ip) => !isPrivate(ip))
}
