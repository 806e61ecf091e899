// Stands between two mail servers and writes down what the client sends; names the client by PROXY where
// asked.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { proxyHeader } from '@gatepost/sandbox/proxy-header.ts'

export type Recorder = {
  readonly port: number
  /** What clients sent, read by read, since the last `clear`; what is encrypted is noise. */
  readonly heard: () => readonly string[]
  readonly clear: () => void
  readonly stop: () => Promise<void>
}

/** More would be content, which is compared elsewhere. */
const HEARD_MAX = 500

/** Listens on a free port of 127.0.0.1 and leads to the port that `to` says at each connection. */
export async function startRecorder(to: () => number, clientIp: string | null = null): Promise<Recorder> {
  let heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: to(), host: '127.0.0.1', noDelay: true })
    if (clientIp !== null) far.write(proxyHeader({ sourceIp: clientIp, sourcePort: near.remotePort ?? 1 }))
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => sockets.delete(socket))
      socket.pipe(other)
    }
    near.on('data', (chunk: Buffer) => {
      if (heard.length < HEARD_MAX) heard.push(chunk.toString('utf8'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    clear: () => {
      heard = []
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
