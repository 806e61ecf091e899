// A listening port: takes connections, enforces the connection limits, and greets one turn of the loop later.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { normalizeIp } from '@gatepost/mail/ip.ts'
import { replies } from '@gatepost/mail/replies.ts'
import { formatReply } from '@gatepost/mail/reply.ts'
import type { Edge } from './edge.ts'
import { Session } from './session.ts'
import { Wire } from './wire.ts'

/**
 * `mx` takes mail for validated domains and from authorised addresses; `submission` only from those it can
 * name.
 */
export type ListenerRole = 'mx' | 'submission'

export type ListenerOptions = {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Leaves IPv4 on this port to another listener. */
  readonly ipv6Only?: true | undefined
  readonly role: ListenerRole
  /** TLS from the first octet (RFC 8314 §3.3), as on port 465. */
  readonly implicitTls: boolean
}

/** Connections waiting to be accepted: a burst of clients must not meet a full queue. */
const BACKLOG = 1_024
/** Unread octets a socket holds back before the kernel has to: two reads. */
const HIGH_WATER_MARK = 131_072

export class Listener {
  readonly #edge: Edge
  readonly #options: ListenerOptions
  readonly #server: Server
  /** Sessions accepted in this turn of the loop, and those that had a turn to talk early. */
  #fresh: Wire[] = []
  #due: Wire[] = []
  #isGreeting = false
  #lastAddress: { readonly written: string; readonly ip: string | null } | null = null

  constructor(edge: Edge, options: ListenerOptions) {
    this.#edge = edge
    this.#options = options
    this.#server = createServer(
      { noDelay: true, allowHalfOpen: true, highWaterMark: HIGH_WATER_MARK },
      (socket) => this.#accept(socket),
    )
    edge.addListener(this)
  }

  /** Begins to listen; resolves with the real address. `reusePort` lets several workers share the port. */
  async listen(options: {
    readonly reusePort: boolean
  }): Promise<{ readonly host: string; readonly port: number }> {
    const { host, port, ipv6Only = false } = this.#options
    const where = { host, port, ipv6Only, backlog: BACKLOG, reusePort: options.reusePort }
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(where, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#server.on('error', (error) => {
      this.#edge.emit('edge.connection.refused', { because: 'accept-failed', error: String(error) })
    })
    const address = this.#server.address() as AddressInfo
    const { role, implicitTls } = this.#options
    this.#edge.emit('edge.listening', { host: address.address, port: address.port, role, implicitTls })
    return { host: address.address, port: address.port }
  }

  /** Stops accepting. Open sessions go on. */
  close(): Promise<void> {
    // Without waiting for open connections: those end with the edge.
    if (this.#server.listening) this.#server.close()
    return Promise.resolve()
  }

  #accept(socket: Socket): void {
    const edge = this.#edge
    const ip = this.#addressOf(socket.remoteAddress ?? '')
    if (ip === null || edge.isDraining) {
      refuse(socket, formatReply(replies.shuttingDown))
      return
    }
    const isTrustedProxy = edge.hasTrustedProxies && edge.trustedProxies.has(ip)
    const wire = new Wire(edge, socket, {
      clientIp: ip,
      clientPort: socket.remotePort ?? 0,
      role: this.#options.role,
      implicitTls: this.#options.implicitTls,
      isTrustedProxy,
    })
    wire.open(new Session(edge, wire))
    if (!isTrustedProxy) this.#greetSoon(wire)
  }

  /** Hosts that send much connect again and again. */
  #addressOf(written: string): string | null {
    if (this.#lastAddress?.written !== written) this.#lastAddress = { written, ip: peerAddress(written) }
    return this.#lastAddress.ip
  }

  /**
   * Who speaks before it was greeted is no well-behaved client (RFC 5321 §4.3.1). A greeting at once would
   * hide that, so it waits for one turn of the loop, in which early octets are read; never longer
   * (decisions 57).
   */
  #greetSoon(wire: Wire): void {
    this.#fresh.push(wire)
    if (this.#isGreeting) return
    this.#isGreeting = true
    setImmediate(() => this.#greetDue())
  }

  #greetDue(): void {
    const due = this.#due
    this.#due = this.#fresh
    this.#fresh = []
    for (const wire of due) wire.greet()
    this.#isGreeting = this.#due.length > 0
    if (this.#isGreeting) setImmediate(() => this.#greetDue())
  }
}

/** Without the zone that a link-local address has behind it (RFC 4007 §11); null for what is no address. */
export function peerAddress(written: string): string | null {
  const zone = written.indexOf('%')
  return normalizeIp(zone === -1 ? written : written.slice(0, zone))
}

function refuse(socket: Socket, reply: string): void {
  socket.on('error', () => undefined)
  socket.end(reply, 'latin1', () => socket.destroy())
}
