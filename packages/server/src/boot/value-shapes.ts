// What values of boot keys look like, and what a fault with one says.
import { isIP } from 'node:net'
import { parseCidr } from '@gatepost/mail/ip.ts'
import * as z from 'zod'

const IP_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/

/** `host:port`, with IPv6 in brackets. */
export const Endpoint = z
  .string()
  .regex(
    /^(?:\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):\d{1,5}$/,
    'expected host:port, such as 0.0.0.0:2525 or [::]:2525',
  )
  .transform((text) => {
    const colon = text.lastIndexOf(':')
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
  })
  .refine(({ port }) => port <= 65_535, 'expected a port from 0 to 65535')

/** A scanner by network or by a socket on this machine. */
export const Scanner = z.union(
  [
    z
      .string()
      .startsWith('/')
      .transform((path) => ({ kind: 'unix' as const, path })),
    Endpoint.transform((endpoint) => ({ kind: 'tcp' as const, ...endpoint })),
  ],
  'expected host:port or the path of a socket, such as 127.0.0.1:3310',
)

/** `http://host:port` of rspamd, `spamd://host:port` of SpamAssassin. */
export const SpamEngine = z
  .string()
  .regex(
    /^(https?|spamd):\/\/([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}\/?$/,
    'expected http://host:port or spamd://host:port',
  )
  .transform((text) => {
    const { protocol, hostname, port } = new URL(text)
    if (protocol !== 'spamd:') return { kind: 'rspamd' as const, url: text.replace(/\/$/, '') }
    return { kind: 'spamd' as const, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
  })

/** Scheme, host and port, without a path. */
export const Origin = z
  .url('expected an origin such as http://127.0.0.1:9000')
  .transform((text) => text.replace(/\/$/, ''))
export const Resolver = z.string().refine(isIpPort, 'expected ip:port, such as 127.0.0.1:53')
export const Ip = z.string().refine((text) => isIP(text) !== 0, 'expected an address, such as 203.0.113.9')
export const Cidr = z
  .string()
  .refine((text) => parseCidr(text).ok, 'expected an address or network, such as 127.0.0.0/8')

const WEB_ADDRESS = 'expected the console’s address without a path, such as https://gate.example.net/'
/** Links are built on it and the console answers at its root: a path in it would lead nowhere. */
export const ConsoleUrl = z.url({ protocol: /^https?$/, error: WEB_ADDRESS }).refine((text) => {
  const { pathname, search, hash, username } = new URL(text)
  return pathname === '/' && search + hash + username === ''
}, WEB_ADDRESS)
export const Hostname = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/,
    'expected a host name such as mx.example.net',
  )
export const count = (min: number, max: number) =>
  z.coerce.number(`expected a whole number from ${min} to ${max}`).int().min(min).max(max)

/** Two files, told apart by a colon, which no path may have: Windows is not supported. */
export const CertificatePair = z
  .string()
  .regex(/^[^:]+:[^:]+$/, 'expected CHAIN.pem:KEY.pem, the chain first')
  .transform((text) => {
    const [certificate = '', key = ''] = text.split(':')
    return { certificate, key }
  })
export const YesNo = z
  .union([z.boolean(), z.enum(['yes', 'no', 'true', 'false'])], 'expected yes or no')
  .transform((value) => value === true || value === 'yes' || value === 'true')

function isIpPort(text: string): boolean {
  const [, six, four, port] = IP_PORT.exec(text) ?? []
  return isIP(six ?? four ?? '') !== 0 && Number(port) <= 65_535
}
