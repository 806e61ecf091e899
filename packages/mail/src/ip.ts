// IP addresses and CIDR ranges: one reading for policies, lists and the guard against private targets.
import { fail, ok, type Parsed } from './parsed.ts'

/** An address in network byte order: 4 or 16 bytes. */
export type IpAddress = { readonly family: 4 | 6; readonly bytes: Uint8Array }
/** The addresses whose first `prefix` bits equal those of `address`; the bits behind are zero. */
export type Cidr = { readonly address: IpAddress; readonly prefix: number }
/** A compiled list of ranges; `has` is false for a text that is no address. */
export type IpSet = { has(ip: string | IpAddress): boolean }

/** The longest textual form: an IPv6 address with an IPv4 tail. */
const IP_TEXT_MAX = 45

/**
 * Reads an IPv4 or IPv6 address. Leading zeros in IPv4 are refused (octal for some readers), as are zone
 * ids. `::ffff:192.0.2.1` is 192.0.2.1, unless `keepMapped`. RFC 4291 §2.2, RFC 5952.
 */
export function parseIp(text: string, options: { readonly keepMapped?: boolean } = {}): Parsed<IpAddress> {
  if (text.length > IP_TEXT_MAX) return fail('ip-syntax', IP_TEXT_MAX)
  if (!text.includes(':')) {
    const bytes = new Uint8Array(4)
    return readIpv4(text, bytes, 0) ? ok({ family: 4, bytes }) : fail('ip-syntax')
  }
  const bytes = readIpv6(text)
  if (bytes === null) return fail('ip-syntax')
  if (options.keepMapped !== true && isMapped(bytes)) return ok({ family: 4, bytes: bytes.slice(12) })
  return ok({ family: 6, bytes })
}

/** Writes an address; IPv6 in the canonical form of RFC 5952 §4. */
export function formatIp(ip: IpAddress): string {
  return ip.family === 4 ? ip.bytes.join('.') : formatIpv6(ip.bytes)
}

/** The canonical text of an address, or null. */
export function normalizeIp(text: string): string | null {
  const ip = parseIp(text)
  return ip.ok ? formatIp(ip.value) : null
}

/** What counts as one client: an IPv4 address, or an IPv6 /64, since a host there has a whole network. */
export function clientKey(ip: string): string {
  if (!ip.includes(':')) return ip
  const parsed = parseIp(ip)
  if (!parsed.ok || parsed.value.family === 4) return ip
  const bytes = parsed.value.bytes.slice()
  bytes.fill(0, 8)
  return formatIp({ family: 6, bytes })
}

/** Reads `192.0.2.0/24`, or a single address as /32 or /128. Host bits are cleared. RFC 4632 §3.1. */
export function parseCidr(text: string): Parsed<Cidr> {
  const slash = text.indexOf('/')
  const address = parseIp(slash === -1 ? text : text.slice(0, slash), { keepMapped: true })
  if (!address.ok) return address
  const bits = address.value.family === 4 ? 32 : 128
  const prefix = slash === -1 ? bits : readPrefix(text.slice(slash + 1))
  if (prefix === null || prefix > bits) return fail('cidr-prefix', slash + 1)
  // A range of mapped addresses is a range of IPv4 addresses written in the other family.
  if (bits === 128 && prefix >= 96 && isMapped(address.value.bytes)) {
    return ok(masked({ family: 4, bytes: address.value.bytes.slice(12) }, prefix - 96))
  }
  return ok(masked(address.value, prefix))
}

/** Writes a range with its prefix length. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr.address)}/${cidr.prefix}`
}

/** Whether the address lies in the range. */
export function cidrContains(cidr: Cidr, ip: IpAddress): boolean {
  return cidr.address.family === ip.family && samePrefix(cidr.address.bytes, ip.bytes, cidr.prefix)
}

/**
 * Compiles ranges for many look-ups: one hash look-up per prefix length in use. Texts that are no range
 * are left out; validate them where they are entered.
 */
export function compileIpSet(cidrs: readonly string[]): IpSet {
  const v4 = new Map<number, Set<string>>()
  const v6 = new Map<number, Set<string>>()
  for (const text of cidrs) {
    const cidr = parseCidr(text)
    if (!cidr.ok) continue
    const { address, prefix } = cidr.value
    const table = address.family === 4 ? v4 : v6
    const keys = table.get(prefix)
    const key = prefixKey(address.bytes, prefix)
    if (keys === undefined) table.set(prefix, new Set([key]))
    else keys.add(key)
  }
  return {
    has(ip) {
      const address = typeof ip === 'string' ? parseIp(ip) : ok(ip)
      if (!address.ok) return false
      const table = address.value.family === 4 ? v4 : v6
      for (const [prefix, keys] of table) if (keys.has(prefixKey(address.value.bytes, prefix))) return true
      return false
    },
  }
}

/** 127.0.0.0/8 and ::1. A text that is no address is not loopback. */
export function isLoopback(ip: string | IpAddress): boolean {
  return inRanges(ip, LOOPBACK)
}

/** 169.254.0.0/16, where clouds keep their metadata service, and fe80::/10. */
export function isLinkLocal(ip: string | IpAddress): boolean {
  return inRanges(ip, LINK_LOCAL)
}

/**
 * Whether an address belongs to no public host: RFC 1918, shared (RFC 6598), loopback, link-local with the
 * metadata services, unique local, multicast and reserved; also where IPv6 carries such an IPv4 address.
 * A text that is no address counts as private, because nothing may connect to it.
 */
