// PROXY protocol version 2, by which the sandbox's clients appear from any address of the small internet.
// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.2
import { formatIp, parseIp } from '@gatepost/mail/ip.ts'

export type ProxyAddresses = {
  readonly sourceIp: string
  readonly sourcePort: number
  readonly destinationIp?: string
  readonly destinationPort?: number
}

export const PROXY_SIGNATURE = Buffer.from([13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10])
export const PROXY_FIXED_BYTES = 16
const VERSION_2_PROXY = 0x21
const TCP_OVER_IPV4 = 0x11
const TCP_OVER_IPV6 = 0x21

/** The header's bytes. Throws a RangeError on an address that is none or when the families differ. */
export function proxyHeader(addresses: ProxyAddresses): Buffer {
  const source = parseIp(addresses.sourceIp)
  if (!source.ok) throw new RangeError(`not an IP address: ${addresses.sourceIp}`)
  const { family } = source.value
  const destination = parseIp(addresses.destinationIp ?? (family === 4 ? '127.0.0.1' : '::1'))
  if (!destination.ok || destination.value.family !== family)
    throw new RangeError('addresses of two families')
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(addresses.sourcePort, 0)
  ports.writeUInt16BE(addresses.destinationPort ?? 25, 2)
  const body = Buffer.concat([source.value.bytes, destination.value.bytes, ports])
  const fixed = Buffer.alloc(4)
  fixed[0] = VERSION_2_PROXY
  fixed[1] = family === 4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6
  fixed.writeUInt16BE(body.length, 2)
  return Buffer.concat([PROXY_SIGNATURE, fixed, body])
}

/** How many bytes follow the fixed part, or null if this is no header of version 2. */
export function proxyBodyLength(fixed: Uint8Array): number | null {
  const bytes = Buffer.from(fixed)
  if (bytes.length < PROXY_FIXED_BYTES || !bytes.subarray(0, 12).equals(PROXY_SIGNATURE)) return null
  return bytes[12] === VERSION_2_PROXY ? bytes.readUInt16BE(14) : null
}

/** The client that the header names, or null where it names none. */
export function proxySource(fixed: Uint8Array, body: Uint8Array): { ip: string; port: number } | null {
  const bytes = Buffer.from(body)
  const length = fixed[13] === TCP_OVER_IPV4 ? 4 : fixed[13] === TCP_OVER_IPV6 ? 16 : 0
  if (length === 0 || bytes.length < 2 * length + 4) return null
  const family = length === 4 ? 4 : 6
  return { ip: formatIp({ family, bytes: bytes.subarray(0, length) }), port: bytes.readUInt16BE(2 * length) }
}
