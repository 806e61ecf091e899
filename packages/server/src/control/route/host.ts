// Next hops as people enter them: a host name or an address, never a URL and never where mail must not go.
import { domainToASCII } from 'node:url'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { compileIpSet, formatIp, isLinkLocal, isPrivate, parseIp } from '@gatepost/mail/ip.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'

export type HostContext = {
  /** Private networks the operator opened (decisions 40). */
  readonly privateTargets: readonly string[]
  /** Our own name: mail sent there would come back to us. */
  readonly hostname: string
}

export type HostFault =
  | 'host-is-url'
  | 'host-with-port'
  | 'host-is-address'
  | 'host-syntax'
  | 'host-link-local'
  | 'host-private'
  | 'host-is-us'

/** Cloud metadata under names; every cloud answers there with credentials. */
const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata', 'instance-data'])

/** Reads a host: a name in A-labels, or an address without brackets. */
export function readHost(text: string, context: HostContext): Parsed<string, HostFault> {
  const bare = text.trim().replace(/\.$/, '')
  if (/:\/\/|\//.test(bare)) return fail('host-is-url')
  if (bare.includes('@')) return fail('host-is-address')
  const literal = parseIp(bare.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1'))
  if (literal.ok) return allowedIp(formatIp(literal.value), context)
  if (/^[^:]+:\d+$/.test(bare) || /\]:\d+$/.test(bare)) return fail('host-with-port')
  const name = parseDomain(bare, { toAscii: domainToASCII, allowUnderscore: true })
  if (!name.ok || /^[\d.]+$/.test(bare)) return fail('host-syntax')
  if (METADATA_NAMES.has(name.value)) return fail('host-link-local')
  return name.value === context.hostname.toLowerCase() ? fail('host-is-us') : ok(name.value)
}

/** What to do about a fault. */
export function hostRemedy(fault: HostFault): string {
  switch (fault) {
    case 'host-is-url':
      return 'Write the host alone, such as mail.acme.example, without “https://” and slashes.'
    case 'host-with-port':
      return 'Write the port into its own field.'
    case 'host-is-address':
      return 'Write the name of the mail host, not an e-mail address.'
    case 'host-link-local':
      return 'Link-local and metadata addresses never receive mail. Write the mail host’s own address.'
    case 'host-private':
      return 'This address is private. An operator opens private networks by network.private_targets.'
    case 'host-is-us':
      return 'This is the gateway itself; mail would come back for ever. Write your mail host’s name.'
    default:
      return 'Write a host name such as mail.acme.example, or an address such as 192.0.2.25.'
  }
}

function allowedIp(ip: string, { privateTargets }: HostContext): Parsed<string, HostFault> {
  if (isLinkLocal(ip)) return fail('host-link-local')
  if (isPrivate(ip) && !compileIpSet(privateTargets).has(ip)) return fail('host-private')
  return ok(ip)
}
