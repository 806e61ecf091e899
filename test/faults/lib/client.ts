// A client for fault tests: one connection whose every word the test chooses, and content streamed at any
// size.
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { proxyHeader } from '@gatepost/sandbox/proxy-header.ts'

/** Where outside mail of the small internet comes from; SPF of bright.example passes here. */
export const OUTSIDE_IP = '203.0.113.10'
export const OUTSIDE_NAME = 'mail.bright.example'

export type Envelope = { readonly from: string; readonly to: readonly string[] }

type Options = {
  readonly port: number
  /** Named by PROXY v2; null connects as ourselves. */
  readonly clientIp?: string | null
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 60_000

/** One SMTP connection. Replies come whole: code, a space, and the text of all lines. */
export class Client {
  socket: Socket
  /** The newest TLS session that the server gave, to resume. */
  tlsSession: Buffer | null = null
  #text = ''
  #waiting: { resolve(reply: string): void; reject(error: Error): void } | null = null
  #lost: Error | null = null
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    this.#listen(socket)
  }

  /** Connects and reads the greeting, which must be 220. */
  static async open({ port, clientIp = OUTSIDE_IP, timeoutMs = TIMEOUT_MS }: Options): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = new Client(socket)
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('time-out')))
    if (clientIp !== null) socket.write(proxyHeader({ sourceIp: clientIp, sourcePort: 40_000 }))
    await client.#expected(client.reply(), '220')
    return client
  }

  /** Says a line and returns the reply. */
  say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`)
    return this.reply()
  }

  /** Says a line and fails unless the reply begins with `code`. */
  expect(line: string, code: string): Promise<string> {
    return this.#expected(this.say(line), code)
  }

  /** EHLO, MAIL, RCPT and DATA; the content may follow. Returns the first reply that is no yes, or 354. */
  async begin({ from, to }: Envelope): Promise<string> {
    for (const line of [`MAIL FROM:<${from}>`, ...to.map((mailbox) => `RCPT TO:<${mailbox}>`)]) {
      const reply = await this.say(line)
      if (!reply.startsWith('250')) return reply
    }
    return this.say('DATA')
  }

  /** A whole message of text; the reply to its end, or the one that refused it before. */
  async send(envelope: Envelope, content: string): Promise<string> {
    const begun = await this.begin(envelope)
    if (!begun.startsWith('354')) return begun
    return this.say(`${content}.`)
  }

  /** Content in pieces, at the server's pace and at least `pieceMs` a piece, and the final dot. */
  async stream(pieces: Iterable<Uint8Array | string>, pieceMs = 0): Promise<string> {
    for (const piece of pieces) {
      if (this.#lost !== null) throw this.#lost
      if (!this.socket.write(piece)) await this.#drained()
      if (pieceMs > 0) await new Promise((resolve) => setTimeout(resolve, pieceMs))
    }
    return this.say('.')
  }

  /** STARTTLS and the handshake. */
  async startTls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    await this.expect('STARTTLS', '220')
    return this.handshake(options)
  }

  /** The handshake alone. */
  async handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const plain = this.socket
    plain.removeAllListeners('data')
    const secure = connectTls({ socket: plain, rejectUnauthorized: false, ...options })
    secure.on('session', (session) => {
      this.tlsSession = session
    })
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve).once('error', reject)
      secure.once('close', () => reject(new Error('closed in the handshake')))
    })
    this.socket = secure
    this.#text = ''
    this.#listen(secure)
    return secure
  }

  end(): void {
    this.socket.destroy()
  }

  /** The next reply. */
  reply(): Promise<string> {
    if (this.#lost !== null) return Promise.reject(this.#lost)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#hear('')
    })
  }

  async #expected(replied: Promise<string>, code: string): Promise<string> {
    const reply = await replied
    if (!reply.startsWith(code)) throw new Error(`"${reply}" instead of ${code}`)
    return reply
  }

  async #drained(): Promise<void> {
    while (this.socket.writableNeedDrain && this.#lost === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.socket.once('drain', resolve)
      })
    }
    this.#wake = () => {}
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.#hear(chunk.toString('latin1')))
    socket.on('error', (error) => this.#lose(error))
    socket.on('close', () => this.#lose(new Error('closed')))
  }

  #hear(text: string): void {
    this.#text += text
    const end = /^\d{3}(?: [^\r\n]*)?\r\n/m.exec(this.#text)
    if (end === null || this.#waiting === null) return
    const upTo = end.index + end[0].length
    const reply = this.#text.slice(0, upTo).trimEnd()
    this.#text = this.#text.slice(upTo)
    const waiting = this.#waiting
    this.#waiting = null
    waiting.resolve(reply.replaceAll(/\r\n\d{3}[ -]/g, ' '))
  }

  #lose(error: Error): void {
    this.#lost ??= error
    this.#wake()
    this.#waiting?.reject(this.#lost)
    this.#waiting = null
  }
}

/** A greeted session from outside. */
export async function outsider(port: number, options: Partial<Options> = {}): Promise<Client> {
  const client = await Client.open({ port, ...options })
  await client.expect(`EHLO ${OUTSIDE_NAME}`, '250')
  return client
}

/** A short message with a subject to find it by. */
export function letter(subject: string, body = 'A line of text.\r\n', author = 'ben@bright.example'): string {
  const id = `<${subject.replaceAll(' ', '-')}@bright.example>`
  const header = [`From: ${author}`, 'To: ann@acme.example', `Subject: ${subject}`, `Message-ID: ${id}`]
  return `${header.join('\r\n')}\r\n\r\n${body}`
}

/** A message that Ann of Acme writes: outbound mail has an author of the organisation. */
export function letterOfAnn(subject: string): string {
  return letter(subject, undefined, 'ann@acme.example')
}

/** A message of `bytes` octets in pieces of 128 KiB, made while it is sent. */
export function* bigLetter(subject: string, bytes: number): Generator<Uint8Array> {
  const head = Buffer.from(letter(subject, ''))
  yield head
  const line = Buffer.from(`${'x'.repeat(76)}\r\n`)
  const piece = Buffer.concat(Array.from({ length: 1_680 }, () => line))
  let left = bytes - head.length
  for (; left > piece.length; left -= piece.length) yield piece
  const lines = Math.max(1, Math.floor(left / line.length))
  yield piece.subarray(0, lines * line.length)
}
