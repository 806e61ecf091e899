// A next hop that keeps nothing but counts: for messages too many and too large to hold in a test's memory.
import { createServer, type Socket } from 'node:net'

export type Sink = {
  readonly port: number
  /** Messages and octets of content taken so far. */
  readonly taken: () => { readonly messages: number; readonly octets: number }
  readonly stop: () => Promise<void>
}

const END = Buffer.from('\r\n.\r\n')

/** Starts it on a free port of 127.0.0.1. */
export async function startSink(): Promise<Sink> {
  let messages = 0
  let octets = 0
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    let isContent = false
    let tail: Buffer = Buffer.alloc(0)
    let line = ''
    socket.write('220 sink.example ESMTP\r\n')
    const content = (chunk: Buffer): Buffer | null => {
      const joined = Buffer.concat([tail, chunk.subarray(0, END.length)])
      const early = joined.indexOf(END)
      const at = early >= 0 ? early - tail.length : chunk.indexOf(END)
      if (at < 0 && early < 0) {
        octets += chunk.length
        tail = Buffer.concat([tail, chunk]).subarray(-(END.length - 1))
        return null
      }
      const end = at + END.length
      octets += end
      messages += 1
      isContent = false
      socket.write('250 2.0.0 Ok\r\n')
      return chunk.subarray(end)
    }
    socket.on('data', (chunk: Buffer) => {
      let rest: Buffer | null = chunk
      while (rest !== null && rest.length > 0) {
        if (isContent) {
          rest = content(rest)
          continue
        }
        const feed = rest.indexOf(10)
        if (feed < 0) {
          line += rest.toString('latin1')
          return
        }
        line += rest.toString('latin1', 0, feed)
        rest = rest.subarray(feed + 1)
        isContent = command(socket, line.trim().toUpperCase())
        if (isContent) tail = Buffer.from('\r\n')
        line = ''
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    taken: () => ({ messages, octets }),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Answers a command; true when content follows. */
function command(socket: Socket, line: string): boolean {
  if (line.startsWith('EHLO')) socket.write('250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n')
  else if (line === 'QUIT') socket.end('221 2.0.0 Bye\r\n')
  else if (line === 'DATA') socket.write('354 Go on\r\n')
  else socket.write('250 2.0.0 Ok\r\n')
  return line === 'DATA'
}
