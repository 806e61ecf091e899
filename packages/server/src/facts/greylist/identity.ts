// Who is greylisted: one identity for a sender's whole pool of servers, its VERP addresses and its campaigns
// (decisions 10, RFC 6647 §5).
import { formatIp, type IpAddress, parseIp } from '@gatepost/mail/ip.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import { registrableDomainOf } from '#platform/public-suffix.ts'

export type GreylistClient = {
  readonly clientIp: string
  readonly reversePath: ReversePath
  /** The domain that SPF passed for: the reverse-path's, or the HELO name of a null reverse-path. */
  readonly spfPass: string | null
  /** Verified host names of the client. */
  readonly names: readonly string[]
}

export type GreylistIdentity = {
  /** The identity itself: `spf:sender.example`, `host:sender.example`, `net:192.0.2.0/24 sender.example`. */
  readonly primary: string
  /** All that this client can be recognised by at its retry, the strongest first. */
  readonly keys: readonly string[]
  /** Somebody vouches for it, so that any later attempt is a retry; else only the same message's is. */
  readonly isProven: boolean
}

/** Host names looked at: a client has one; more are a trick or a shared host. */
const NAMES_MAX = 4

/** SPF's organisation, else the verified host's, else the network with the reverse-path's domain. */
export function identityOf(client: GreylistClient): GreylistIdentity {
  const { spfPass } = client
  const hosts = hostOrganisations(client).map((organisation) => `host:${organisation}`)
  const spf = spfPass === null ? [] : [`spf:${organisationOf(spfPass)}`]
  const keys = [...spf, ...hosts, networkKey(client)]
  return { primary: keys[0]!, keys, isProven: keys.length > 1 }
}

/** The network with the reverse-path's domain: known without asking anybody. */
export function networkKey({
  clientIp,
  reversePath,
}: Pick<GreylistClient, 'clientIp' | 'reversePath'>): string {
  return `net:${networkOf(clientIp)} ${reversePath === null ? '<>' : organisationOf(reversePath.domain)}`
}

/** A source organisation together with a domain it was seen passing DKIM for. */
export function historyKeys(client: Pick<GreylistClient, 'clientIp' | 'names'>, domain: string): string[] {
  const organisation = organisationOf(domain)
  return hostOrganisations(client).map((host) => `dkim:${organisation} ${host}`)
}

/** The registrable domain of a name, in lower case. */
export function organisationOf(domain: string): string {
  return registrableDomainOf(domain.toLowerCase())
}

/** Organisations of the verified names, without names that only repeat the address. */
function hostOrganisations({ clientIp, names }: Pick<GreylistClient, 'clientIp' | 'names'>): string[] {
  const named = names.slice(0, NAMES_MAX).filter((name) => !isGenericName(name, clientIp))
  return [...new Set(named.map(organisationOf))]
}

/** /24 for IPv4, /64 for IPv6. */
export function networkOf(ip: string): string {
  const address = parseIp(ip)
  if (!address.ok) return ip
  const { family, bytes } = address.value
  const [kept, prefix] = family === 4 ? [3, 24] : [8, 64]
  const network = new Uint8Array(bytes.length)
  network.set(bytes.subarray(0, kept))
  return `${formatIp({ family, bytes: network })}/${prefix}`
}

/**
 * Whether a host name is made from the address, such as `192-0-2-7.dynamic.isp.example`: it names the
 * access provider of millions, not the sender.
 */
export function isGenericName(name: string, ip: string): boolean {
  const address = parseIp(ip)
  if (!address.ok) return false
  const lower = name.toLowerCase()
  return address.value.family === 4
    ? holdsIpv4(lower, address.value)
    : holdsIpv6(lower.replaceAll(/[.-]/g, ''), address.value)
}

/**
 * All four numbers in a row, in either direction, or the address in hexadecimal. Fewer numbers do not count:
 * senders of bulk mail name their pools by the last two or three (`a8-37.smtp-out.example`).
 */
function holdsIpv4(name: string, { bytes }: IpAddress): boolean {
  if (name.includes(hexOf(bytes))) return true
  const numbers = (name.match(/\d+/g) ?? []).map(Number)
  const isRun = (run: readonly number[]): boolean =>
    numbers.some((_, at) => run.every((number, step) => numbers[at + step] === number))
  if (isRun([...bytes]) || isRun([...bytes].toReversed())) return true
  // All digits in one piece, such as 192000002007.
  const digits = name.replaceAll(/[.-]/g, '')
  const padded = [...bytes].map((number) => String(number).padStart(3, '0'))
  return digits.includes(padded.join('')) || digits.includes(padded.toReversed().join(''))
}

/** The part of the address that tells hosts of one provider apart. */
function holdsIpv6(name: string, { bytes }: IpAddress): boolean {
  return name.includes(hexOf(bytes.subarray(8)))
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
