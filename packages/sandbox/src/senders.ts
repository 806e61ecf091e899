// Outside senders, good and bad: a small SMTP client that says what it is told and reports every reply.
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type ProxyAddresses, proxyHeader } from './proxy-header.ts'
import { SocketReader, stuff } from './wire.ts'

export type SendOptions = {
  readonly host?: string
  readonly port: number
  /** The address of this machine to come from. */
  readonly localAddress?: string
  readonly proxy?: ProxyAddresses
  readonly helo: string
  /** A mailbox, or '' for the null reverse-path. */
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  /** The whole message with CRLF line ends; stuffed here. */
  readonly content: string | Uint8Array
  readonly startTls?: boolean
  /** Sent with AUTH PLAIN after EHLO (and STARTTLS). */
  readonly credentials?: { readonly user: string; readonly password: string }
  /** Behind the reverse-path, such as `SIZE=100 BODY=8BITMIME`. */
  readonly mailParameters?: string
  readonly rcptParameters?: string
  readonly timeoutMs?: number
}

/** `status` is the enhanced status code of RFC 3463; `text` the words behind it, lines joined with \n. */
export type ServerReply = {
  readonly command: string
  readonly code: number
  readonly status: string | null
  readonly text: string
}

export type SendResult = {
  readonly replies: readonly ServerReply[]
  /** True if the content was answered with 2yz: the server is responsible now. */
  readonly accepted: boolean
  /** Set where the dialog broke off: refused connection, time-out, connection cut. */
  readonly fault: string | null
}

const TIMEOUT_DEFAULT_MS = 15_000

/** Sends one message. Never throws for what the server does; a refused connection is a result too. */
export async function sendMessage(options: SendOptions): Promise<SendResult> {
  const dialog = new Dialog(options)
  let accepted = false
  try {
    accepted = await sendThrough(dialog, options)
    if (dialog.isOpen) await dialog.say('QUIT')
  } catch (error) {
    dialog.fail(error)
  } finally {
    dialog.close()
  }
  return { replies: dialog.replies, accepted, fault: accepted ? null : dialog.fault }
}

/** What `rawDialog` sends: a line (CRLF is added), raw bytes, or bytes that no reply follows. */
export type RawStep =
  | string
  | Uint8Array
  | { readonly send: string | Uint8Array; readonly expectReply: false }

export type RawOptions = {
  readonly host?: string
  readonly localAddress?: string
  readonly proxy?: ProxyAddresses
  readonly timeoutMs?: number
}

/** Says each line after the reply to the one before, and returns the replies, the greeting first. */
export async function rawDialog(
  port: number,
  steps: readonly RawStep[],
  options: RawOptions = {},
): Promise<readonly ServerReply[]> {
  const dialog = new Dialog({ ...options, port })
  try {
    await dialog.open()
    for (const step of steps) {
      if (typeof step === 'string') await dialog.say(step)
      else if (step instanceof Uint8Array) await dialog.exchange('bytes', step)
      else dialog.write(step.send)
    }
  } catch (error) {
    dialog.fail(error)
  } finally {
    dialog.close()
  }
  return dialog.replies
}

async function sendThrough(dialog: Dialog, options: SendOptions): Promise<boolean> {
  if ((await dialog.open()).code !== 220) return false
  if (!(await greet(dialog, options.helo))) return false
  if (options.startTls) {
    if ((await dialog.say('STARTTLS')).code !== 220) return false
    await dialog.upgrade()
    if (!(await greet(dialog, options.helo))) return false
  }
  if (options.credentials !== undefined) {
    const { user, password } = options.credentials
    const secret = Buffer.from(`\0${user}\0${password}`).toString('base64')
    const reply = await dialog.exchange('AUTH PLAIN', Buffer.from(`AUTH PLAIN ${secret}\r\n`))
    if (reply.code !== 235) return false
  }
  const mailParameters = options.mailParameters === undefined ? '' : ` ${options.mailParameters}`
  const mail = await dialog.say(`MAIL FROM:<${options.reversePath}>${mailParameters}`)
  if (mail.code !== 250) return false
  let recipients = 0
  const rcptParameters = options.rcptParameters === undefined ? '' : ` ${options.rcptParameters}`
  for (const forwardPath of options.forwardPaths) {
    const reply = await dialog.say(`RCPT TO:<${forwardPath}>${rcptParameters}`)
    if (reply.code === 250 || reply.code === 251) recipients += 1
  }
  if (recipients === 0 || (await dialog.say('DATA')).code !== 354) return false
  const content = typeof options.content === 'string' ? Buffer.from(options.content, 'utf8') : options.content
  return (await dialog.exchange('content', stuff(content))).code === 250
}

