// Content on its way in: in memory while it is small, then streamed to the spool's disk with backpressure.
import { concat, copyOf } from '@gatepost/mail/bytes.ts'
import { splitMessage } from '@gatepost/mail/header.ts'
import type { BodyTap } from '#authentication/authenticator.ts'
import { HEADER_BYTES_MAX } from '#facts/header-facts.ts'
import type { ContentSource } from '#facts/screening/screening.ts'
import { CONTENT_IN_ROW_BYTES_MAX, type Content, type ContentFile, type Spool } from '#spool/spool.ts'
import { CONTENT_EARLY_FILE_OCTETS, CONTENT_HELD_OCTETS_MAX, CONTENT_WAITING_OCTETS_MAX } from './limits.ts'

/** The header and the empty line behind it, with one octet more to see that a header is too long. */
const HEAD_OCTETS_MAX = HEADER_BYTES_MAX + 5

/** What all messages under way hold in memory: a crowd of them goes to the disk sooner than one would. */
export class HeldContent {
  octets = 0

  get isMuch(): boolean {
    return this.octets > CONTENT_HELD_OCTETS_MAX
  }
}

/** Collects the content of one message. Failures of the disk come out of `finish`. */
export class ContentSink {
  readonly #spool: Pick<Spool, 'openContent'>
  readonly #tapOf: (head: Uint8Array) => BodyTap | null
  #chunks: Uint8Array[] = []
  #size = 0
  /** Present once content goes to a file. */
  #head: Uint8Array | null = null
  /** Reads along with content that goes to a file: it is not in memory at its end. */
  #tap: BodyTap | null = null
  #file: ContentFile | null = null
  #writing: Promise<void> | null = null
  #failure: unknown = null
  #isDiscarded = false
  /** Of this worker's messages; ours of it: all of small content, of large what waits for the disk. */
  readonly #held: HeldContent
  #heldOctets = 0
  #hasLookedEarly = false

  constructor(
    spool: Pick<Spool, 'openContent'>,
    tapOf: (head: Uint8Array) => BodyTap | null = () => null,
    held = new HeldContent(),
  ) {
    this.#spool = spool
    this.#tapOf = tapOf
    this.#held = held
  }

  get size(): number {
    return this.#size
  }

  /** Takes octets that nobody writes to any more. A promise says: stop reading until it resolves. */
  add(chunks: readonly Uint8Array[]): Promise<void> | null {
    for (const chunk of chunks) this.#size += chunk.length
    // Refused by the disk, or let go: what still comes is read off the connection, and kept by nobody.
    if (this.#isDiscarded) return null
    for (const chunk of chunks) {
      this.#chunks.push(chunk)
      this.#hold(chunk.length)
    }
    if (this.#head === null) {
      const head = this.#headForFile()
      if (head === null) return null
      this.#head = head
      this.#tap = this.#tapOf(head)
      this.#readAlong(this.#chunks)
    } else this.#readAlong(chunks)
    if (this.#chunks.length > 0) this.#writing ??= this.#write()
    const most = this.#held.isMuch ? CONTENT_EARLY_FILE_OCTETS : CONTENT_WAITING_OCTETS_MAX
    return this.#heldOctets > most ? this.#writing : null
  }

  /** The first octets of the content, enough for any header that is taken. */
  head(): Uint8Array {
    if (this.#head !== null) return this.#head
    // Joined once for all who read it: header, inspection, spool and delivery.
    if (this.#chunks.length > 1) this.#chunks = [joined(this.#chunks, this.#size)]
    return headOf(this.#chunks)
  }

  /** What read along; null while the content is in memory. */
  tap(): BodyTap | null {
    return this.#tap
  }

  /** Content that is still in memory. */
  chunks(): readonly Uint8Array[] {
    return this.#chunks
  }

  /** Where the octets can be read before they are safe. Rejects when the disk refused. */
  source(): ContentSource | Promise<ContentSource> {
    return this.#head === null ? { kind: 'memory', chunks: this.#chunks } : this.#fileSource()
  }

  /** The whole content, safe on disk when it is large. Rejects when the disk refused. */
  finish(): Content | Promise<Content> {
    if (this.#head !== null) return this.#finishFile()
    // From here on it is the spool's to count.
    this.#hold(-this.#heldOctets)
    return { kind: 'memory', chunks: this.#chunks }
  }

  /** The disk refused it: nothing of it can be kept, and nothing of it can be looked into. */
  hasFailed(): boolean {
    return this.#failure !== null
  }

  /** Forgets the content: refused, or broken off. */
  discard(): void {
    this.#isDiscarded = true
    this.#chunks = []
    this.#hold(-this.#heldOctets)
    if (this.#writing === null) void this.#removeFile()
    else void this.#writing.then(() => this.#removeFile())
  }

  #hold(octets: number): void {
    this.#held.octets += octets
    this.#heldOctets += octets
  }

  /** The header, once it is time for a file: at the usual size, or earlier where much is held. */
  #headForFile(): Uint8Array | null {
    const isLarge = this.#size > CONTENT_IN_ROW_BYTES_MAX
    if (!isLarge) {
      if (!this.#held.isMuch || this.#size <= CONTENT_EARLY_FILE_OCTETS) return null
      // Looked for once while it may be cut off, so that small pieces do not make it a long search.
      if (this.#hasLookedEarly && this.#size < HEAD_OCTETS_MAX) return null
      this.#hasLookedEarly = true
    }
    const head = headOf(this.#chunks)
    const { bodyOffset } = splitMessage(head)
    if (bodyOffset < head.length) return copyOf(head.subarray(0, bodyOffset))
    return isLarge || this.#size >= HEAD_OCTETS_MAX ? head : null
  }

  #readAlong(chunks: readonly Uint8Array[]): void {
    if (this.#tap !== null) for (const chunk of chunks) this.#tap.write(chunk)
  }

  async #fileSource(): Promise<ContentSource> {
    await this.#writing
    if (this.#failure !== null) throw this.#failure
    if (this.#file === null) throw new Error('content read before its file was opened')
    return { kind: 'file', path: this.#file.path, size: this.#size }
  }

  async #finishFile(): Promise<Content> {
    await this.#writing
    if (this.#failure !== null) throw this.#failure
    if (this.#file === null) throw new Error('content finished before its file was opened')
    const content = await this.#file.finish()
    return content
  }

  /**
   * Never rejects: a failure is kept for `finish`, because the octets still have to be read off the
   * connection.
   */
  async #write(): Promise<void> {
    try {
      this.#file ??= await this.#spool.openContent()
      while (this.#chunks.length > 0 && !this.#isDiscarded) {
        const chunks = this.#chunks
        this.#chunks = []
        const octets = concat(chunks)
        await this.#file.write(octets)
        if (!this.#isDiscarded) this.#hold(-octets.length)
      }
    } catch (error) {
      this.#failure = error
      this.#isDiscarded = true
      this.#chunks = []
      this.#hold(-this.#heldOctets)
      await this.#removeFile()
    }
    this.#writing = null
  }

  async #removeFile(): Promise<void> {
    const file = this.#file
    this.#file = null
    // The spool sweeps what is left behind; nobody waits for this.
    await file?.discard().catch(() => undefined)
  }
}

/** In memory of its own, which nobody has to clear before. */
function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

function headOf(chunks: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  let wanted = HEAD_OCTETS_MAX
  for (const chunk of chunks) {
    if (wanted <= 0) break
    parts.push(chunk.length > wanted ? chunk.subarray(0, wanted) : chunk)
    wanted -= chunk.length
  }
  return concat(parts)
}