export function isPrivate(ip: string | IpAddress): boolean {
  const address = typeof ip === 'string' ? parseIp(ip) : ok(ip)
  if (!address.ok) return true
  if (PRIVATE.some((range) => cidrContains(range, address.value))) return true
  const inner = embeddedIpv4(address.value)
  return inner !== null && PRIVATE.some((range) => cidrContains(range, inner))
}

function ranges(...texts: string[]): Cidr[] {
  return texts.map((text) => {
    const cidr = parseCidr(text)
    if (!cidr.ok) throw new TypeError(`not a range: ${text}`)
    return cidr.value
  })
}

const LOOPBACK = ranges('127.0.0.0/8', '::1/128')
const LINK_LOCAL = ranges('169.254.0.0/16', 'fe80::/10')
const PRIVATE = [
  ...LOOPBACK,
  ...LINK_LOCAL,
  ...ranges('0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16'),
  ...ranges('198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'fc00::/7', 'fec0::/10', 'ff00::/8'),
]
const NAT64 = ranges('64:ff9b::/96')[0]!
const SIX_TO_FOUR = ranges('2002::/16')[0]!
const COMPATIBLE = ranges('::/96')[0]!

function embeddedIpv4(ip: IpAddress): IpAddress | null {
  if (ip.family === 4) return null
  if (cidrContains(SIX_TO_FOUR, ip)) return { family: 4, bytes: ip.bytes.slice(2, 6) }
  if (cidrContains(NAT64, ip) || cidrContains(COMPATIBLE, ip) || isMapped(ip.bytes)) {
    return { family: 4, bytes: ip.bytes.slice(12) }
  }
  return null
}

function inRanges(ip: string | IpAddress, list: readonly Cidr[]): boolean {
  const address = typeof ip === 'string' ? parseIp(ip) : ok(ip)
  return address.ok && list.some((range) => cidrContains(range, address.value))
}

function readIpv4(text: string, into: Uint8Array, offset: number): boolean {
  let octet = -1
  let index = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? 46 : text.charCodeAt(i)
    if (code === 46) {
      if (octet === -1 || index > 3) return false
      into[offset + index++] = octet
      octet = -1
    } else {
      if (code < 48 || code > 57 || octet === 0) return false
      octet = (octet === -1 ? 0 : octet * 10) + code - 48
      if (octet > 255) return false
    }
  }
  return index === 4
}

function readIpv6(text: string): Uint8Array | null {
  const double = text.indexOf('::')
  if (double === -1) {
    const groups = readGroups(text, true)
    return groups !== null && groups.length === 16 ? groups : null
  }
  if (text.indexOf('::', double + 1) !== -1) return null
  const head = readGroups(text.slice(0, double), false)
  const tail = readGroups(text.slice(double + 2), true)
  // `::` stands for one group of zeros or more: RFC 4291 §2.2.
  if (head === null || tail === null || head.length + tail.length > 14) return null
  const bytes = new Uint8Array(16)
  bytes.set(head, 0)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

function readGroups(text: string, mayEndInIpv4: boolean): Uint8Array | null {
  if (text === '') return new Uint8Array(0)
  const groups = text.split(':')
  const bytes = new Uint8Array(groups.length * 2 + 2)
  let length = 0
  for (const [index, group] of groups.entries()) {
    if (mayEndInIpv4 && index === groups.length - 1 && group.includes('.')) {
      if (!readIpv4(group, bytes, length)) return null
      length += 4
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return null
      const value = Number.parseInt(group, 16)
      bytes[length++] = value >> 8
      bytes[length++] = value & 255
    }
  }
  return bytes.subarray(0, length)
}

function formatIpv6(bytes: Uint8Array): string {
  if (isMapped(bytes)) return `::ffff:${bytes.subarray(12).join('.')}`
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! << 8) | bytes[i + 1]!)
  let best = { start: -1, length: 1 }
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (i + length < 8 && groups[i + length] === 0) length++
    if (length > best.length) best = { start: i, length }
    if (length > 0) i += length - 1
  }
  const hex = groups.map((group) => group.toString(16))
  if (best.start === -1) return hex.join(':')
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`
}

function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false
  return bytes[10] === 255 && bytes[11] === 255
}

function readPrefix(text: string): number | null {
  return /^(0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : null
}

function masked(address: IpAddress, prefix: number): Cidr {
  const bytes = address.bytes.slice()
  for (let i = 0; i < bytes.length; i++) {
    const bits = Math.min(8, Math.max(0, prefix - i * 8))
    bytes[i] = bytes[i]! & (0xff00 >> bits)
  }
  return { address: { family: address.family, bytes }, prefix }
}

function samePrefix(a: Uint8Array, b: Uint8Array, prefix: number): boolean {
  const whole = prefix >> 3
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false
  const rest = prefix & 7
  return rest === 0 || ((a[whole]! ^ b[whole]!) & (0xff00 >> rest)) === 0
}

/** The first `prefix` bits as a hash key, for tables of ranges by their length. */
export function prefixKey(bytes: Uint8Array, prefix: number): string {
  const whole = prefix >> 3
  let key = ''
  for (let i = 0; i < whole; i++) key += String.fromCharCode(bytes[i]!)
  const rest = prefix & 7
  return rest === 0 ? key : key + String.fromCharCode(bytes[whole]! & (0xff00 >> rest))
}
