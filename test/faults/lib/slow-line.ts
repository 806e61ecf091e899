// A line between two processes that can become slow or break: for databases that are far, busy or gone.
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net'

export type SlowLine = {
  readonly port: number
  /** How long every answer takes from now on. */
  setDelay(ms: number): void
  /** Down: all connections are cut and new ones end at once. */
  setDown(down: boolean): void
  stop(): Promise<void>
}

/** Listens on a free port of 127.0.0.1 and leads to `to`. */
export async function startSlowLine(to: NetConnectOpts): Promise<SlowLine> {
  let delayMs = 0
  let isDown = false
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (isDown) {
      near.destroy()
      return
    }
    const far = connect(to)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    near.on('data', (chunk) => far.write(chunk))
    far.on('data', (chunk) => {
      if (delayMs === 0) near.write(chunk)
      // Timers of the same length keep their order, and so do the octets.
      else setTimeout(() => near.write(chunk), delayMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    setDelay: (ms) => {
      delayMs = ms
    },
    setDown: (down) => {
      isDown = down
      if (down) for (const socket of sockets) socket.destroy()
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
