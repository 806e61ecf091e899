// What lies below a session: the socket, who is at its other end, TLS, and the orderly end of both
// directions.
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { concat } from '@gatepost/mail/bytes.ts'
import { replies } from '@gatepost/mail/replies.ts'
import { formatReply } from '@gatepost/mail/reply.ts'
import type { Edge } from './edge.ts'
import { CLOSING_MS, clientKey, HANDSHAKE_MS, PENDING_OCTETS_MAX, PROXY_HEADER_MS } from './limits.ts'
import type { ListenerRole } from './listener.ts'
import { parseProxyHeader } from './proxy.ts'
import { type BindingName, channelBinding } from './sasl/channel-binding.ts'
import type { Session } from './session.ts'

export type WireOptions = {
  /** The address that connected; a PROXY header may tell another. */
  readonly clientIp: string
  readonly clientPort: number
  readonly role: ListenerRole
  readonly implicitTls: boolean
  readonly isTrustedProxy: boolean
}

/** `proxy`: a header may come. `greeting`: ours is due. `open`: the session's. `closing`: all is said. */
type Phase = 'proxy' | 'greeting' | 'handshake' | 'open' | 'closing'

export type TlsFacts = { readonly version: string; readonly cipher: string }

export class Wire {
  clientIp: string
  clientPort: number
  /** What the client is counted by. */
  clientKey: string
  tls: TlsFacts | null = null
  /** Spoke before it was greeted (decisions 57). */
  isEarlyTalker = false
  readonly #edge: Edge
  readonly #options: WireOptions
  #socket: Socket
  #session: Session | null = null
  #phase: Phase
  /** When the sweep first saw this phase; most are over before. */
  #since = 0
  #hasMoved = true
  #pending: Uint8Array | null = null
  #isCounted = false
  #hasProxyHeader = false
  /** Stopped by the session; and by the loop, whose turn is over. */
  #isHeld = false
  #isTurnOver = false

  constructor(edge: Edge, socket: Socket, options: WireOptions) {
    this.#edge = edge
    this.#options = options
    this.#socket = socket
    this.clientIp = options.clientIp
    this.clientPort = options.clientPort
    this.clientKey = clientKey(options.clientIp)
    this.#phase = options.isTrustedProxy ? 'proxy' : 'greeting'
  }

  get role(): ListenerRole {
    return this.#options.role
  }

