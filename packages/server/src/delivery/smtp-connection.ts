// The client's side of one TCP connection: grouped writes, replies in order with deadlines, and the change to
// TLS.
import type { X509Certificate } from 'node:crypto'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type PeerCertificate, TLSSocket } from 'node:tls'
import { type Reply, ReplyParser } from '@gatepost/mail/reply.ts'
import type { TlsaRecord } from '#platform/dns-types.ts'
import type { Deadlines, Waiting } from './deadlines.ts'
import { chainOf, daneFaultOf } from './tls/dane.ts'

/** The connection ended, broke the protocol or kept us waiting. `isTimeout` is the last of these. */
export class ConnectionLost extends Error {
  readonly isTimeout: boolean
  constructor(why: string, isTimeout = false) {
    super(why)
    this.isTimeout = isTimeout
  }
}

export type TlsState = {
  readonly version: string
  readonly cipher: string
  /** The certificate belongs to the host and is signed by somebody we trust. */
  readonly verified: boolean
  /** Why it is not verified, in OpenSSL's words; null when it is. */
  readonly fault: string | null
  /** By TLSA records of the host instead of a public authority. */
  readonly byDane: boolean
  readonly certificate: CertificateSeen | null
}

/** The certificate a host showed, as *Why* tells it. */
export type CertificateSeen = {
  readonly subject: string
  readonly issuer: string
  /** Epoch milliseconds. */
  readonly notAfter: number
  /** SHA-256 of the certificate, colons between octets. */
  readonly fingerprint: string
}

export type TlsWish = {
  /** For SNI and for the name in the certificate. */
  readonly host: string
  /** A certificate that is not verified ends the handshake. */
  readonly strict: boolean
  /** Names the certificate may be for, instead of the host's; a leading dot stands for any name below. */
  readonly names?: readonly string[] | undefined
  /** Records that the certificate must meet instead. */
  readonly dane?: readonly TlsaRecord[] | undefined
  /** PEM of further authorities to trust. */
  readonly ca?: string | undefined
  /** A session of this host, to resume. */
  readonly session?: TlsSession | undefined
  readonly onSession?: ((session: TlsSession) => void) | undefined
}

/** What resumes a handshake, and what was wrong with the certificate then: names are not looked at again. */
export type TlsSession = { readonly data: Buffer; readonly fault: string | null }

/** Content of less is copied to go out in one buffer. */
const JOINED_MAX = 16_384
/**
 * Where it is joined. The system takes most writes at once, and then the next one may use the same room: a
 * buffer for each message is memory outside of the heap, which makes V8 collect garbage sooner.
 */
let room = Buffer.allocUnsafeSlow(JOINED_MAX)

/** Opens the socket; replaced in tests. */
export type Connect = (options: { readonly host: string; readonly port: number }) => Socket

/** Replies that nobody asked for: a server that sends so many means harm. */
const REPLIES_UNREAD_MAX = 1000

export const openSocket: Connect = ({ host, port }) =>
  connectTcp({ host, port, noDelay: true, keepAlive: false })

export class SmtpConnection implements Waiting {
  deadline = Number.POSITIVE_INFINITY
  #socket: Socket
  readonly #deadlines: Deadlines
  /** Resolves when the socket is closed on both sides, so that the host counts it no more. */
  readonly closed: Promise<void>
  readonly #parser = new ReplyParser()
  #unread: Reply[] = []
  #waiter: { resolve(value: Reply): void; reject(error: Error): void } | null = null
  #progress: { resolve(): void; reject(error: Error): void } | null = null
  /** Why it ended. Made an error only when somebody hears of it: most connections end with nobody waiting. */
  #lost: { readonly why: string; readonly isTimeout: boolean } | null = null
  #unlisten: () => void = () => {}

  private constructor(socket: Socket, deadlines: Deadlines) {
    this.#socket = socket
    this.#deadlines = deadlines
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    this.#listen(socket)
    deadlines.add(this)
  }

  /** Connects; rejects with `ConnectionLost` after `timeoutMs` or when nobody answers. */
  static async open(
    endpoint: { readonly host: string; readonly port: number },
    deps: { readonly connect: Connect; readonly deadlines: Deadlines; readonly timeoutMs: number },
  ): Promise<SmtpConnection> {
    const socket = deps.connect(endpoint)
    const connection = new SmtpConnection(socket, deps.deadlines)
    await connection.#until(deps.timeoutMs, (done) => socket.once('connect', done))
    return connection
  }

  get isOpen(): boolean {
    return this.#lost === null
  }

  /** What the host showed; undefined in clear. */
  get peerCertificate(): X509Certificate | undefined {
    return this.#socket instanceof TLSSocket ? this.#socket.getPeerX509Certificate() : undefined
  }

