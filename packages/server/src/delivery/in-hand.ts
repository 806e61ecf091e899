// Messages that delivery has in memory: bounded, so that a long queue stays on disk.
import type { QueueSpool } from '#spool/queue.ts'
import type { Content, Envelope } from '#spool/spool.ts'
import type { Stamp } from './stamp.ts'

/** A spool that delivery works on, and what is known of its due times. */
export type Source = {
  readonly spool: QueueSpool
  /** When to look for due messages next. */
  nextPollAt: number
  /** Ends the wait for that time. */
  wake: AbortController
  /** Something due is not in hand: it was refused for want of memory. */
  hasMissed: boolean
  /** Something due waits for the settings of its tenant, just after a start. */
  lacksSettings: boolean
}

export type InHand = {
  readonly envelope: Envelope
  readonly source: Source
  /** The content, while memory allows; else it is read when it is needed. */
  readonly chunks: readonly Uint8Array[] | null
  readonly bytes: number
  /** What goes on top of the content: made once, by the first letter that needs it. */
  stamp: Promise<Stamp> | null
  /** The same once it is there, for reports. */
  stamped: Stamp | null
  /** Jobs whose outcomes are not durable yet. */
  open: number
}

/** Envelopes take about 2 KiB each. */
const MESSAGES_MAX = 20_000
/** Jobs that may wait here for a host that nobody is connected to, and when others need the room. */
const UNSERVED_MAX = 2_000
const UNSERVED_MAX_WHEN_CROWDED = 200
const CROWDED_MESSAGES = 5_000
const CONTENT_BYTES_MAX = 64 * 1024 * 1024

export class Hand {
  readonly #messages = new Map<string, InHand>()
  /** A person decides about these just now: they must not come in. */
  readonly #barred = new Set<string>()
  #bytes = 0

  get size(): number {
    return this.#messages.size
  }

  /** Whether there is room enough to look for more. */
  get hasRoom(): boolean {
    return this.#messages.size < MESSAGES_MAX / 2
  }

  get unservedMax(): number {
    return this.#messages.size >= CROWDED_MESSAGES ? UNSERVED_MAX_WHEN_CROWDED : UNSERVED_MAX
  }

  get(messageId: string): InHand | undefined {
    return this.#messages.get(messageId)
  }

  has(messageId: string): boolean {
    return this.#messages.has(messageId)
  }

  /** Keeps messages out until `unbar`; those in hand stay until they are released. */
  bar(messageIds: Iterable<string>): void {
    for (const id of messageIds) this.#barred.add(id)
  }

  /** Whether somebody decides about it just now. */
  isBarred(messageId: string): boolean {
    return this.#barred.has(messageId)
  }

  unbar(messageIds: Iterable<string>): void {
    for (const id of messageIds) this.#barred.delete(id)
  }

  /**
   * Takes a message, without its content if that is too much; null when there is no room at all, or it is
   * barred.
   */
  take(source: Source, envelope: Envelope, content: Content | null): InHand | null {
    if (this.#messages.size >= MESSAGES_MAX || this.#barred.has(envelope.id)) return null
    const fits = this.#bytes + envelope.size <= CONTENT_BYTES_MAX
    const chunks = fits && content?.kind === 'memory' ? content.chunks : null
    const bytes = chunks === null ? 0 : envelope.size
    const message: InHand = { envelope, source, chunks, bytes, stamp: null, stamped: null, open: 0 }
    this.#messages.set(envelope.id, message)
    this.#bytes += bytes
    return message
  }

  /** One job of the message is done; the last one lets the message go. */
  release(message: InHand): void {
    message.open -= 1
    if (message.open > 0) return
    this.#messages.delete(message.envelope.id)
    this.#bytes -= message.bytes
  }

  idsOf(source: Source): Set<string> {
    const ids = new Set<string>()
    for (const [id, message] of this.#messages) if (message.source === source) ids.add(id)
    return ids
  }
}
