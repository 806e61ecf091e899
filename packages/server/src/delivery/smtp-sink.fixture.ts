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
  let pending = ''
  let inData = false
  let mail = ''
  let recipients: string[] = []
  const say = (line: string, usual: string): boolean => {
    const told = options.answer?.(line, connection)
    const reply = told === undefined ? usual : told
    if (reply === 'close') {
      socket.destroy()
      return false
    }
    if (reply !== null) socket.write(reply.endsWith('\n') ? reply : `${reply}\r\n`)
    return reply?.startsWith('2') === true || reply?.startsWith('3') === true
  }
  const command = (line: string): void => {
    connection.commands.push(line)
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') {
      const keywords = [...(options.keywords ?? KEYWORDS), ...(options.tls && !tls ? ['STARTTLS'] : [])]
      say(
        line,
        ['sink', ...keywords]
          .map((word, i, all) => `250${i === all.length - 1 ? ' ' : '-'}${word}`)
          .join('\r\n'),
      )
    } else if (verb === 'MAIL') {
      recipients = []
      mail = say(line, '250 2.1.0 ok') ? line : ''
    } else if (verb === 'RCPT') {
      if (mail === '') say(line, '503 5.5.1 no mail')
      else if (say(line, '250 2.1.5 ok')) recipients.push(line)
    } else if (verb === 'DATA') {
      if (recipients.length === 0) say(line, '554 5.5.1 no valid recipients')
      else inData = say(line, '354 go on')
    } else if (verb === 'STAR') {
      if (!say(line, '220 2.0.0 go')) return
      socket.removeAllListeners('data')
      const secure = new TLSSocket(socket, {
        isServer: true,
        ...(options.tls && { secureContext: options.tls }),
      })
      secure.on('error', () => {})
      serve(secure, sink, { options, tls: true })
    } else if (verb === 'QUIT') {
      say(line, '221 2.0.0 bye')
      socket.end()
    } else say(line, '250 2.0.0 ok')
  }
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1')
    for (;;) {
      if (inData) {
        const end = pending.startsWith('.\r\n') ? 0 : pending.indexOf('\r\n.\r\n')
        if (end === -1) return
        const content = end === 0 ? '' : pending.slice(0, end + 2)
        pending = pending.slice(end === 0 ? 3 : end + 5)
        inData = false
        connection.messages += 1
        if (say('<dot>', '250 2.0.0 taken')) {
          sink.count += 1
          if (!options.forget)
            sink.messages.push({ mail, recipients, content: content.replace(/^\.\./gm, '.') })
        }
        mail = ''
      } else {
        const end = pending.indexOf('\r\n')
        if (end === -1) return
        const line = pending.slice(0, end)
        pending = pending.slice(end + 2)
        command(line)
      }
    }
  })
  if (!tls) say('<greeting>', '220 sink ESMTP')
}
