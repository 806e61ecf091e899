// DATA: takes the content up to CRLF.CRLF. RFC 5321 §4.1.1.4.
import { DataReader } from '@gatepost/mail/data.ts'

import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { ContentSink } from '../content.ts'
import type { Intake } from '../intake.ts'
import { CONTENT_EARLY_FILE_OCTETS } from '../limits.ts'
import { tapOf } from '../look-ups.ts'
import { NulLineCheck } from '../nul-line.ts'
import { receiveMessage, refuseContent } from '../receive.ts'
import type { Session } from '../session.ts'
import type { Transaction } from '../transaction.ts'

export function data(session: Session): Reply {
  const { transaction } = session
  if (transaction === null) return replies.localError
  session.beginIntake(new DataIntake(session, transaction))
  return replies.startData
}

class DataIntake implements Intake {
  readonly #session: Session
  readonly #transaction: Transaction
  readonly #reader: DataReader
  /** Null for a journal report: it goes no further than the archive, and is kept as it is (decisions 20). */
  readonly #nulLines: NulLineCheck | null
  readonly #sink: ContentSink
  #waiting: Promise<void> | null = null

  constructor(session: Session, transaction: Transaction) {
    this.#session = session
    this.#transaction = transaction
    const { isJournal } = transaction
    this.#reader = new DataReader({ maxSize: session.edge.limits.messageBytes, keepsBare: isJournal })
    this.#nulLines = isJournal ? null : new NulLineCheck()
    this.#sink = new ContentSink(session.edge.spool, tapOf(session, transaction), session.edge.heldContent)
  }

  take(octets: Uint8Array): Uint8Array | null {
    const reader = this.#reader
    reader.push(octets)
    // Raw octets: a stuffed dot would look like none.
    this.#nulLines?.push(reader.done ? octets.subarray(0, octets.length - reader.rest.length) : octets)
    if (reader.fault !== null) this.#sink.discard()
    // Small content stays in the reader until its end; large content goes on as it comes.
    else if (reader.done || reader.size > CONTENT_EARLY_FILE_OCTETS)
      this.#waiting = this.#sink.add(reader.take())
    return reader.done ? reader.rest : null
  }

  wait(): Promise<void> | null {
    return this.#waiting
  }

  end(): Reply | Promise<Reply> {
    const { size } = this.#reader
    const fault = this.#reader.fault ?? (this.#nulLines?.isFound ? 'nul-line' : null)
    const session = this.#session
    const transaction = this.#transaction
    session.transaction = null
    if (fault !== null) {
      this.#sink.discard()
      return refuseContent(session, transaction, { fault, size })
    }
    return receiveMessage(session, transaction, this.#sink)
  }

  discard(): void {
    this.#sink.discard()
  }
}
