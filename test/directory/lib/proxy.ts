// A way to a directory that can be turned to another server, or cut in the middle of an answer.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Way = {
  readonly port: number
  /** Where new connections go. */
  target: number
  /** Bytes of answers after which a connection is cut; null never cuts. */
  cutAfter: number | null
  close(): Promise<void>
}

export async function startProxy(target: number): Promise<Way> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: proxy.target })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    let sent = 0
    client.on('data', (chunk) => upstream.write(chunk)).on('close', () => upstream.destroy())
    upstream
      .on('data', (chunk: Buffer) => {
        sent += chunk.length
        if (proxy.cutAfter !== null && sent > proxy.cutAfter) {
          upstream.destroy()
          client.destroy()
        } else client.write(chunk)
      })
      .on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: Way = {
    port: (server.address() as AddressInfo).port,
    target,
    cutAfter: null,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}
