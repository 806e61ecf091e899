// A mail host of the small internet ("Exchange"): receives over SMTP, keeps what came, sends through a smart
// host.
import { createServer, type Server, type Socket } from 'node:net'
import { type AnswerRule, Answers } from './answers.ts'
import { serveSession } from './mail-session.ts'
import {
  type Certificate,
  type Clock,
  makeCertificate,
  pause,
  systemClock,
  writeToMaildir,
} from './platform.ts'
import type { ProxyAddresses } from './proxy-header.ts'
import { type ReceivedMessage, ReceivedMessages, type StoreLimits } from './received.ts'
import { type SendOptions, type SendResult, sendMessage } from './senders.ts'

export type MailHostOptions = {
  /** In the greeting and as HELO of what it sends; a function where it may change. */
  readonly name: string | (() => string)
  readonly host?: string
  /** 0 (the default) takes a free one. */
  readonly port?: number
  /** Mailboxes that live here, in any case; without them every mailbox does. */
  readonly recipients?: readonly string[]
  /** Null offers no STARTTLS; without it a self-signed certificate is made if openssl is there. */
  readonly certificate?: Certificate | null
  /** Clients speak PROXY v2 first. */
  readonly proxy?: boolean
  /** A folder that each message is also written to. */
  readonly maildir?: string
  readonly limits?: StoreLimits
  readonly contentBytesMax?: number
  readonly clock?: Clock
}

export type HostSendOptions = {
  readonly smartHost: { readonly host: string; readonly port: number }
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  readonly content: string | Uint8Array
  /** Claimed by PROXY v2, so that the gateway sees the host's public address. */
  readonly sourceAddress?: string
  readonly startTls?: boolean
  readonly credentials?: SendOptions['credentials']
}

/** Clients that are not allowed are cut off at once, or refused at RCPT with a reply as a cloud does. */
export type Firewall = { readonly allowed: readonly string[]; readonly reply: string | null }

export type MailHost = {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly hasTls: boolean
  readonly messages: () => readonly ReceivedMessage[]
  readonly message: (id: string) => ReceivedMessage | null
  /** How many ever came. */
  readonly total: () => number
  /** How often each Message-ID came. */
  readonly counts: () => ReadonlyMap<string, number>
  readonly waitFor: (
    predicate: (message: ReceivedMessage) => boolean,
    limitMs: number,
  ) => Promise<ReceivedMessage>
  readonly clear: () => void
  /** Replaces the script; without rules the host behaves. */
  readonly script: (...rules: readonly AnswerRule[]) => void
  readonly rules: () => readonly AnswerRule[]
  /** Null accepts every mailbox. */
  readonly setRecipients: (recipients: readonly string[] | null) => void
  /** Who may come in at all; null lets everybody. */
  readonly setFirewall: (firewall: Firewall | null) => void
  readonly firewall: () => Firewall | null
  /** Called with each message that was stored. */
  readonly follow: (stored: (message: ReceivedMessage) => void) => void
  readonly isDown: () => boolean
  /** Down: the port refuses and open connections are cut. Up again on the same port. */
  readonly setDown: (down: boolean) => Promise<void>
  readonly send: (options: HostSendOptions) => Promise<SendResult>
  readonly stop: () => Promise<void>
}

const CONTENT_BYTES_MAX = 210 * 1024 * 1024
const CONNECTIONS_MAX = 1000
const PORT_MIN_EPHEMERAL = 20_000
const PORT_SPAN = 40_000
const REOPEN_TRIES = 100
const REOPEN_PAUSE_MS = 100

