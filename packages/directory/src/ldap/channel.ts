// The way to a directory server: TCP, StartTLS where asked for, and a certificate that is judged before
// anything is said (D3). Whoever speaks LDAP gets a socket that is ready.
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate, rootCertificates, type TLSSocket } from 'node:tls'
import { DirectoryFault } from '../entry.ts'
import { certificateFault, textOf } from './certificate.ts'
import { CONNECT_MS, type LdapEffects, type LdapOptions } from './options.ts'
import { askStartTls } from './start-tls.ts'

export type Channel = {
  readonly socket: Socket
  /** Which host answered: the first or the alternate one. */
  readonly host: string
  readonly address: string
  readonly port: number
  /** What TLS showed; null in the clear. */
  readonly certificate: PeerCertificate | null
  /** Such as `TLSv1.3`. */
  readonly protocol: string | null
}

/** Told as it happens, for the named tests. */
export type ChannelNote = (step: 'resolve' | 'connect' | 'tls', saw: string) => void

/**
 * Opens a way to the host, or to the alternate one. Throws the `DirectoryFault` of the first host when
 * neither can be reached. `judge: false` takes any certificate, to show it.
 */
export async function openChannel(
  options: LdapOptions,
  effects: LdapEffects,
  {
    signal,
    note = () => {},
    judge = true,
  }: { readonly signal: AbortSignal; readonly note?: ChannelNote; readonly judge?: boolean },
): Promise<Channel> {
  const hosts = [options.host, ...(options.alternateHost ? [options.alternateHost] : [])]
  let first: unknown = null
  for (const host of hosts) {
    try {
      return await openHost({ ...options, host }, effects, { signal, note, judge })
    } catch (error) {
      first ??= error
      if (signal.aborted) throw error
    }
  }
  throw first
}

async function openHost(
  options: LdapOptions,
  effects: LdapEffects,
  how: { readonly signal: AbortSignal; readonly note: ChannelNote; readonly judge: boolean },
): Promise<Channel> {
  const { host, port } = options
  const targets = await effects.targets(host, port)
  how.note(
    'resolve',
    foundWords(
      host,
      targets.map(({ address }) => address),
    ),
  )
  let last: unknown = null
  for (const target of targets) {
    try {
      const socket = await openTcp(host, target, how.signal)
      how.note('connect', `${placeWords(host, target.address)} answers on port ${port}.`)
      return await secured({ socket, host, ...target, certificate: null, protocol: null }, options, how)
    } catch (error) {
      last = error
      if (how.signal.aborted) throw error
    }
  }
  throw last
}

function openTcp(
  host: string,
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal, timeout: CONNECT_MS })
    const fail = (code: string, saw: string): void => {
      socket.destroy()
      reject(connectFault(code, `${placeWords(host, address)} ${saw}`, port))
    }
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.removeAllListeners('timeout').removeAllListeners('error')
      // Somebody listens at all times: an error without a listener would end the process.
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('timeout', () => fail('no-answer', `does not answer on port ${port}.`))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') fail('connection-refused', `refuses connections on port ${port}.`)
      else fail('unreachable', `cannot be reached on port ${port}: ${error.code ?? error.message}.`)
    })
  })
}

function connectFault(code: string, saw: string, port: number): DirectoryFault {
  const usual = 'Directories answer on port 636 (TLS) and on port 389 (StartTLS).'
  const remedy =
    code === 'connection-refused'
      ? `${usual} Check the port, and that the service runs.`
      : `Check the address, and that your firewall lets this gateway in on port ${port}. Where no way in is ` +
        'wanted, use the agent: it needs outbound HTTPS only.'
  return new DirectoryFault({ step: 'connect', code, saw, remedy })
}

async function secured(
  channel: Channel,
  options: LdapOptions,
  {
    signal,
    note,
    judge,
  }: { readonly signal: AbortSignal; readonly note: ChannelNote; readonly judge: boolean },
): Promise<Channel> {
  if (options.encryption === 'none') return channel
  const { socket, host, address } = channel
  try {
    if (options.encryption === 'start-tls') await askStartTls(socket, { port: options.port, signal })
    const secure = await shakeHands(socket, options, signal)
    const certificate = secure.getPeerCertificate(true)
    const fault = judge ? certificateFault(secure, certificate, options) : null
    if (fault !== null) throw fault
    note('tls', tlsWords(secure, certificate, options))
    return { ...channel, socket: secure, host, address, certificate, protocol: secure.getProtocol() }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function tlsWords(
  socket: TLSSocket,
  certificate: PeerCertificate,
  { certificate: mode }: LdapOptions,
): string {
  const name = textOf(certificate.subject?.CN) || 'without a name'
  const judged = {
    strict: 'Its name and issuer are checked.',
    pinned: 'It is the certificate you confirmed.',
    relaxed: 'It is not checked: whoever stands between could read along.',
  }[mode]
  return `${socket.getProtocol() ?? 'TLS'}, certificate ${name}. ${judged}`
}

function shakeHands(socket: Socket, options: LdapOptions, signal: AbortSignal): Promise<TLSSocket> {
  const name = options.certificateName ?? options.host
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      // Judged in certificateFault, in words that say what to do; nothing is sent before.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(isName(name) ? { servername: name } : {}),
      ...(options.authority === null ? {} : { ca: [...rootCertificates, options.authority] }),
      minVersion: 'TLSv1.2',
    })
    const end = (fault: DirectoryFault | null): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      secure.removeAllListeners('error')
      secure.on('error', () => {})
      if (fault === null) {
        resolve(secure)
        return
      }
      secure.destroy()
      reject(fault)
    }
    const stop = (): void => end(handshakeFault('it was stopped', options))
    const timer = setTimeout(() => end(handshakeFault('it does not answer to TLS', options)), CONNECT_MS)
    signal.addEventListener('abort', stop, { once: true })
    secure.once('secureConnect', () => end(null))
    secure.once('error', (error: NodeJS.ErrnoException) =>
      end(handshakeFault(error.code ?? error.message, options)),
    )
    secure.once('end', () => end(handshakeFault('it hung up', options)))
  })
}

function handshakeFault(why: string, { host, port, encryption }: LdapOptions): DirectoryFault {
  const isOld = /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS|ALERT_PROTOCOL_VERSION/.test(why)
  if (isOld)
    return new DirectoryFault({
      step: 'tls',
      code: 'tls-too-old',
      saw: `${host} speaks a version of TLS that is not safe any more (${why}).`,
      remedy: 'Switch TLS 1.2 on at the server.',
    })
  const isPlainPort = encryption === 'tls' && port !== 636
  return new DirectoryFault({
    step: 'tls',
    code: isPlainPort ? 'wrong-port' : 'tls-failed',
    saw: `${host} did not agree on TLS on port ${port}: ${why}.`,
    remedy: isPlainPort
      ? 'TLS from the first byte is on port 636. On port 389 choose StartTLS.'
      : 'Check that the server has a certificate for LDAP; without one it hangs up.',
  })
}

function foundWords(host: string, addresses: readonly string[]): string {
  if (addresses.length === 1 && addresses[0] === host) return `${host} is an address.`
  return `${host} is at ${addresses.join(', ')}.`
}

function placeWords(host: string, address: string): string {
  return host === address ? host : `${host} (${address})`
}

function isName(host: string): boolean {
  return !/^[\d.]+$|:/.test(host)
}
