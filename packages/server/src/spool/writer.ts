// The writer thread: owns the spool's file, makes batches durable with one disk sync each, answers questions.
import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'
import { Copying } from './copying.ts'
import {
  DatabaseLocked,
  DatabaseTooNew,
  isDiskFault,
  logSizeOf,
  openDatabase,
  prepareStatements,
  type Statements,
} from './database.ts'
import { Outbox } from './outbox.ts'
import { changeQueue, openMessage, pausedTenants, selectExpired, selectWaiting } from './queue-rows.ts'
import { countWaiting } from './queue-totals.ts'
import type { QueueChangeQuestion } from './queue-wire.ts'
import { type Mark, markClosed, recover, removeContent, takeBack } from './recovery.ts'
import {
  contentOf,
  countAll,
  emptyTally,
  insertMessage,
  inTransaction,
  retryMessage,
  rollBack,
  settleMessage,
  type Tally,
  takeDue,
} from './rows.ts'
import { Suspects } from './suspects.ts'
import type {
  AnswerOf,
  Batch,
  CommitItem,
  Counts,
  FromWriter,
  Question,
  RefusedCommit,
  ToWriter,
  WriterStart,
} from './wire.ts'

/** The log is written back when it is this long and nothing waits: then nobody feels it. */
const CHECKPOINT_IDLE_BYTES = 4 * 1024 * 1024
/**
 * The log is written back at this length in any case, which holds up the commits of that moment. Pages reused
 * meanwhile are written once, so long is cheap: one in some thousand messages meets it.
 */
const CHECKPOINT_BYTES = 96 * 1024 * 1024
const IDLE_MS = 200
/** Whole pages are logged: about one for each item beside what it carries itself. */
const LOG_PAGE_BYTES = 4096
/** Those that wait for messages which may have killed us are looked for so often. */
const SUSPECTS_LOOK_MS = 250

class Writer {
  readonly #port: MessagePort
  readonly #start: WriterStart
  #database: DatabaseSync
  #sql: Statements
  #outbox: Outbox
  #tally: Tally
  #lastNumber = 0
  readonly #suspects: Suspects
  #idle: NodeJS.Timeout | null = null
  /** A batch came since this was looked at last. */
  #isBusy = false
  /** About what was written to the log since it was last written back. */
  #logBytes = 0
  #probes = 0
  /** Where the file stood before the first batch that the disk refused; null when all is well. */
  #doubt: Mark | null = null
  readonly #copying = new Copying()

