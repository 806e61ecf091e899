// The client side of a dialog: a socket that sends octets and waits for whole replies.
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Reply, ReplyParser } from '@gatepost/mail/reply.ts'
import { proxyHeader } from '@gatepost/server/edge/proxy.ts'

/** Real milliseconds a reply may take; virtual time plays no part in it. */
const REPLY_MS = 60_000

export class DialogClient {
  #socket: Socket
  #parser = new ReplyParser()
  readonly #replies: Reply[] = []
  #isClosed = false
  #changed: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  static async open(port: number, clientIp: string | null): Promise<DialogClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    if (clientIp !== null) {
      socket.write(proxyHeader({ ip: clientIp, port: 50_000 }, { ip: '127.0.0.1', port }))
    }
    return new DialogClient(socket)
  }

  send(octets: Uint8Array): void {
    this.#socket.write(octets)
  }

  /** The next reply; rejects when none comes. */
  async reply(): Promise<Reply> {
    await this.#until(() => this.#replies.length > 0, 'a reply')
    return this.#replies.shift()!
  }

  /** Resolves when we were hung up on; replies that came before count as unexpected. */
  async closed(): Promise<void> {
    await this.#until(() => this.#isClosed, 'the end of the connection')
  }

  /** Replies that nobody asked for yet. */
  get unread(): readonly Reply[] {
    return this.#replies
  }

  async startTls(): Promise<void> {
    const plain = this.#socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('close')
    const socket = connectTls({ socket: plain, rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    this.#parser = new ReplyParser()
    this.#socket = socket
    this.#listen(socket)
  }

  hangUp(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#replies.push(...this.#parser.push(chunk))
      this.#changed()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#isClosed = true
      this.#changed()
    })
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    const end = Date.now() + REPLY_MS
    while (!isSo()) {
      if (Date.now() >= end || (this.#isClosed && what === 'a reply')) {
        throw new Error(
          this.#isClosed ? `the connection ended, ${what} was expected` : `${what} did not come`,
        )
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50)
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
