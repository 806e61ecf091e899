// One worker's edge: what its listeners and sessions share, the sweep over deadlines, and the orderly end.
import type { SecureContext } from 'node:tls'
import { compileIpSet, type IpSet } from '@gatepost/mail/ip.ts'
import { replies } from '@gatepost/mail/replies.ts'
import { prewritten, type Reply } from '@gatepost/mail/reply.ts'
import { Authenticator } from '#authentication/authenticator.ts'
import type { Emit } from '#events/emit.ts'
import { ClientNames } from '#facts/client.ts'
import type { Greylist } from '#facts/greylist/greylist.ts'
import { NOT_SCREENED, type Screener } from '#facts/screening/screening.ts'
import type { AskMailHost, Holder } from '#facts/sources.ts'
import type { AllowedAhead } from '#link/replica-ahead.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { newId } from '#platform/random.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import { unknown } from '#policy/facts.ts'
import type { Content, Envelope, Spool } from '#spool/spool.ts'
import { AuthGuard } from './auth-guard.ts'
import { HeldContent } from './content.ts'
import {
  CLOCK_JUMP_MS,
  type ConfiguredLimits,
  ConnectionCounter,
  type EdgeLimits,
  limitsOf,
  SWEEP_MS,
  WindowCounter,
} from './limits.ts'
import { Refusals } from './refusals.ts'
import { SenderCounts } from './sender-counts.ts'
import type { Session } from './session.ts'
import { TenantConnections } from './tenant-connections.ts'
import { Turns } from './turns.ts'

export type EdgeOptions = {
  /** Our name in greetings, Received and Authentication-Results. */
  readonly hostname: string
  /** Limits of the node, of which this worker takes its share. */
  readonly limits: ConfiguredLimits
  readonly workers: number
  /** Addresses or ranges whose PROXY header is believed. */
  readonly trustedProxies: readonly string[]
  readonly holder: Holder
  readonly dns: Dns
  readonly spool: Spool
  readonly clock: Clock
  readonly emit: Emit
  /** Null keeps none: every sender is taken at once. */
  readonly greylist: Greylist | null
  /** Asked at each handshake, so that a new certificate is used from then on. Null: TLS is not offered. */
  tlsContext(): SecureContext | null
  /** The context for the host that a client names (SNI); left out or null while there is one certificate. */
  tlsByName?(): ((servername: string) => SecureContext | null) | null
  /** Asks the tenant's mail host for recipients (R1); left out where nobody can. */
  readonly callForward?: AskMailHost | undefined
  /** Address that the sender's page of a refusal begins with; left out, replies carry no link. */
  readonly senderPage?: string | null
  /** Looks into content; left out, nobody does. */
  readonly screener?: Screener | undefined
  /** Opens what the snapshot holds sealed; left out, nobody can sign in and nothing is forwarded outside. */
  readonly secrets?: Pick<SecretBox, 'open'> | undefined
  /**
   * Permits answers on this machine before control says so. Must not throw; left out, control is waited for.
   */
  allowAhead?(entries: readonly AllowedAhead[]): void
  /** A message is durable: delivery may begin. Must not throw. */
  onAccepted(envelope: Envelope, content: Content): void
}

/** Something with a lifetime that ends with the edge: its listeners. */
type Closable = { close(): Promise<void> }

const NO_SCREENER: Screener = { screen: () => NOT_SCREENED, close: async () => {} }

/** How often the end of open sessions is looked for while draining. */
const DRAIN_STEP_MS = 20

/** What listeners and sessions of one worker share. */
export class Edge {
  readonly hostname: string
  readonly limits: EdgeLimits
  readonly trustedProxies: IpSet
  readonly hasTrustedProxies: boolean
  readonly holder: Holder
  readonly spool: Spool
  readonly clock: Clock
  readonly emit: Emit
  readonly authenticator: Authenticator
  readonly clientNames: ClientNames
  readonly greylist: Greylist | null
  readonly connections: ConnectionCounter
  readonly tenantConnections: TenantConnections
  readonly unknownRecipients = new WindowCounter()
  readonly authGuard = new AuthGuard()
  readonly senderCounts = new SenderCounts()
  readonly workers: number
  readonly secrets: Pick<SecretBox, 'open'> | null
  readonly refusals: Refusals
  readonly sessions = new Set<Session>()
  readonly heldContent = new HeldContent()
  readonly turns = new Turns()
  readonly tlsContext: EdgeOptions['tlsContext']
  readonly tlsByName: NonNullable<EdgeOptions['tlsByName']>
  readonly callForward: AskMailHost
  readonly screener: Screener
  readonly onAccepted: EdgeOptions['onAccepted']
  readonly allowAhead: NonNullable<EdgeOptions['allowAhead']>
  readonly senderPage: string | null
  readonly greeting: Reply
  readonly ehloReply: Reply
  readonly ehloReplyWithStartTls: Reply
  readonly ehloReplyWithAuth: Reply
  /** REQUIRETLS is announced inside TLS alone (RFC 8689 §2). */
  readonly ehloReplyInTls: Reply
  readonly #ended = new AbortController()
  readonly #listeners = new Set<Closable>()
  #isDraining = false

