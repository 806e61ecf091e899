// The PROXY protocol, version 2: the client's real address, told by a trusted proxy in front of us (decisions
// 41). https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt §2.2. Version 1 is refused.
import { formatIp, type IpAddress, parseIp } from '@gatepost/mail/ip.ts'

/** What the first bytes of a connection are. */
export type ProxyHeader =
  /** No PROXY header: the connection speaks for itself. */
  | { readonly kind: 'absent' }
  /** So far it looks like one; more bytes are needed. */
  | { readonly kind: 'incomplete' }
  /** The proxy itself connects, as for health checks (LOCAL, or a family we don't know). */
  | { readonly kind: 'local'; readonly length: number }
  | { readonly kind: 'proxied'; readonly length: number; readonly ip: string; readonly port: number }
  | { readonly kind: 'invalid'; readonly why: string }

const SIGNATURE = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10)
const FIXED_LENGTH = 16
/** Addresses take at most 216 octets and TLVs some hundred; a longer header is an attempt to fill memory. */
const HEADER_LENGTH_MAX = 2_048
const VERSION_1 = Uint8Array.of(80, 82, 79, 88, 89, 32)

/** Reads a PROXY header at the start of `bytes`. */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (startsLike(bytes, VERSION_1)) {
    return bytes.length < VERSION_1.length
      ? { kind: 'incomplete' }
      : { kind: 'invalid', why: 'PROXY version 1 is not supported' }
  }
  if (!startsLike(bytes, SIGNATURE)) return { kind: 'absent' }
  if (bytes.length < FIXED_LENGTH) return { kind: 'incomplete' }
  const version = bytes[12]! >> 4
  const command = bytes[12]! & 15
  if (version !== 2 || command > 1) return { kind: 'invalid', why: 'unknown PROXY version or command' }
  const length = FIXED_LENGTH + (bytes[14]! << 8) + bytes[15]!
  if (length > HEADER_LENGTH_MAX) return { kind: 'invalid', why: 'PROXY header too long' }
  if (bytes.length < length) return { kind: 'incomplete' }
  const family = bytes[13]! >> 4
  if (command === 0 || (family !== 1 && family !== 2)) return { kind: 'local', length }
  return readAddress(bytes.subarray(FIXED_LENGTH, length), family, length)
}

/** Whether the first bytes are, or begin, a PROXY header of either version: never a command of SMTP. */
export function isProxyHeader(bytes: Uint8Array): boolean {
  return bytes.length > 4 && (startsLike(bytes, SIGNATURE) || startsLike(bytes, VERSION_1))
}

/** Writes a version 2 header for a TCP connection, as proxies, dialogs and benches send it. */
export function proxyHeader(
  client: { readonly ip: string; readonly port: number },
  server: { readonly ip: string; readonly port: number },
): Uint8Array {
  const from = addressOf(client.ip)
  const to = addressOf(server.ip)
  const size = from.bytes.length
  const bytes = new Uint8Array(FIXED_LENGTH + size * 2 + 4)
  bytes.set(SIGNATURE)
  bytes[12] = 0x21
  bytes[13] = from.family === 4 ? 0x11 : 0x21
  const view = new DataView(bytes.buffer)
  view.setUint16(14, size * 2 + 4)
  bytes.set(from.bytes, FIXED_LENGTH)
  bytes.set(to.bytes.length === size ? to.bytes : new Uint8Array(size), FIXED_LENGTH + size)
  view.setUint16(FIXED_LENGTH + size * 2, client.port)
  view.setUint16(FIXED_LENGTH + size * 2 + 2, server.port)
  return bytes
}

function readAddress(bytes: Uint8Array, family: number, length: number): ProxyHeader {
  const size = family === 1 ? 4 : 16
  if (bytes.length < size * 2 + 4) return { kind: 'invalid', why: 'PROXY header too short for its addresses' }
  // Read again as text, so that an IPv4 address inside IPv6 is seen as what it is.
  const written = formatIp({ family: family === 1 ? 4 : 6, bytes: bytes.slice(0, size) })
  const ip = parseIp(written)
  if (!ip.ok) return { kind: 'invalid', why: 'PROXY header without an address' }
  const port = (bytes[size * 2]! << 8) + bytes[size * 2 + 1]!
  return { kind: 'proxied', length, ip: formatIp(ip.value), port }
}

function addressOf(text: string): IpAddress {
  const ip = parseIp(text)
  if (!ip.ok) throw new TypeError(`not an address: ${text}`)
  return ip.value
}

/** Whether the bytes begin with the pattern, as far as both reach. */
function startsLike(bytes: Uint8Array, pattern: Uint8Array): boolean {
  const length = Math.min(bytes.length, pattern.length)
  for (let i = 0; i < length; i++) if (bytes[i] !== pattern[i]) return false
  return length > 0
}
