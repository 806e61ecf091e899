// One SMTP session of a sandbox mail host: does what RFC 5321 asks unless the script says otherwise.
import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { AnswerRule, Answers, AnswerVerb } from './answers.ts'
import { type Certificate, type Clock, pause } from './platform.ts'
import { PROXY_FIXED_BYTES, proxyBodyLength, proxySource } from './proxy-header.ts'
import type { MessageFacts } from './received.ts'
import { SocketReader } from './wire.ts'

export type SessionHost = {
  readonly name: string
  readonly clock: Clock
  readonly answers: Answers
  readonly certificate: Certificate | null
  /** Clients speak PROXY v2 first. */
  readonly proxy: boolean
  readonly contentBytesMax: number
  /** The answer to every recipient of a client that is kept out; null for those who may come in. */
  readonly refusal?: string | null
  /** Whether a mailbox lives here; others get 550 5.1.1. */
  readonly accepts: (forwardPath: string) => boolean
  /** Takes a whole message; resolves to the id that the reply names. */
  readonly store: (message: MessageFacts) => Promise<string>
}

const IDLE_MS = 300_000
const RECIPIENTS_MAX = 1000

type Transaction = { reversePath: string; mailParameters: string; forwardPaths: string[] }

/** Serves one connection until either side ends it. Never throws for what the client does. */
export async function serveSession(socket: Socket, host: SessionHost): Promise<void> {
  socket.on('error', () => socket.destroy())
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.setNoDelay(true)
  await new Session(socket, host).run()
  socket.destroy()
}

class Session {
  readonly #host: SessionHost
  #socket: Socket
  #reader: SocketReader
  #client: { ip: string; port: number }
  #tls: MessageFacts['tls'] = null
  #helo = ''
  #transaction: Transaction | null = null

  constructor(socket: Socket, host: SessionHost) {
    this.#host = host
    this.#socket = socket
    this.#reader = new SocketReader(socket)
    this.#client = { ip: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
  }

