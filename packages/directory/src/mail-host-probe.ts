// Knocks at a mail host from where it should not answer (C10, C16): does it take mail from an address that is
// not the gateway's? Runs on the gateway's second address, and in the agent.
import { connect, type Socket } from 'node:net'

export type ProbeQuestion = {
  readonly address: string
  readonly port: number
  /** Connect from this address of ours; null takes what the machine takes. */
  readonly localAddress: string | null
  readonly helo: string
  readonly reversePath: string
  readonly forwardPath: string
  /** A whole harmless message where a host refuses at its end only; null stops after RCPT. */
  readonly content: string | null
  readonly timeoutMs?: number
}

/** How far it came. */
export type ProbeStage = 'connect' | 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data'

export type ProbeAnswer =
  /** It would have taken the mail. */
  | { readonly kind: 'open'; readonly stage: ProbeStage; readonly reply: string }
  /** It refuses this address. */
  | { readonly kind: 'closed'; readonly stage: ProbeStage; readonly reply: string }
  /** Nobody can tell: it put off, refused the recipient alone, or was silent. */
  | { readonly kind: 'unknown'; readonly stage: ProbeStage; readonly reply: string }

/** Hosts tarpit strangers for some seconds a command. */
const TIMEOUT_MS = 20_000
const REPLY_OCTETS_MAX = 8_192
const REPLY_SHOWN_MAX = 300

/**
 * Never rejects. A refused connection or a 5yz reply is `closed`, also one after RCPT; silence is `unknown`.
 */
export async function probeMailHost(question: ProbeQuestion, signal?: AbortSignal): Promise<ProbeAnswer> {
  const { address, port, localAddress, timeoutMs = TIMEOUT_MS } = question
  const socket = connect({ host: address, port, ...(localAddress === null ? {} : { localAddress }) })
  const line = new Line(socket, timeoutMs)
  const stop = () => socket.destroy()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await converse(line, question)
  } finally {
    signal?.removeEventListener('abort', stop)
    if (socket.writable) socket.end('QUIT\r\n')
    setTimeout(stop, QUIT_MS).unref()
  }
}

const QUIT_MS = 1_000

async function converse(line: Line, question: ProbeQuestion): Promise<ProbeAnswer> {
  const { helo, reversePath, forwardPath, content } = question
  const opened = await line.connected()
  if (opened !== null) return opened
  const commands: readonly (readonly [ProbeStage, string | null])[] = [
    ['greeting', null],
    ['ehlo', `EHLO ${helo}`],
    ['mail', `MAIL FROM:<${reversePath}>`],
    ['rcpt', `RCPT TO:<${forwardPath}>`],
    ...(content === null ? [] : ([['data', 'DATA']] as const)),
  ]
  let last = ''
  for (const [stage, command] of commands) {
    if (command !== null) line.send(command)
    const reply = await line.reply()
    const end = verdictOf(stage, reply)
    if (end !== null) return end
    last = reply.text
  }
  if (content === null) return { kind: 'open', stage: 'rcpt', reply: last }
  line.send(`${content.replaceAll(/^\./gm, '..')}\r\n.`)
  const reply = await line.reply()
  return verdictOf('data', reply) ?? { kind: 'open', stage: 'data', reply: reply.text }
}

/** Null: it goes on. */
function verdictOf(stage: ProbeStage, reply: Reply): ProbeAnswer | null {
  const { code, text } = reply
  if (reply.end === 'timed-out') return { kind: 'unknown', stage, reply: 'It did not answer in time.' }
  // A firewall that answers first and hangs up before the greeting has closed the door.
  if (reply.end === 'closed' && stage === 'greeting')
    return { kind: 'closed', stage, reply: 'It closed the connection before greeting.' }
  if (reply.end === 'closed') return { kind: 'closed', stage, reply: 'It closed the connection.' }
  if (code < 400) return null
  if (code < 500) return { kind: 'unknown', stage, reply: text }
  // 5.1.x speaks of the recipient, not of who connects (RFC 3463 §3.2); so does 5.4.1 at Exchange Online.
  const isRecipient =
    stage === 'rcpt' && /^5\d\d[ -]5\.(?:1\.[0-6]|4\.1(?= Recipient address rejected))\b/.test(text)
  return { kind: isRecipient ? 'unknown' : 'closed', stage, reply: text }
}

type Reply = { readonly code: number; readonly text: string; readonly end: 'closed' | 'timed-out' | null }

/** Replies of a socket, one after the other (RFC 5321 §4.2.1). */
class Line {
  readonly #socket: Socket
  readonly #timeoutMs: number
  #text = ''
  #isClosed = false
  #failure: NodeJS.ErrnoException | null = null
  #wake: (() => void) | null = null

  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      if (this.#text.length < REPLY_OCTETS_MAX) this.#text += chunk
      this.#wake?.()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake?.()
    })
  }

  /** Null once connected, else what that means. */
  async connected(): Promise<ProbeAnswer | null> {
    const socket = this.#socket
    await this.#until(
      () => !socket.connecting || this.#isClosed,
      (wake) => socket.once('connect', wake),
    )
    if (!this.#isClosed && !socket.connecting && this.#failure === null) return null
    const code = this.#failure?.code ?? 'ETIMEDOUT'
    socket.destroy()
    if (code === 'ECONNREFUSED')
      return { kind: 'closed', stage: 'connect', reply: 'The connection was refused.' }
    if (code === 'ECONNRESET') return { kind: 'closed', stage: 'connect', reply: 'The connection was reset.' }
    if (code === 'EADDRNOTAVAIL')
      return {
        kind: 'unknown',
        stage: 'connect',
        reply: 'The vantage point’s address is not on this machine.',
      }
    const reply = code === 'ETIMEDOUT' ? 'No answer to the connection.' : `The connection failed (${code}).`
    return { kind: 'unknown', stage: 'connect', reply }
  }

  send(command: string): void {
    if (this.#socket.writable) this.#socket.write(`${command}\r\n`)
  }

  async reply(): Promise<Reply> {
    const isThere = await this.#until(() => LAST_LINE.test(this.#text) || this.#isClosed)
    const found = LAST_LINE.exec(this.#text)
    if (!found) return { code: 0, text: '', end: isThere ? 'closed' : 'timed-out' }
    const whole = this.#text.slice(0, found.index + found[0].length)
    this.#text = this.#text.slice(whole.length)
    const text = whole.trim().replaceAll(/\s+/g, ' ').slice(0, REPLY_SHOWN_MAX)
    return { code: Number(found[1]), text, end: null }
  }

  /** False when the time was over first. */
  #until(isSo: () => boolean, listen: (wake: () => void) => unknown = () => undefined): Promise<boolean> {
    if (isSo()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const end = (value: boolean) => {
        clearTimeout(timer)
        this.#wake = null
        resolve(value)
      }
      const timer = setTimeout(() => end(false), this.#timeoutMs)
      this.#wake = () => {
        if (isSo()) end(true)
      }
      listen(this.#wake)
    })
  }
}

const LAST_LINE = /^(\d{3})(?: [^\n]*)?\r?\n/m