  /** Begins to listen to the socket for a session. */
  open(session: Session): void {
    this.#session = session
    this.#edge.sessions.add(session)
    attach(this.#socket, this)
    if (!this.#options.isTrustedProxy) this.#identified()
    // No header in time: the trusted address speaks for itself. One that comes late is still read.
    else
      void this.#edge.clock.sleep(PROXY_HEADER_MS).then(() => this.#phase === 'proxy' && this.#identified())
  }

  /** The greeting is due; with implicit TLS after the handshake. */
  greet(): void {
    if (this.#phase !== 'greeting') return
    if (this.#options.implicitTls && this.tls === null) {
      this.isEarlyTalker = false
      this.secure(this.#pending)
      return
    }
    const early = this.#pending
    this.#pending = null
    this.#enter('open')
    this.resume()
    this.#session?.begin(early)
  }

  receive(chunk: Uint8Array): void {
    if (this.#phase === 'open') {
      this.#session?.receive(chunk)
      if (!this.#edge.turns.read(chunk.length, this)) {
        this.#isTurnOver = true
        this.#socket.pause()
      }
      return
    }
    if (this.#phase !== 'proxy' && this.#phase !== 'greeting') return
    this.#pending = this.#pending === null ? chunk : concat([this.#pending, chunk])
    if (this.#phase === 'proxy') {
      this.#readProxyHeader(this.#pending)
      return
    }
    this.isEarlyTalker = true
    if (this.#pending.length > PENDING_OCTETS_MAX) this.#socket.pause()
  }

  /**
   * A PROXY header that came late, as the very first octets of an open session; null when it is none. Only
   * one is the proxy's, and none is inside TLS: those behind it are the client's, who must not name himself.
   */
  lateProxyHeader(octets: Uint8Array): { readonly length: number } | null {
    if (!this.#options.isTrustedProxy || this.#hasProxyHeader || this.tls !== null) return null
    const header = parseProxyHeader(octets)
    if (header.kind === 'local') return header
    if (header.kind !== 'proxied') return null
    this.#hasProxyHeader = true
    this.#leave()
    this.#name(header.ip, header.port)
    return this.#countIn() ? header : null
  }

  /** Sends text; false when the client does not keep up, and `session.drained` will be called. */
  write(text: string): boolean {
    if (this.#phase === 'closing') return true
    const hasRoom = this.#socket.write(text, 'latin1')
    if (!hasRoom) this.#socket.once('drain', onDrain)
    return hasRoom
  }

  pause(): void {
    this.#isHeld = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isHeld = false
    if (!this.#isTurnOver && this.#socket.isPaused()) this.#socket.resume()
  }

  /** The loop has its next turn. */
  goOn(): void {
    this.#isTurnOver = false
    if (!this.#isHeld) this.#socket.resume()
  }

  /**
   * Ends our direction. Octets still on their way are read and dropped: a reset would take the last reply
   * along.
   */
  end(): void {
    this.#enter('closing')
    this.#pending = null
    this.#socket.end()
    this.#socket.resume()
  }

  /**
   * Ends both directions behind the last reply, for a client that said it has no more. One step instead of
   * four, which is a twentieth of what a connection with one message costs. TLS has its own farewell.
   */
  close(): void {
    if (this.#phase !== 'open' || this.tls !== null || this.#socket.writableLength > 0) {
      this.end()
      return
    }
    this.#enter('closing')
    this.#pending = null
    this.#socket.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /**
   * Starts TLS; `early` are octets already read that belong to the handshake. Whatever else was read in
   * clear is dropped by the caller (RFC 3207 §4.2).
   */
  secure(early: Uint8Array | null): void {
    const context = this.#edge.tlsContext()
    // A socket that broke meanwhile has nothing left to put TLS on; its end is under way.
    if (context === null || this.#socket.destroyed) {
      this.destroy()
      return
    }
    this.#pending = null
    this.#isHeld = false
    this.#enter('handshake')
    this.#socket = secureSocket(this.#socket, this, { context, byName: this.#edge.tlsByName(), early })
  }

  /** What binds a login to this connection; null in clear, or where TLS has none of that name. */
  channelBinding(name: BindingName): Buffer | null {
    return this.#socket instanceof TLSSocket ? channelBinding(this.#socket, name) : null
  }

  secured(): void {
    if (this.#phase !== 'handshake' || !(this.#socket instanceof TLSSocket)) return
    this.tls = { version: this.#socket.getProtocol() ?? 'unknown', cipher: this.#socket.getCipher().name }
    this.#enter('open')
    if (this.#options.implicitTls) this.#session?.begin(null)
    else this.#session?.restart()
  }

  clientEnded(): void {
    if (this.#phase === 'closing') this.destroy()
    else if (this.#phase === 'open') this.#session?.clientEnded()
    else this.end()
  }

  drained(): void {
    if (this.#phase === 'open') this.#session?.drained()
  }

  closed(): void {
    this.#enter('closing')
    this.#edge.turns.forget(this)
    const session = this.#session
    this.#session = null
    if (session === null) return
    this.#edge.sessions.delete(session)
    this.#leave()
    session.closed()
    this.#edge.emit('edge.connection.closed', { clientIp: this.clientIp })
  }

  /** Ends what is not open yet; true when that settled it. */
  drainUnopened(): boolean {
    if (this.#phase === 'open') return false
    if (this.#phase !== 'closing') this.#refuse('shutting-down', formatReply(replies.shuttingDown))
    return true
  }

  clockJumped(): void {
    this.#hasMoved = true
  }

  /** Looks at the time outside of the open phase; true when the session need not. */
  checkDeadline(now: number): boolean {
    if (this.#phase === 'open') return false
    if (this.#hasMoved) {
      this.#hasMoved = false
      this.#since = now
    }
    if (now - this.#since > (this.#phase === 'closing' ? CLOSING_MS : HANDSHAKE_MS)) this.destroy()
    return true
  }

  #readProxyHeader(octets: Uint8Array): void {
    const header = parseProxyHeader(octets)
    if (header.kind === 'incomplete') return
    if (header.kind === 'absent') {
      this.#identified()
      return
    }
    if (header.kind === 'invalid') {
      this.#edge.emit('edge.connection.refused', { clientIp: this.clientIp, because: header.why })
      this.destroy()
      return
    }
    this.#hasProxyHeader = true
    this.#pending = header.length < octets.length ? octets.subarray(header.length) : null
    if (header.kind === 'proxied') this.#name(header.ip, header.port)
    // The proxy waits for nobody: octets behind its header came before our greeting, unless they are a
    // handshake.
    this.isEarlyTalker = this.#pending !== null && !this.#options.implicitTls
    this.#identified()
  }

  #name(ip: string, port: number): void {
    this.clientIp = ip
    this.clientPort = port
    this.clientKey = clientKey(ip)
  }

  /** It is known who the client is: count it in and let it be greeted. */
  #identified(): void {
    const wasProxy = this.#phase === 'proxy'
    this.#enter('greeting')
    if (!this.#countIn()) return
    this.#edge.emit('edge.connection.opened', { clientIp: this.clientIp, clientPort: this.clientPort })
    if (wasProxy) this.greet()
  }

  #countIn(): boolean {
    this.#isCounted = true
    const limit = this.#edge.connections.enter(this.clientKey)
    if (limit !== null) this.#refuse(limit, formatReply(replies.tooManyConnections))
    return limit === null
  }

  #leave(): void {
    if (this.#isCounted) this.#edge.connections.leave(this.clientKey)
    this.#isCounted = false
  }

  /** It takes no place from those that are served from now on, and is not waited for. */
  #refuse(because: string, reply: string): void {
    this.#edge.emit('edge.connection.refused', { clientIp: this.clientIp, because })
    this.#leave()
    const isClear = !this.#options.implicitTls && this.#phase !== 'handshake'
    this.#enter('closing')
    this.#pending = null
    if (isClear) this.#socket.end(reply, 'latin1', () => this.destroy())
    else this.destroy()
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#hasMoved = true
  }
}

const WIRE = Symbol('wire')
type WiredSocket = Socket & { [WIRE]?: Wire | undefined }

/** The handlers are shared: an idle session must not own closures. */
function attach(socket: Socket, wire: Wire): void {
  ;(socket as WiredSocket)[WIRE] = wire
  socket.on('data', onData)
  socket.on('end', onEnd)
  socket.on('error', onError)
  socket.on('close', onClose)
}

function secureSocket(
  socket: Socket,
  wire: Wire,
  options: {
    readonly context: SecureContext
    readonly byName: ((servername: string) => SecureContext | null) | null
    readonly early: Uint8Array | null
  },
): TLSSocket {
  socket.off('data', onData)
  socket.off('end', onEnd)
  socket.off('close', onClose)
  ;(socket as WiredSocket)[WIRE] = undefined
  socket.pause()
  if (options.early !== null) socket.unshift(options.early)
  const { context, byName } = options
  const tlsSocket = new TLSSocket(socket, {
    isServer: true,
    secureContext: context,
    ...(byName && { SNICallback: (name, done) => done(null, byName(name) ?? context) }),
  })
  attach(tlsSocket, wire)
  tlsSocket.once('secure', onSecure)
  return tlsSocket
}

/**
 * Asks for more before anything else: a stream that nobody asks does it by itself, in a tick for every read,
 * and that costs more than reading a command.
 */
function onData(this: WiredSocket, chunk: Buffer): void {
  this.read(0)
  this[WIRE]?.receive(chunk)
}

function onEnd(this: WiredSocket): void {
  this[WIRE]?.clientEnded()
}

/** A broken connection is no fault of ours and needs no word; 'close' follows. */
function onError(): void {}

function onClose(this: WiredSocket): void {
  this[WIRE]?.closed()
}

function onDrain(this: WiredSocket): void {
  this[WIRE]?.drained()
}

function onSecure(this: WiredSocket): void {
  this[WIRE]?.secured()
}