async function greet(dialog: Dialog, helo: string): Promise<boolean> {
  if ((await dialog.say(`EHLO ${helo}`)).code === 250) return true
  return dialog.isOpen && (await dialog.say(`HELO ${helo}`)).code === 250
}

/** One connection of the client; remembers every reply. */
class Dialog {
  readonly #options: RawOptions & { readonly port: number }
  readonly #replies: ServerReply[] = []
  #socket: Socket | null = null
  #reader: SocketReader | null = null
  #fault: string | null = null

  constructor(options: RawOptions & { readonly port: number }) {
    this.#options = options
  }

  get replies(): readonly ServerReply[] {
    return this.#replies
  }

  get fault(): string | null {
    return this.#fault
  }

  get isOpen(): boolean {
    return this.#socket !== null && !this.#socket.destroyed
  }

  async open(): Promise<ServerReply> {
    const { host = '127.0.0.1', port, proxy, localAddress } = this.#options
    const socket = connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }) })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    this.#take(socket)
    if (proxy !== undefined) socket.write(proxyHeader(proxy))
    return this.#readReply('connect')
  }

  async say(line: string): Promise<ServerReply> {
    return this.exchange(line, Buffer.from(`${line}\r\n`, 'utf8'))
  }

  /** Sends bytes and waits for the reply, which is recorded under `command`. */
  async exchange(command: string, bytes: Uint8Array): Promise<ServerReply> {
    this.write(bytes)
    return this.#readReply(command)
  }

  write(bytes: string | Uint8Array): void {
    this.#socket?.write(bytes)
  }

  /** The sandbox's certificates are self-signed, and opportunistic TLS asks for none (RFC 7435). */
  async upgrade(): Promise<void> {
    const plain = this.#socket!
    this.#reader?.detach()
    plain.removeAllListeners('timeout')
    const socket = connectTls({ socket: plain, rejectUnauthorized: false })
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    this.#take(socket)
  }

  fail(error: unknown): void {
    this.#fault ??= error instanceof Error ? error.message : String(error)
  }

  close(): void {
    this.#socket?.destroy()
  }

  #take(socket: Socket): void {
    this.#socket = socket
    this.#reader = new SocketReader(socket)
    socket.setNoDelay(true)
    socket.setTimeout(this.#options.timeoutMs ?? TIMEOUT_DEFAULT_MS, () => {
      this.#fault = 'time-out'
      socket.destroy()
    })
  }

  async #readReply(command: string): Promise<ServerReply> {
    const texts: string[] = []
    let status: string | null = null
    for (;;) {
      const line = (await this.#reader!.readLine())?.toString('utf8')
      if (line === undefined) throw new Error(`connection closed after ${command}`)
      const match = /^(\d{3})([ -]?)(?:([245]\.\d{1,3}\.\d{1,3}) )?(.*)$/s.exec(line)
      if (match === null) throw new Error(`not an SMTP reply: ${line.slice(0, 100)}`)
      status = match[3] ?? status
      texts.push(match[4]!)
      if (match[2] === '-') continue
      const reply = { command, code: Number(match[1]), status, text: texts.join('\n') }
      this.#replies.push(reply)
      return reply
    }
  }
}