/** Starts a mail host. Rejects if the port is taken. */
export async function startMailHost(options: MailHostOptions): Promise<MailHost> {
  const { host = '127.0.0.1', clock = systemClock } = options
  const name = typeof options.name === 'string' ? () => options.name as string : options.name
  const certificate =
    options.certificate === undefined ? await makeCertificate([name()]) : options.certificate
  const received = new ReceivedMessages(options.limits)
  const answers = new Answers()
  let recipients = mailboxSet(options.recipients ?? null)
  let firewall: Firewall | null = null
  const followers: ((message: ReceivedMessage) => void)[] = []
  const listener = new Listener((socket) => {
    const isOut = keepsOut(firewall, socket)
    if (isOut && firewall?.reply == null) return cutOff(socket)
    return serveSession(socket, {
      name: name(),
      refusal: isOut ? (firewall?.reply ?? null) : null,
      clock,
      answers,
      certificate,
      proxy: options.proxy ?? false,
      contentBytesMax: options.contentBytesMax ?? CONTENT_BYTES_MAX,
      accepts: (forwardPath) => recipients === null || recipients.has(forwardPath.toLowerCase()),
      store: async (facts) => {
        const message = received.add(facts)
        if (options.maildir !== undefined) await writeToMaildir(options.maildir, message.id, message.content)
        for (const follower of followers) follower(message)
        return message.id
      },
    })
  })
  const port = await listener.open(host, options.port ?? 0)
  let sent = 0
  return {
    get name() {
      return name()
    },
    host,
    port,
    hasTls: certificate !== null,
    messages: () => received.list(),
    message: (id) => received.get(id),
    total: () => received.total,
    counts: () => received.counts(),
    waitFor: (predicate, limitMs) => received.waitFor(predicate, limitMs),
    clear: () => received.clear(),
    script: (...rules) => answers.set(rules),
    rules: () => answers.rules(),
    setRecipients: (list) => {
      recipients = mailboxSet(list)
    },
    setFirewall: (wanted) => {
      firewall = wanted
    },
    firewall: () => firewall,
    follow: (follower) => void followers.push(follower),
    isDown: () => !listener.isOpen,
    setDown: async (down) => {
      if (down) await listener.close()
      else if (!listener.isOpen) await openAgain(listener, { host, port })
    },
    send: (message) => {
      sent += 1
      return sendFromHost(name(), message, PORT_MIN_EPHEMERAL + (sent % PORT_SPAN))
    },
    stop: () => listener.close(),
  }
}

/** On the port it had; somebody may have been given that in between, most often for a moment. */
async function openAgain(listener: Listener, at: { readonly host: string; readonly port: number }) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listener.open(at.host, at.port)
    } catch (error) {
      if (tries >= REOPEN_TRIES) throw error
      await pause(REOPEN_PAUSE_MS)
    }
  }
}

function keepsOut(firewall: Firewall | null, { remoteAddress = '' }: Socket): boolean {
  return firewall !== null && !firewall.allowed.includes(remoteAddress)
}

async function cutOff(socket: Socket): Promise<void> {
  socket.destroy()
}

function sendFromHost(name: string, message: HostSendOptions, sourcePort: number): Promise<SendResult> {
  const { smartHost, sourceAddress, ...rest } = message
  const proxy: ProxyAddresses | undefined =
    sourceAddress === undefined ? undefined : { sourceIp: sourceAddress, sourcePort }
  return sendMessage({ ...rest, ...smartHost, helo: name, ...(proxy === undefined ? {} : { proxy }) })
}

function mailboxSet(recipients: readonly string[] | null): ReadonlySet<string> | null {
  return recipients === null ? null : new Set(recipients.map((recipient) => recipient.toLowerCase()))
}

/** A port that can be closed and opened again while the host lives. */
class Listener {
  readonly #serve: (socket: Socket) => Promise<void>
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null

  constructor(serve: (socket: Socket) => Promise<void>) {
    this.#serve = serve
  }

  get isOpen(): boolean {
    return this.#server !== null
  }

  async open(host: string, port: number): Promise<number> {
    const server = createServer((socket) => this.#accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    this.#server = server
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const socket of this.#sockets) socket.destroy()
    if (server !== null) await new Promise((done) => server.close(done))
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= CONNECTIONS_MAX) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // A fault while serving ends this connection; the host goes on.
    this.#serve(socket).catch(() => socket.destroy())
  }
}
