// A mail host for tests: takes mail and remembers it, or answers as told at any stage.
import { createServer, type Server, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'

export type SunkMessage = {
  readonly mail: string
  readonly recipients: readonly string[]
  /** Unstuffed, without the final dot. */
  readonly content: string
}

/** What to say to a line; undefined is the usual answer, null says nothing, 'close' ends the connection. */
export type Answer = (line: string, connection: SinkConnection) => string | null | undefined

export type SinkConnection = {
  readonly socket: Socket
  readonly commands: string[]
  readonly tls: boolean
  messages: number
}

export type SinkOptions = {
  readonly keywords?: readonly string[]
  readonly answer?: Answer
  readonly tls?: SecureContext
  /** Counts content instead of keeping it. */
  readonly forget?: boolean
}

export type Sink = {
  readonly port: number
  readonly messages: SunkMessage[]
  readonly connections: SinkConnection[]
  readonly server: Server
  count: number
  close(): Promise<void>
}

const KEYWORDS = ['PIPELINING', 'SIZE 10485760', '8BITMIME', 'SMTPUTF8', 'DSN']

/** Starts a host on a free port of 127.0.0.1. Lines for `answer` are commands, '<greeting>' and '<dot>'. */
export async function startSink(options: SinkOptions = {}, host = '127.0.0.1', port = 0): Promise<Sink> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket, sink, { options, tls: false })
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  const address = server.address()
  const sink: Sink = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages: [],
    connections: [],
    server,
    count: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return sink
}

function serve(
  socket: Socket,
  sink: Sink,
  { options, tls }: { readonly options: SinkOptions; readonly tls: boolean },
): void {
  const connection: SinkConnection = { socket, commands: [], tls, messages: 0 }
  sink.connections.push(connection)
  const session = new SinkSession(sink, connection, options)
  socket.on('error', () => {})
  socket.on('data', (chunk) => session.hear(chunk.toString('latin1')))
  if (!tls) session.say('<greeting>', '220 sink ESMTP')
}

class SinkSession {
  readonly #sink: Sink
  readonly #connection: SinkConnection
  readonly #options: SinkOptions
  #pending = ''
  #inData = false
  #mail = ''
  #recipients: string[] = []

  constructor(sink: Sink, connection: SinkConnection, options: SinkOptions) {
    this.#sink = sink
    this.#connection = connection
    this.#options = options
  }

  hear(text: string): void {
    this.#pending += text
    while (this.#inData ? this.#takeContent() : this.#takeLine()) {
      // Goes on while there is a whole line or a whole content.
    }
  }

  /** Answers as told or as usual; true when that was a yes. */
  say(line: string, usual: string): boolean {
    const { socket } = this.#connection
    const told = this.#options.answer?.(line, this.#connection)
    const reply = told === undefined ? usual : told
    if (reply === 'close') {
      socket.destroy()
      return false
    }
    if (reply !== null) socket.write(reply.endsWith('\n') ? reply : `${reply}\r\n`)
    return reply?.startsWith('2') === true || reply?.startsWith('3') === true
  }

  #takeLine(): boolean {
    const end = this.#pending.indexOf('\r\n')
    if (end === -1) return false
    const line = this.#pending.slice(0, end)
    this.#pending = this.#pending.slice(end + 2)
    this.#connection.commands.push(line)
    this.#command(line)
    return true
  }

  #takeContent(): boolean {
    const pending = this.#pending
    const end = pending.startsWith('.\r\n') ? 0 : pending.indexOf('\r\n.\r\n')
    if (end === -1) return false
    const content = end === 0 ? '' : pending.slice(0, end + 2)
    this.#pending = pending.slice(end === 0 ? 3 : end + 5)
    this.#inData = false
    this.#connection.messages += 1
    if (this.say('<dot>', '250 2.0.0 taken')) {
      this.#sink.count += 1
      const message = {
        mail: this.#mail,
        recipients: this.#recipients,
        content: content.replace(/^\.\./gm, '.'),
      }
      if (!this.#options.forget) this.#sink.messages.push(message)
    }
    this.#mail = ''
    return true
  }

  #command(line: string): void {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        this.say(line, this.#ehlo())
        return
      case 'MAIL':
        // As Postfix and others do: a transaction that was begun has to be ended (RFC 5321 §4.1.4).
        if (this.#mail !== '') {
          this.say(line, '503 5.5.1 nested MAIL command')
          return
        }
        this.#recipients = []
        this.#mail = this.say(line, '250 2.1.0 ok') ? line : ''
        return
      case 'RCPT':
        if (this.#mail === '') this.say(line, '503 5.5.1 no mail')
        else if (this.say(line, '250 2.1.5 ok')) this.#recipients.push(line)
        return
      case 'DATA':
        if (this.#recipients.length === 0) this.say(line, '554 5.5.1 no valid recipients')
        else this.#inData = this.say(line, '354 go on')
        return
      case 'RSET':
        this.#mail = ''
        this.say(line, '250 2.0.0 ok')
        return
      case 'STAR':
        if (this.say(line, '220 2.0.0 go')) this.#secure()
        return
      case 'QUIT':
        this.say(line, '221 2.0.0 bye')
        this.#connection.socket.end()
        return
      default:
        this.say(line, '250 2.0.0 ok')
    }
  }

  #ehlo(): string {
    const { keywords = KEYWORDS, tls } = this.#options
    const words = ['sink', ...keywords, ...(tls && !this.#connection.tls ? ['STARTTLS'] : [])]
    return words.map((word, i) => `250${i === words.length - 1 ? ' ' : '-'}${word}`).join('\r\n')
  }

  #secure(): void {
    const { socket } = this.#connection
    const { tls } = this.#options
    socket.removeAllListeners('data')
    const secure = new TLSSocket(socket, { isServer: true, ...(tls && { secureContext: tls }) })
    secure.on('error', () => {})
    serve(secure, this.#sink, { options: this.#options, tls: true })
  }
}
