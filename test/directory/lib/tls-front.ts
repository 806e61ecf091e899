// TLS in front of the console, as a reverse proxy would stand there: it can go away in the middle of a
// request.
import { connect, type Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import type { Made } from '@gatepost/server/delivery/tls/certificates.fixture.ts'
import { freePort } from '../../interop/lib/postfix.ts'

export type TlsFront = {
  readonly port: number
  /** Cuts every line as soon as an agent sends this, and refuses new ones until `open`. */
  cutAt(text: string): Promise<void>
  /** What agents sent so far, request lines alone. */
  readonly asked: readonly string[]
  open(): Promise<void>
  close(): Promise<void>
}

/** Starts on a free port of loopback, which it has again after a cut, and hands everything to `target`. */
export async function startTlsFront(target: number, made: Made): Promise<TlsFront> {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  let cut: { readonly text: string; readonly done: () => void } | null = null
  let server: Server = listener()
  const port = await freePort()

  function listener(): Server {
    return createServer({ key: made.key, cert: made.certificate }, (socket) => {
      const inner = connect({ host: '127.0.0.1', port: target })
      sockets.add(socket)
      socket.on('error', () => inner.destroy()).on('close', () => sockets.delete(socket))
      inner.on('error', () => socket.destroy())
      socket.on('data', (bytes: Buffer) => {
        const text = bytes.toString('latin1')
        const line = /^(?:POST|PUT|GET) \S+/.exec(text)?.[0]
        if (line !== undefined) asked.push(line)
        if (cut !== null && text.includes(cut.text)) {
          const { done } = cut
          cut = null
          server.close()
          for (const one of sockets) one.destroy()
          done()
          return
        }
        inner.write(bytes)
      })
      socket.on('end', () => inner.end())
      inner.pipe(socket)
    })
  }
  const open = async (): Promise<void> => {
    server = listener()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  }
  await open()
  return {
    port,
    asked,
    cutAt: (text) =>
      new Promise((done) => {
        cut = { text, done }
      }),
    open,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