  /** Whether something was said that nobody asked for, as a server does that is about to close. */
  get hasUnread(): boolean {
    return this.#unread.length > 0
  }

  /** Sends everything in one go: one segment for a group of commands (RFC 2920). */
  write(text: string): void {
    if (this.#lost === null) this.#socket.write(text, 'utf8')
  }

  /** The same for content and the commands that follow it. */
  writeContent(content: readonly Uint8Array[], commands: string): void {
    if (this.#lost !== null) return
    let most = commands.length * UTF8_OCTETS_MAX
    for (const part of content) most += part.length
    // Small ones are copied together: that costs less than a write of several buffers.
    if (most <= JOINED_MAX) {
      this.#writeJoined(content, commands)
      return
    }
    this.#socket.cork()
    for (const part of content) this.#socket.write(part)
    this.#socket.write(commands, 'utf8')
    this.#socket.uncork()
  }

  #writeJoined(content: readonly Uint8Array[], commands: string): void {
    let at = 0
    for (const part of content) {
      room.set(part, at)
      at += part.length
    }
    at += room.write(commands, at, 'utf8')
    this.#socket.write(room.subarray(0, at))
    // Some of it still waits to be sent: it keeps the room.
    if (this.#socket.writableLength > 0) room = Buffer.allocUnsafeSlow(JOINED_MAX)
  }

  /** Sends a piece of streamed content; resolves when its memory is not needed any more. */
  async send(chunk: Uint8Array, timeoutMs: number): Promise<void> {
    if (this.#lost !== null) throw errorOf(this.#lost)
    // A failed write comes as an error of the socket, which rejects.
    await this.#until(timeoutMs, (done) => {
      this.#socket.write(chunk, (fault) => {
        if (!fault) done()
      })
    })
  }

  /** The next reply, where it was read already: those to a group of commands mostly come together. */
  readReply(): Reply | undefined {
    return this.#unread.length === 0 ? undefined : this.#unread.shift()
  }

  /** The next reply. The limit counts for the whole reply, so that single bytes do not extend it. */
  reply(timeoutMs: number): Promise<Reply> {
    const read = this.readReply()
    if (read !== undefined) return Promise.resolve(read)
    if (this.#lost !== null) return Promise.reject(errorOf(this.#lost))
    this.deadline = this.#deadlines.now() + timeoutMs
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  /** Changes to TLS. What was received in clear behind the reply is discarded (RFC 3207 §6). */
  async startTls(wish: TlsWish, timeoutMs: number): Promise<TlsState> {
    const plain = this.#socket
    this.#unlisten()
    // Faults of the socket below come up through TLS; here they only must not be unheard.
    plain.on('error', () => {})
    this.#unread = []
    this.#parser.reset()
    const secure = connectTls({
      socket: plain,
      ...peerOf(wish.host),
      rejectUnauthorized: wish.strict,
      minVersion: 'TLSv1.2',
      ...(wish.ca === undefined ? {} : { ca: wish.ca }),
      ...(wish.names === undefined ? {} : { checkServerIdentity: identityOf(wish.names) }),
      ...(wish.session === undefined ? {} : { session: wish.session.data }),
    })
    const { session, onSession } = wish
    if (onSession !== undefined)
      secure.on('session', (data) => onSession({ data, fault: faultOf(secure, session) }))
    this.#socket = secure
    this.#listen(secure)
    await this.#until(timeoutMs, (done) => secure.once('secureConnect', done))
    if (wish.dane === undefined) return tlsStateOf(secure, { byDane: false, fault: faultOf(secure, session) })
    const chain = chainOf(secure.getPeerX509Certificate())
    const expected = { names: wish.names ?? [wish.host], now: this.#deadlines.date() }
    const fault = daneFaultOf(wish.dane, chain, expected)
    if (fault === null) return tlsStateOf(secure, { byDane: true, fault })
    this.#lose(`DANE: ${fault}`)
    throw new ConnectionLost(`DANE: ${fault}`)
  }

  /** Says goodbye; what the host says to it is not kept, and the socket is ours no longer than `QUIT_MS`. */
  quit(): void {
    if (this.#lost !== null) return
    this.write('QUIT\r\n')
    this.#lost = { why: 'closed', isTimeout: false }
    this.#unlisten()
    const socket = this.#socket
    socket.on('error', () => {}).resume()
    socket.end()
    // By our clock, whatever comes: a server that goes on talking must not keep its place.
    this.deadline = this.#deadlines.now() + QUIT_MS
    void this.closed.then(() => this.#deadlines.delete(this))
  }

  /** Ends the connection at once. */
  destroy(why = 'closed'): void {
    this.#lose(why)
  }

  /** Called when a reply, a step or the end took too long. */
  expire(): void {
    this.#lose('no answer in time', true)
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    // Asked for more before anything else, the stream needs no tick of its own for it.
    const hear = (chunk: Uint8Array): void => {
      socket.read(0)
      this.#hear(chunk)
    }
    const end = (): void => this.#lose('the host closed the connection')
    const fail = (error: NodeJS.ErrnoException): void => this.#lose(wordsFor(error))
    socket.on('data', hear).on('end', end).on('close', end).on('error', fail)
    this.#unlisten = () => socket.off('data', hear).off('end', end).off('close', end).off('error', fail)
  }

  #hear(chunk: Uint8Array): void {
    for (const reply of this.#parser.push(chunk)) {
      const waiter = this.#waiter
      if (waiter === null) {
        this.#unread.push(reply)
        continue
      }
      this.#waiter = null
      this.deadline = Number.POSITIVE_INFINITY
      waiter.resolve(reply)
    }
    if (this.#parser.fault !== null) this.#lose(`the host broke the protocol: ${this.#parser.fault}`)
    else if (this.#unread.length > REPLIES_UNREAD_MAX)
      this.#lose('the host sent replies that nobody asked for')
  }

  #until(timeoutMs: number, begin: (done: () => void) => void): Promise<void> {
    this.deadline = this.#deadlines.now() + timeoutMs
    return new Promise((resolve, reject) => {
      this.#progress = { resolve, reject }
      begin(() => {
        this.#progress = null
        this.deadline = Number.POSITIVE_INFINITY
        resolve()
      })
    })
  }

  #lose(why: string, isTimeout = false): void {
    if (this.#lost !== null) return
    this.#lost = { why, isTimeout }
    this.#deadlines.delete(this)
    this.#socket.destroy()
    this.#waiter?.reject(errorOf(this.#lost))
    this.#waiter = null
    this.#progress?.reject(errorOf(this.#lost))
    this.#progress = null
  }
}

/** Who is on the other side: SNI names no addresses (RFC 6066 §3), and certificates write them bare. */
export function peerOf(host: string): { readonly host: string; readonly servername?: string } {
  const bare = host.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1')
  return isIP(bare) === 0 ? { host, servername: host } : { host: bare }
}

/** No character of a text takes more octets than this for each of its units. */
const UTF8_OCTETS_MAX = 3

function errorOf({ why, isTimeout }: { readonly why: string; readonly isTimeout: boolean }): ConnectionLost {
  return new ConnectionLost(why, isTimeout)
}

const QUIT_MS = 5000

function tlsStateOf(
  socket: TLSSocket,
  { byDane, fault }: { readonly byDane: boolean; readonly fault: string | null },
): TlsState {
  const shown = socket.getPeerX509Certificate()
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    verified: fault === null,
    fault,
    byDane,
    certificate: shown === undefined ? null : certificateSeen(shown),
  }
}

/** What is wrong with the certificate of a handshake, or of the one that `before` came from. */
function faultOf(socket: TLSSocket, before: TlsSession | undefined): string | null {
  if (before !== undefined && socket.isSessionReused()) return before.fault
  return socket.authorized ? null : certificateFault(String(socket.authorizationError ?? 'not verified'))
}

/** OpenSSL's names for what is wrong with a certificate, in words; others as they are. */
function certificateFault(code: string): string {
  switch (code.replace(/^Error.*?: /, '')) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'it is self-signed'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'nobody we know signed it'
    case 'CERT_HAS_EXPIRED':
      return 'it has expired'
    case 'CERT_NOT_YET_VALID':
      return 'it is not valid yet'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'it is for another name'
    default:
      return code
  }
}

/** Names in certificates are told on one line and no longer than anybody reads. */
const CERTIFICATE_NAME_MAX = 300

function certificateSeen(shown: X509Certificate): CertificateSeen {
  const oneLine = (name: string): string => name.replaceAll('\n', ', ').slice(0, CERTIFICATE_NAME_MAX)
  return {
    subject: oneLine(shown.subject ?? ''),
    issuer: oneLine(shown.issuer ?? ''),
    notAfter: shown.validToDate.getTime(),
    fingerprint: shown.fingerprint256,
  }
}

/** The check of names against several that will do. */
function identityOf(
  names: readonly string[],
): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (_host, certificate) => {
    const isRight = names.some((name) => {
      if (!name.startsWith('.')) return checkServerIdentity(name, certificate) === undefined
      const written = (certificate.subjectaltname ?? '').matchAll(/DNS:([^,\s]+)/g)
      return [...written].some(([, dns = '']) => dns.toLowerCase().endsWith(name))
    })
    return isRight ? undefined : new Error(`the certificate is not for ${names.join(' or ')}`)
  }
}

function wordsFor(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ECONNRESET':
      return 'connection reset'
    case 'ETIMEDOUT':
      return 'connection timed out'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'the host cannot be reached'
    default:
      return error.message
  }
}
