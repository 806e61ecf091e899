// BDAT: content in counted chunks, without dot-stuffing. RFC 3030 §2.

import { copyOf } from '@gatepost/mail/bytes.ts'
import type { Command } from '@gatepost/mail/command.ts'
import { LineEndingCheck } from '@gatepost/mail/data.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { ContentSink } from '../content.ts'
import { type Intake, swallow } from '../intake.ts'
import { tapOf } from '../look-ups.ts'
import { NulLineCheck } from '../nul-line.ts'
import { type ContentFault, receiveMessage, refuseContent } from '../receive.ts'
import type { Session } from '../session.ts'
import type { Transaction } from '../transaction.ts'

type BdatCommand = Command & { readonly verb: 'BDAT' }

/**
 * The reply comes once the chunk's octets are read, whatever it is, so that they are never run as commands.
 */
export function bdat(session: Session, { size, last }: BdatCommand): null {
  const { transaction } = session
  if (transaction === null) {
    session.beginIntake(swallow(size, replies.localError))
    return null
  }
  // RFC 3030 §2: a chunk of no octets that is not the last has no meaning.
  if (size === 0 && !last) {
    session.beginIntake(swallow(0, replies.chunkSizeSyntax))
    return null
  }
  transaction.chunked ??= new ChunkedContent(session, transaction)
  session.beginIntake(new ChunkIntake(session, transaction, { content: transaction.chunked, size, last }))
  return null
}

/** Pieces below this are gathered: an array of its own costs more memory than the octets in it. */
const SMALL_PIECE = 512
const GATHERED_OCTETS_MAX = 16_384
const NOTHING = new Uint8Array(0)

/** The content of a transaction that comes in chunks. */
export class ChunkedContent {
  readonly sink: ContentSink
  /** Null for a journal report: it goes no further than the archive, and is kept as it is (decisions 20). */
  readonly #checks: { readonly ends: LineEndingCheck; readonly nulLines: NulLineCheck } | null
  readonly #sizeMax: number
  #size = 0
  #isTooBig = false
  /** Small pieces that the sink has not got yet, in a block that is twice as long each time. */
  #gathered = NOTHING
  #gatheredLength = 0
  #blockLength = 0

  constructor(session: Session, transaction: Transaction) {
    this.sink = new ContentSink(session.edge.spool, tapOf(session, transaction), session.edge.heldContent)
    this.#checks = transaction.isJournal
      ? null
      : { ends: new LineEndingCheck(), nulLines: new NulLineCheck() }
    this.#sizeMax = session.edge.limits.messageBytes
  }

  get size(): number {
    return this.#size
  }

  /** A chunk is announced: one that goes over the limit makes the whole message too big. */
  announce(size: number): void {
    if (this.#size + size > this.#sizeMax) this.#fail()
  }

  add(octets: Uint8Array): Promise<void> | null {
    this.#size += octets.length
    if (this.#isTooBig || octets.length === 0) return null
    this.#checks?.ends.push(octets)
    this.#checks?.nulLines.push(octets)
    if (this.fault() !== null) {
      this.sink.discard()
      return null
    }
    if (octets.length < SMALL_PIECE) return this.#gather(octets)
    const before = this.#handOver()
    // Copied where it is a small part: it must not hold on to the whole block it came in.
    return this.sink.add([octets.length * 4 < octets.buffer.byteLength ? copyOf(octets) : octets]) ?? before
  }

  fault(): ContentFault | null {
    if (this.#isTooBig) return 'too-big'
    return this.#checks?.ends.fault ?? (this.#checks?.nulLines.isFound ? 'nul-line' : null)
  }

  end(): ContentFault | null {
    this.#checks?.ends.end()
    void this.#handOver()
    return this.fault()
  }

  discard(): void {
    this.sink.discard()
  }

  #gather(piece: Uint8Array): Promise<void> | null {
    let waiting: Promise<void> | null = null
    if (this.#gatheredLength + piece.length > this.#gathered.length) {
      waiting = this.#handOver()
      this.#blockLength = Math.min(GATHERED_OCTETS_MAX, Math.max(SMALL_PIECE, this.#blockLength * 2))
      this.#gathered = new Uint8Array(this.#blockLength)
    }
    this.#gathered.set(piece, this.#gatheredLength)
    this.#gatheredLength += piece.length
    return waiting
  }

  #handOver(): Promise<void> | null {
    const length = this.#gatheredLength
    if (length === 0) return null
    const piece = this.#gathered.subarray(0, length)
    this.#gathered = this.#gathered.subarray(length)
    this.#gatheredLength = 0
    return this.sink.add([piece])
  }

  #fail(): void {
    this.#isTooBig = true
    this.sink.discard()
  }
}

class ChunkIntake implements Intake {
  readonly #session: Session
  readonly #transaction: Transaction
  readonly #content: ChunkedContent
  readonly #size: number
  readonly #isLast: boolean
  #left: number
  #waiting: Promise<void> | null = null

  constructor(
    session: Session,
    transaction: Transaction,
    chunk: { readonly content: ChunkedContent; readonly size: number; readonly last: boolean },
  ) {
    this.#session = session
    this.#transaction = transaction
    this.#content = chunk.content
    this.#size = chunk.size
    this.#isLast = chunk.last
    this.#left = chunk.size
    this.#content.announce(chunk.size)
  }

  take(octets: Uint8Array): Uint8Array | null {
    const taken = octets.length > this.#left ? octets.subarray(0, this.#left) : octets
    this.#left -= taken.length
    this.#waiting = this.#content.add(taken)
    return this.#left === 0 ? octets.subarray(taken.length) : null
  }

  wait(): Promise<void> | null {
    return this.#waiting
  }

  end(): Reply | Promise<Reply> {
    const session = this.#session
    const content = this.#content
    const fault = this.#isLast ? content.end() : content.fault()
    if (fault === null && !this.#isLast) {
      const reply = replies.chunkOk(this.#size)
      // The disk is behind: chunks are no smaller a flood than one large content.
      return this.#waiting === null ? reply : this.#waiting.then(() => reply)
    }
    session.transaction = null
    if (fault === null) return receiveMessage(session, this.#transaction, content.sink)
    content.discard()
    return refuseContent(session, this.#transaction, { fault, size: content.size })
  }

  discard(): void {
    this.#content.discard()
  }
}