  constructor(port: MessagePort, start: WriterStart) {
    this.#port = port
    this.#start = start
    this.#database = openDatabase(start.file, start.bytesMax)
    // What a killed writer left in the log is read at each start until it is written back.
    this.#logBytes = logSizeOf(start.file)
    this.#sql = prepareStatements(this.#database)
    this.#outbox = Outbox.open(this.#sql, start.outboxReportsMax)
    const recovered = recover(this.#database, this.#sql, { ...start, outbox: this.#outbox })
    this.#lastNumber = recovered.lastNumber
    this.#suspects = new Suspects(recovered.suspectsUpTo)
    this.#tally = countAll(this.#database)
    this.#say({
      kind: 'opened',
      counts: this.#counts(),
      setAside: recovered.setAside,
      recovered: recovered.suspectsUpTo,
      noted: recovered.noted,
    })
  }

  take(message: ToWriter): void {
    if (message.kind === 'batch') this.#store(message)
    else this.#answer(message.number, message.question)
  }

  #store(batch: Batch): void {
    let refused: RefusedCommit[] = []
    let outcome: { files: string[]; dropped: number }
    let mark: Mark | null = null
    try {
      this.#ensureOpen()
      mark = { lastNumber: this.#lastNumber, nextReport: this.#outbox.next }
      try {
        outcome = this.#transact(batch)
      } catch (error) {
        if (isDiskFault(error)) throw error
        // One message of the batch cannot be stored. The others must not suffer: each gets its own
        // transaction.
        refused = this.#storeOneByOne(batch.commits, batch.contents)
        outcome = this.#transact({ ...batch, commits: [], contents: null })
      }
    } catch (error) {
      this.#doubt ??= mark
      this.#say({ kind: 'unavailable', why: textOf(error) })
      this.#reopen()
      return
    }
    this.#say({ kind: 'durable', refused, dropped: outcome.dropped })
    this.#remove(outcome.files)
    this.#logBytes += logBytesOf(batch)
    this.#checkpointWhenLong(CHECKPOINT_BYTES)
    this.#isBusy = true
    this.#idle ??= setTimeout(() => this.#whenCalm(), IDLE_MS)
  }

  /** Nothing came for a whole interval: the log can be written back without anybody waiting for it. */
  #whenCalm(): void {
    this.#idle = this.#isBusy ? setTimeout(() => this.#whenCalm(), IDLE_MS) : null
    if (!this.#isBusy) this.#checkpointWhenLong(CHECKPOINT_IDLE_BYTES)
    this.#isBusy = false
  }

  /** Everything of a batch in one transaction; throws with nothing changed. */
  #transact(batch: Batch): { files: string[]; dropped: number } {
    const tally = emptyTally()
    const restore = this.#outbox.save()
    const files: string[] = []
    let number = this.#lastNumber
    let dropped = 0
    try {
      inTransaction(this.#sql, () => {
        const reports: string[] = []
        for (const item of batch.commits) {
          number += 1
          insertMessage(this.#sql, item, { number, contents: batch.contents, tally })
          reports.push(item.report)
        }
        for (const item of batch.settlements) {
          const file = settleMessage(this.#sql, item, tally)
          if (file !== null) files.push(file)
          if (item.report !== null) reports.push(item.report)
        }
        this.#outbox.append(this.#sql, reports, false)
        this.#outbox.append(this.#sql, batch.reports, true)
        this.#outbox.acknowledge(this.#sql, batch.acknowledged)
        dropped = this.#outbox.trim(this.#sql)
      })
    } catch (error) {
      restore()
      throw error
    }
    this.#lastNumber = number
    this.#count(tally)
    for (const { messageId } of batch.settlements) this.#suspects.settled(messageId)
    return { files, dropped }
  }

  #count({ messages, queued, held }: Tally): void {
    this.#tally.messages += messages
    this.#tally.queued += queued
    this.#tally.held += held
  }

  #storeOneByOne(commits: readonly CommitItem[], contents: Uint8Array | null) {
    const refused: RefusedCommit[] = []
    for (const [index, item] of commits.entries()) {
      try {
        this.#transact({
          kind: 'batch',
          commits: [item],
          contents,
          settlements: [],
          reports: [],
          acknowledged: 0,
        })
      } catch (error) {
        if (isDiskFault(error)) throw error
        refused.push({ index, why: textOf(error) })
      }
    }
    return refused
  }

  #answer(number: number, question: Question): void {
    try {
      this.#ensureOpen()
      const value = this.#valueOf(question)
      this.#say({ kind: 'answer', number, value })
      if (question.kind === 'close') this.#port.close()
    } catch (error) {
      const disk = isDiskFault(error) || !this.#database.isOpen
      this.#say({ kind: 'failed', number, why: textOf(error), disk })
      if (disk) this.#reopen()
    }
  }

  #valueOf(question: Question): AnswerOf[keyof AnswerOf] {
    switch (question.kind) {
      case 'due':
        return takeDue(this.#sql, question, this.#suspects)
      case 'next-due':
        return this.#nextDue(question.after)
      case 'content':
        return contentOf(this.#sql, question.messageId)
      case 'retry-now':
        return inTransaction(this.#sql, () => retryMessage(this.#sql, question.messageId, question.now))
      case 'outbox':
        return this.#outbox.read(this.#sql, question.limit)
      case 'counts':
        return this.#counts()
      case 'probe':
        return this.#probe()
      case 'copy-begin':
        return {
          files: this.#copying.begin(this.#database, this.#sql),
          counts: this.#counts(),
        }
      case 'copy-end':
        return this.#endCopy()
      case 'queue-select':
        return selectWaiting(this.#sql, question)
      case 'queue-open':
        return openMessage(this.#sql, question)
      case 'queue-expired':
        return selectExpired(this.#sql, question)
      case 'queue-count':
        return countWaiting(this.#sql, question)
      case 'queue-paused-tenants':
        return pausedTenants(this.#sql)
      case 'queue-change':
      case 'queue-unpause':
        return this.#changeQueue(question)
      case 'close':
        return this.#close()
    }
  }

  #changeQueue(question: QueueChangeQuestion): AnswerOf[QueueChangeQuestion['kind']] {
    const { answer, tally, touched, files } = changeQueue(this.#sql, question, this.#outbox)
    this.#count(tally)
    this.#logBytes += LOG_PAGE_BYTES * touched.length
    for (const messageId of touched) this.#suspects.settled(messageId)
    this.#remove(files)
    return answer
  }

  #nextDue(after: number): number | null {
    const next = (this.#sql.nextDue.get(after)?.due_at ?? null) as number | null
    // Those that wait for their turn are due already: asked for again soon.
    if (!this.#suspects.hasLeft) return next
    return Math.min(next ?? Number.POSITIVE_INFINITY, after + SUSPECTS_LOOK_MS)
  }

  #counts(): Counts {
    return { ...this.#tally, outbox: this.#outbox.waiting }
  }

  /** Writes something small: succeeds when the disk takes writes again. */
  #probe(): null {
    // Writing back the log lets its space be used again, which may be all that was missing.
    if (!this.#copying.isOn) this.#sql.checkpoint.get()
    this.#probes += 1
    inTransaction(this.#sql, () => this.#sql.setMeta.run('probes', this.#probes))
    return null
  }

  /**
   * After a disk fault what SQLite believes of the file may not be what the disk holds (a failed sync is not
   * repeated by the kernel), so the file is opened afresh and read again.
   */
  #reopen(): void {
    this.#copying.spoil()
    rollBack(this.#sql)
    try {
      this.#database.close()
      this.#ensureOpen()
    } catch {
      // It stays closed; the next batch or probe tries again.
    }
  }

  #ensureOpen(): void {
    if (this.#database.isOpen) return
    this.#database = openDatabase(this.#start.file, this.#start.bytesMax)
    this.#sql = prepareStatements(this.#database)
    if (this.#doubt !== null) this.#takeBack(this.#doubt)
    this.#outbox = Outbox.open(this.#sql, this.#start.outboxReportsMax)
    this.#tally = countAll(this.#database)
    const last = this.#database.prepare('select max(number) as last from message').get()?.last
    this.#lastNumber = Math.max(this.#lastNumber, Number(last ?? 0))
  }

  #takeBack(mark: Mark): void {
    try {
      takeBack(this.#database, this.#sql, mark)
      this.#doubt = null
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  #checkpointWhenLong(bytes: number): void {
    if (this.#logBytes < bytes || this.#copying.isOn) return
    this.#logBytes = 0
    try {
      this.#sql.checkpoint.get()
    } catch {
      // A full disk shows itself at the next commit, where it is handled.
    }
  }

  #remove(files: readonly string[]): void {
    for (const file of this.#copying.mayRemove(files)) {
      removeContent(this.#start.contentFolder, file)
    }
  }

  #endCopy(): { readonly isSpoiled: boolean } {
    const { isSpoiled, files } = this.#copying.end()
    this.#remove(files)
    return { isSpoiled }
  }

  #close(): null {
    this.#copying.spoil()
    this.#remove(this.#copying.end().files)
    if (this.#idle !== null) clearTimeout(this.#idle)
    inTransaction(this.#sql, () => markClosed(this.#sql))
    this.#database.close()
    return null
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message)
  }
}

function logBytesOf({ commits, contents, settlements }: Batch): number {
  return (contents?.length ?? 0) + LOG_PAGE_BYTES * (commits.length + settlements.length) + 65_536
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Runs the thread: opens the file or says why not, then serves its port. */
function main(port: MessagePort, start: WriterStart): void {
  try {
    const writer = new Writer(port, start)
    port.on('message', (message: ToWriter) => writer.take(message))
  } catch (error) {
    const why =
      error instanceof DatabaseLocked ? 'locked' : error instanceof DatabaseTooNew ? 'too-new' : 'failed'
    port.postMessage({ kind: 'not-opened', why, text: textOf(error) } satisfies FromWriter)
  }
}

if (parentPort !== null) {
  giveBackWhenCalm()
  main(parentPort, workerData as WriterStart)
}