  constructor(options: EdgeOptions) {
    const { hostname, clock, dns, spool } = options
    this.hostname = hostname
    this.limits = limitsOf(options.limits, options.workers)
    this.trustedProxies = compileIpSet(options.trustedProxies)
    this.hasTrustedProxies = options.trustedProxies.length > 0
    this.holder = options.holder
    this.spool = spool
    this.clock = clock
    this.emit = options.emit
    this.authenticator = new Authenticator({ dns, clock, hostname })
    this.clientNames = new ClientNames(dns, clock)
    this.greylist = options.greylist
    this.connections = new ConnectionCounter(this.limits)
    this.tenantConnections = new TenantConnections(this.limits.connectionsPerTenant)
    this.refusals = new Refusals({ spool, clock, newId: () => this.newMessageId() })
    this.tlsContext = options.tlsContext
    this.tlsByName = options.tlsByName ?? (() => null)
    this.onAccepted = options.onAccepted
    this.allowAhead = options.allowAhead ?? (() => {})
    this.senderPage = options.senderPage ?? null
    this.callForward = options.callForward ?? (() => unknown('nobody asks mail hosts here'))
    this.screener = options.screener ?? NO_SCREENER
    const keywords = keywordsOf(this.limits)
    this.greeting = prewritten(replies.greeting(hostname))
    this.ehloReply = prewritten(replies.ehlo(hostname, keywords))
    this.ehloReplyWithStartTls = prewritten(replies.ehlo(hostname, [...keywords, 'STARTTLS']))
    this.ehloReplyWithAuth = prewritten(replies.ehlo(hostname, [...keywords, 'REQUIRETLS', AUTH_KEYWORD]))
    this.ehloReplyInTls = prewritten(replies.ehlo(hostname, [...keywords, 'REQUIRETLS']))
    this.secrets = options.secrets ?? null
    this.workers = options.workers
    void this.#sweepForever()
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  newMessageId(): string {
    return newId('msg', this.clock.now())
  }

  /** Listeners tell of themselves, so that closing the edge closes them. */
  addListener(listener: Closable): void {
    this.#listeners.add(listener)
  }

  /**
   * Stops accepting, says 421 4.3.2 to sessions between commands, and lets messages under way come to their
   * reply. What is still open after `withinMs` is cut: without a reply the client keeps its message.
   */
  async close(options: { readonly withinMs: number }): Promise<void> {
    this.#isDraining = true
    await Promise.all([...this.#listeners].map((listener) => listener.close()))
    for (const session of this.sessions) session.drain()
    const end = this.clock.now() + options.withinMs
    while (this.sessions.size > 0 && this.clock.now() < end) await this.clock.sleep(DRAIN_STEP_MS)
    for (const session of this.sessions) session.destroy()
    this.#ended.abort()
    this.refusals.flush()
  }

  async #sweepForever(): Promise<void> {
    const { signal } = this.#ended
    let before = this.clock.now()
    while (!signal.aborted) {
      await this.clock.sleep(SWEEP_MS, signal)
      const now = this.clock.now()
      const jump = now - before - SWEEP_MS
      before = now
      // Nobody waited that long, or so little: all have their time again from here on.
      if (Math.abs(jump) > CLOCK_JUMP_MS) for (const session of this.sessions) session.clockJumped(jump)
      const isUnderPressure = this.connections.isUnderPressure
      for (const session of this.sessions) session.checkDeadline(now, isUnderPressure)
      this.refusals.sweep(now)
      this.unknownRecipients.sweep(now)
      this.authGuard.sweep(now)
      this.senderCounts.sweep(now)
    }
  }
}

/** RFC 4954, with LOGIN for devices that know nothing else. */
const AUTH_KEYWORD = 'AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN'

/** What EHLO announces (RFC 5321 §4.1.1.1), each by its RFC. */
function keywordsOf(limits: EdgeLimits): string[] {
  return [
    'PIPELINING', // RFC 2920
    `SIZE ${limits.messageBytes}`, // RFC 1870
    '8BITMIME', // RFC 6152
    'SMTPUTF8', // RFC 6531
    'CHUNKING', // RFC 3030
    'ENHANCEDSTATUSCODES', // RFC 2034
    'DSN', // RFC 3461
    `LIMITS RCPTMAX=${limits.recipientsPerMessage}`, // RFC 9422
  ]
}
