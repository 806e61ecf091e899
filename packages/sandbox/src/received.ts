// What a mail host has received: bounded, countable by Message-ID, and able to wait for a message.
import { firstValue } from './message-text.ts'

export type ReceivedMessage = {
  readonly id: string
  /** Milliseconds since 1970, when the final dot was answered. */
  readonly at: number
  readonly clientIp: string
  readonly clientPort: number
  /** Protocol version and cipher, or null for a connection without TLS. */
  readonly tls: { readonly version: string; readonly cipher: string } | null
  readonly helo: string
  readonly reversePath: string
  readonly mailParameters: string
  readonly forwardPaths: readonly string[]
  readonly subject: string
  readonly from: string
  readonly to: string
  readonly messageId: string
  /** As received, dots unstuffed. */
  readonly content: Buffer
}

export type MessageFacts = Omit<ReceivedMessage, 'id' | 'subject' | 'from' | 'to' | 'messageId'>

export type StoreLimits = { readonly messagesMax: number; readonly bytesMax: number }

/** The crash test sends 2,000 messages, the bench some ten thousand. */
export const LIMITS_DEFAULT: StoreLimits = { messagesMax: 20_000, bytesMax: 256 * 1024 * 1024 }
/** Counts outlive the messages that were let go, since lost and doubled mail is told by them. */
const COUNTS_MAX = 1_000_000

type Waiter = {
  readonly predicate: (message: ReceivedMessage) => boolean
  readonly resolve: (message: ReceivedMessage) => void
}

export class ReceivedMessages {
  readonly #limits: StoreLimits
  readonly #counts = new Map<string, number>()
  readonly #waiters = new Set<Waiter>()
  #messages: ReceivedMessage[] = []
  #bytes = 0
  #total = 0

  constructor(limits: StoreLimits = LIMITS_DEFAULT) {
    this.#limits = limits
  }

  /** How many messages ever came; grows also while old ones are let go. */
  get total(): number {
    return this.#total
  }

  add(facts: MessageFacts): ReceivedMessage {
    this.#total += 1
    const message: ReceivedMessage = {
      ...facts,
      id: String(this.#total),
      subject: firstValue(facts.content, 'subject'),
      from: firstValue(facts.content, 'from'),
      to: firstValue(facts.content, 'to'),
      messageId: firstValue(facts.content, 'message-id'),
    }
    this.#messages.push(message)
    this.#bytes += message.content.length
    if (this.#counts.has(message.messageId) || this.#counts.size < COUNTS_MAX) {
      this.#counts.set(message.messageId, (this.#counts.get(message.messageId) ?? 0) + 1)
    }
    this.#letGo()
    for (const waiter of this.#waiters) {
      if (!waiter.predicate(message)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(message)
    }
    return message
  }

  list(): readonly ReceivedMessage[] {
    return [...this.#messages]
  }

  get(id: string): ReceivedMessage | null {
    return this.#messages.find((message) => message.id === id) ?? null
  }

  /** How often a Message-ID (with its angle brackets) came, by one or for all. */
  counts(): ReadonlyMap<string, number> {
    return new Map(this.#counts)
  }

  clear(): void {
    this.#messages = []
    this.#bytes = 0
    this.#counts.clear()
  }

  /** A message that came or comes and fits. Rejects after `limitMs`, naming what came instead. */
  async waitFor(predicate: (message: ReceivedMessage) => boolean, limitMs: number): Promise<ReceivedMessage> {
    const there = this.#messages.find(predicate)
    if (there !== undefined) return there
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        predicate,
        resolve: (message) => {
          clearTimeout(timer)
          resolve(message)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        const seen = this.#messages.slice(-5).map((message) => `${message.messageId} ${message.subject}`)
        reject(
          new Error(
            `no such message within ${limitMs} ms; ${this.#total} came, the last: ${seen.join('; ')}`,
          ),
        )
      }, limitMs)
      this.#waiters.add(waiter)
    })
  }

  #letGo(): void {
    while (this.#messages.length > this.#limits.messagesMax || this.#bytes > this.#limits.bytesMax) {
      this.#bytes -= this.#messages.shift()?.content.length ?? 0
    }
  }
}