  async run(): Promise<void> {
    if (this.#host.proxy && !(await this.#readProxyHeader())) return
    const greeting = `220 ${this.#host.name} ESMTP sandbox`
    if (!(await this.#answer('CONNECT', this.#client.ip, () => greeting))) return
    for (let line = await this.#reader.readLine(); line !== null; line = await this.#reader.readLine()) {
      if (!(await this.#command(line.toString('utf8')))) return
    }
  }

  /** False once the session is over. */
  async #command(line: string): Promise<boolean> {
    const [, word = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(line) ?? []
    const verb = word.toUpperCase()
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return this.#answer('EHLO', argument, () => this.#greet(verb, argument))
      case 'STARTTLS':
        return this.#startTls()
      case 'MAIL':
        return this.#answer('MAIL', argument, () => this.#mail(argument))
      case 'RCPT':
        return this.#answer('RCPT', argument, () => this.#rcpt(argument))
      case 'DATA':
        return this.#data()
      case 'RSET':
        this.#transaction = null
        return this.#answer('RSET', '', () => '250 2.0.0 Ok')
      case 'NOOP':
        return this.#answer('NOOP', argument, () => '250 2.0.0 Ok')
      case 'QUIT':
        await this.#answer('QUIT', '', () => '221 2.0.0 Bye')
        this.#socket.end()
        return false
      case 'VRFY':
        return this.#send('252 2.5.0 Send mail and see', null)
      default:
        return this.#send('500 5.5.2 Command not recognised', null)
    }
  }

  #greet(verb: 'EHLO' | 'HELO', name: string): string {
    this.#helo = name
    this.#transaction = null
    if (verb === 'HELO') return `250 ${this.#host.name}`
    const keywords = ['PIPELINING', `SIZE ${this.#host.contentBytesMax}`, '8BITMIME', 'SMTPUTF8', 'DSN']
    if (this.#host.certificate !== null && this.#tls === null) keywords.push('STARTTLS')
    return [
      `250 ${this.#host.name}`,
      ...keywords.map((keyword) => `250 ${keyword}`),
      '250 ENHANCEDSTATUSCODES',
    ].join('\n')
  }

  #mail(argument: string): string {
    const match = /^FROM:\s*<([^>]*)>\s*(.*)$/i.exec(argument)
    if (match === null) return '501 5.5.4 Expected MAIL FROM:<mailbox>'
    if (this.#helo === '') return '503 5.5.1 EHLO first'
    if (this.#transaction !== null) return '503 5.5.1 One transaction at a time'
    this.#transaction = { reversePath: match[1]!, mailParameters: match[2]!, forwardPaths: [] }
    return '250 2.1.0 Ok'
  }

  #rcpt(argument: string): string {
    const match = /^TO:\s*<([^>]+)>/i.exec(argument)
    if (match === null) return '501 5.5.4 Expected RCPT TO:<mailbox>'
    if (this.#transaction === null) return '503 5.5.1 MAIL first'
    if (this.#transaction.forwardPaths.length >= RECIPIENTS_MAX) return '452 4.5.3 Too many recipients'
    if (this.#host.refusal != null) return this.#host.refusal
    if (!this.#host.accepts(match[1]!)) return '550 5.1.1 No such mailbox here'
    this.#transaction.forwardPaths.push(match[1]!)
    return '250 2.1.5 Ok'
  }

  async #data(): Promise<boolean> {
    const ready = (this.#transaction?.forwardPaths.length ?? 0) > 0
    let started = false
    const goOn = await this.#answer('DATA', '', (rule) => {
      started = ready && (rule?.reply === undefined || rule.reply.startsWith('354'))
      return ready ? '354 End data with <CR><LF>.<CR><LF>' : '503 5.5.1 No valid recipients'
    })
    if (!goOn || !started) return goOn
    const transaction = this.#transaction!
    this.#transaction = null
    const read = await this.#reader.readContent(this.#host.contentBytesMax)
    if (read === null) return false
    const rule = this.#host.answers.take('CONTENT', read.content.toString('latin1'))
    await pause(rule?.delayMs ?? 0)
    if (read.tooBig) return this.#send('552 5.3.4 Message too big', rule)
    const kept = rule?.reply === undefined || rule.reply.startsWith('2')
    const id = kept ? await this.#store(transaction, read.content) : ''
    return this.#send(rule?.reply ?? `250 2.0.0 Ok: stored as ${id}`, rule)
  }

  #store(transaction: Transaction, content: Buffer): Promise<string> {
    return this.#host.store({
      ...transaction,
      at: this.#host.clock.now(),
      clientIp: this.#client.ip,
      clientPort: this.#client.port,
      tls: this.#tls,
      helo: this.#helo,
      content,
    })
  }

  async #startTls(): Promise<boolean> {
    const { certificate } = this.#host
    let agreed = false
    const goOn = await this.#answer('STARTTLS', '', (rule) => {
      agreed = certificate !== null && this.#tls === null && (rule?.reply?.startsWith('220') ?? true)
      return agreed ? '220 2.0.0 Ready' : '454 4.7.0 No TLS here'
    })
    if (!goOn || !agreed || certificate === null) return goOn
    // Bytes sent before the handshake are thrown away, so that nothing can be injected (CVE-2011-0411).
    this.#reader.detach()
    const secure = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext: createSecureContext(certificate),
    })
    secure.on('error', () => secure.destroy())
    this.#reader = new SocketReader(secure)
    this.#socket = secure
    const done = await new Promise<boolean>((resolve) => {
      secure.once('secure', () => resolve(true)).once('close', () => resolve(false))
    })
    this.#tls = { version: secure.getProtocol() ?? '', cipher: secure.getCipher()?.name ?? '' }
    this.#helo = ''
    this.#transaction = null
    return done
  }

  /**
   * Applies the script to one step. `normal` runs only if the script has no reply of its own, save DATA's.
   */
  async #answer(
    verb: AnswerVerb,
    argument: string,
    normal: (rule: AnswerRule | null) => string,
  ): Promise<boolean> {
    const rule = this.#host.answers.take(verb, argument)
    await pause(rule?.delayMs ?? 0)
    const positive = rule?.reply === undefined || /^[23]/.test(rule.reply)
    const reply = positive ? normal(rule) : ''
    return this.#send(rule?.reply ?? reply, rule)
  }

  /** Writes a reply whose lines are separated by \n. False if the connection is cut instead. */
  async #send(reply: string, rule: AnswerRule | null): Promise<boolean> {
    if (rule?.cut) {
      this.#socket.destroy()
      return false
    }
    const lines = reply.split('\n')
    const wire = lines.map((line, index) => {
      const separator = index === lines.length - 1 ? ' ' : '-'
      return `${line.slice(0, 3)}${separator}${line.slice(4)}\r\n`
    })
    if (rule?.dripMs === undefined) this.#socket.write(wire.join(''))
    else await this.#drip(wire.join(''), rule.dripMs)
    return !this.#socket.destroyed
  }

  async #drip(text: string, dripMs: number): Promise<void> {
    for (const character of text) {
      if (this.#socket.destroyed) return
      this.#socket.write(character)
      await pause(dripMs)
    }
  }

  async #readProxyHeader(): Promise<boolean> {
    const fixed = await this.#reader.readBytes(PROXY_FIXED_BYTES)
    const length = fixed === null ? null : proxyBodyLength(fixed)
    const body = length === null ? null : await this.#reader.readBytes(length)
    if (fixed === null || body === null) return false
    this.#client = proxySource(fixed, body) ?? this.#client
    return true
  }
}
