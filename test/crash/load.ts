// Senders that never stop: each message once, and an exact note of which ones got their 250.
import { connect, type Socket } from 'node:net'
import { proxyHeader } from '@gatepost/sandbox/proxy-header.ts'

export type Load = {
  /** Message-IDs that were answered 250: these are ours. */
  readonly acknowledged: Set<string>
  /** Message-IDs whose content was sent but never answered: nobody may count on them. */
  readonly unanswered: Set<string>
  /** Sends to this port from now on; null pauses. */
  aim(port: number | null): void
  stop(): Promise<void>
}

type Options = {
  readonly senders: number
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  /** Messages a second over all senders, as long as these keep up; as fast as they go when left out. */
  readonly perSecond?: number
}

const ID_BEGIN = '<crash-'
const RECONNECT_MS = 30
/** A sender gives up on a connection that says nothing for so long; a killed gateway closes at once. */
const REPLY_MS = 60_000
/** One message in so many is large enough for a content file of its own. */
const LARGE_EVERY = 50
const LARGE_BYTES = 1_300_000

/** Starts senders that wait for a port. */
export function startLoad(options: Options): Load {
  const acknowledged = new Set<string>()
  const unanswered = new Set<string>()
  let port: number | null = null
  let isStopped = false
  let number = 0
  const run = async (sender: number): Promise<void> => {
    const turns = turnsOf(options, sender)
    while (!isStopped) {
      if (port !== null) {
        const session = new Session(port, sender)
        try {
          await session.open()
          while (!isStopped && port !== null) {
            await turns()
            number += 1
            const id = `${ID_BEGIN}${number}@bright.example>`
            const forwardPath = options.forwardPaths[number % options.forwardPaths.length]!
            const content = contentOf(id, forwardPath, number % LARGE_EVERY === 0)
            await session.send({ reversePath: options.reversePath, forwardPath }, content, () =>
              unanswered.add(id),
            )
            unanswered.delete(id)
            acknowledged.add(id)
          }
        } catch {
          // Killed in mid-sentence, which is what this is about. The message stays noted as it was.
        } finally {
          session.end()
        }
      }
      await pause(RECONNECT_MS)
    }
  }
  const senders = Array.from({ length: options.senders }, (_, sender) => run(sender))
  return {
    acknowledged,
    unanswered,
    aim: (to) => {
      port = to
    },
    stop: async () => {
      isStopped = true
      await Promise.all(senders)
    },
  }
}

/** What a sender was late, it makes up for; but not what a dead gateway made it miss. */
const LATE_MS_MAX = 500

/** Waits for a sender's turn: turns come at a steady pace, whatever a message takes. */
function turnsOf({ perSecond, senders }: Options, sender: number): () => Promise<void> {
  if (perSecond === undefined) return () => Promise.resolve()
  const everyMs = (1000 * senders) / perSecond
  let turnAt = performance.now() + (everyMs * sender) / senders
  return async () => {
    const now = performance.now()
    turnAt = Math.max(turnAt, now - LATE_MS_MAX)
    if (turnAt > now) await pause(turnAt - now)
    turnAt += everyMs
  }
}

class Session {
  readonly #socket: Socket
  readonly #sender: number
  #text = ''
  #waiting: { resolve(code: number): void; reject(error: Error): void } | null = null
  #lost: Error | null = null

  constructor(port: number, sender: number) {
    this.#sender = sender
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (chunk) => this.#hear(chunk.toString('latin1')))
    this.#socket.on('error', (error) => this.#lose(error))
    this.#socket.on('close', () => this.#lose(new Error('closed')))
    this.#socket.setTimeout(REPLY_MS, () => this.#socket.destroy())
  }

  async open(): Promise<void> {
    this.#socket.write(proxyHeader({ sourceIp: '203.0.113.10', sourcePort: 40_000 + this.#sender }))
    await this.#expect(220)
    await this.#say('EHLO mail.bright.example', 250)
  }

  async send(
    { reversePath, forwardPath }: { readonly reversePath: string; readonly forwardPath: string },
    content: string,
    sent: () => void,
  ): Promise<void> {
    await this.#say(`MAIL FROM:<${reversePath}>`, 250)
    await this.#say(`RCPT TO:<${forwardPath}>`, 250)
    await this.#say('DATA', 354)
    sent()
    await this.#say(`${content}.`, 250)
  }

  end(): void {
    this.#socket.destroy()
  }

  #say(line: string, code: number): Promise<void> {
    this.#socket.write(`${line}\r\n`)
    return this.#expect(code)
  }

  async #expect(code: number): Promise<void> {
    if (this.#lost !== null) throw this.#lost
    const got = await new Promise<number>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#hear('')
    })
    if (got !== code) throw new Error(`${got} instead of ${code}`)
  }

  #hear(text: string): void {
    this.#text += text
    const end = /^(\d{3})(?: [^\r]*)?\r\n/m.exec(this.#text)
    if (end === null || this.#waiting === null) return
    this.#text = this.#text.slice(end.index + end[0].length)
    const waiting = this.#waiting
    this.#waiting = null
    waiting.resolve(Number(end[1]))
  }

  #lose(error: Error): void {
    this.#lost ??= error
    this.#waiting?.reject(this.#lost)
    this.#waiting = null
  }
}

function contentOf(id: string, forwardPath: string, isLarge: boolean): string {
  const header = `From: ben@bright.example\r\nTo: ${forwardPath}\r\nSubject: crash\r\nMessage-ID: ${id}\r\n\r\n`
  const line = `${'x'.repeat(76)}\r\n`
  return header + line.repeat(isLarge ? Math.ceil(LARGE_BYTES / line.length) : 40)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** How often each message of the load came; the gateway's own letters are not counted. */
export function countsOfLoad(host: {
  readonly counts: () => ReadonlyMap<string, number>
}): ReadonlyMap<string, number> {
  return new Map([...host.counts()].filter(([id]) => id.startsWith(ID_BEGIN)))
}
