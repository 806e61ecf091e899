// What the gateway's own zone should hold, as text that can be pasted into a zone file (U0).
import { cnameTargetOf } from '../domain/proof.ts'

const TTL = 3_600

/** The name that tenants include in their SPF records. */
export function spfNameOf(hostname: string): string {
  return `spf.${hostname.toLowerCase()}`
}

/** The name whose address records are every address that we connect out from (O7). */
export function outNameOf(hostname: string): string {
  return `out.${hostname.toLowerCase()}`
}

/** The SPF policy behind the include: all addresses that mail leaves from. */
export function spfPolicyOf(hostname: string, addresses: readonly string[]): string {
  const mechanisms = addresses.map((ip) => (ip.includes(':') ? `ip6:${ip}` : `ip4:${ip}`))
  return `v=spf1 ${mechanisms.length > 0 ? mechanisms.join(' ') : `a:${hostname}`} -all`
}

/**
 * The records of the gateway itself, and as remarks those of the organisations that use it. Addresses that
 * are announced stand in SPF before mail leaves from them.
 */
export function zoneText(
  hostname: string,
  addresses: readonly string[],
  announced: readonly string[] = [],
): string {
  const name = hostname.toLowerCase()
  const rows: (readonly [string, string, string])[] = addresses.map((ip) => [
    `${name}.`,
    ip.includes(':') ? 'AAAA' : 'A',
    ip,
  ])
  if (rows.length === 0) rows.push([`; ${name}.`, 'A', '(your public address)'])
  rows.push([`${cnameTargetOf(name)}.`, 'CNAME', `${name}.`])
  const all = [...new Set([...addresses, ...announced])]
  for (const ip of all) rows.push([`${outNameOf(name)}.`, ip.includes(':') ? 'AAAA' : 'A', ip])
  rows.push([`${spfNameOf(name)}.`, 'TXT', `"${spfPolicyOf(name, all)}"`])
  const examples: (readonly [string, string, string])[] = [
    ['; acme.example.', 'MX', `10 ${name}.`],
    ['; acme.example.', 'TXT', `"v=spf1 include:${spfNameOf(name)} -all"`],
  ]
  const width = Math.max(...[...rows, ...examples].map(([owner]) => owner.length))
  const line = ([owner, type, value]: readonly [string, string, string]): string =>
    `${owner.padEnd(width)} ${TTL} IN ${type.padEnd(5)} ${value}`
  return [
    `; The gateway's own names. PTR records of its addresses should say ${name}.`,
    ...rows.map(line),
    '',
    '; What an organisation publishes in its own zone, once Connect asks for it:',
    ...examples.map(line),
    '',
  ].join('\n')
}
