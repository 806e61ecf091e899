// Which addresses we may connect to for a tenant: a tenant must not reach the inside of our network through
// us (decisions 40).
import { compileIpSet, type IpSet, isLinkLocal, isPrivate, normalizeIp } from '@gatepost/mail/ip.ts'

/** Where one of our listeners is. */
type Endpoint = { readonly host: string; readonly port: number }

export type TargetRefusal = 'own-listener' | 'link-local' | 'private' | 'no-address'

export type TargetGuard = {
  /** Why an address may not be connected to; null when it may. */
  refusalOf(ip: string, port: number): TargetRefusal | null
}

export type TargetGuardOptions = {
  /** `network.private_targets`: private ranges that the operator allows. */
  readonly privateTargets: readonly string[]
  /** Every address and port we listen on, as it is now. */
  readonly ownListeners: () => readonly Endpoint[]
  /** The addresses of this machine: a listener on 0.0.0.0 is on all of them. */
  readonly localAddresses: () => readonly string[]
}

/** Link-local with the metadata services and our own listeners never; other private ranges when allowed. */
export function createTargetGuard(options: TargetGuardOptions): TargetGuard {
  const allowed: IpSet = compileIpSet(options.privateTargets)
  return {
    refusalOf(text, port) {
      const ip = normalizeIp(text)
      if (ip === null) return 'no-address'
      if (isLinkLocal(ip) || METADATA.has(ip)) return 'link-local'
      if (isOwnListener(ip, port, options)) return 'own-listener'
      if (isPrivate(ip) && !allowed.has(ip)) return 'private'
      return null
    },
  }
}

/** Metadata services outside link-local ranges: AWS over IPv6, Alibaba Cloud, Oracle Cloud. */
const METADATA = compileIpSet(['fd00:ec2::254/128', '100.100.100.200/32', '192.0.0.192/32'])

function isOwnListener(ip: string, port: number, options: TargetGuardOptions): boolean {
  return options.ownListeners().some((listener) => {
    if (listener.port !== port) return false
    if (normalizeIp(listener.host) === ip) return true
    if (!ANY.has(listener.host)) return false
    // A listener on every address is reached by every loopback address too.
    return (
      LOOPBACK.has(ip) ||
      UNSPECIFIED.has(ip) ||
      options.localAddresses().some((own) => normalizeIp(own) === ip)
    )
  })
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::', ''])
const LOOPBACK = compileIpSet(['127.0.0.0/8', '::1/128'])
const UNSPECIFIED = compileIpSet(['0.0.0.0/32', '::/128'])
