// The spool as edges and delivery hold it: gathers, sends batches to the writer thread one at a time, keeps
// the health.
import { statfs } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Emit } from '#events/emit.ts'
import type { AcceptedReport, EdgeReport } from '#link/reports.ts'
import type { Clock } from '#platform/clock.ts'
import { createContentFile, readContentFile } from './content-file.ts'
import { copySpool } from './copy.ts'
import { type GatheredBatch, Gatherer, settleItemOf } from './gather.ts'
import { OutcomeLog } from './outcome-log.ts'
import { dueMessageOf, queueOver, type SpoolQueue } from './queue.ts'
import {
  type Content,
  type ContentFile,
  type DueMessage,
  type Envelope,
  type Settlement,
  type Spool,
  type SpoolHealth,
  SpoolUnavailable,
} from './spool.ts'
import type { AnswerOf, FromWriter, OutboxRow, OutboxText, Question, WriterStart } from './wire.ts'

/**
 * Under load a batch leaves at the earliest so long after the one before it: fewer, larger commits cost an
 * eighth less CPU a message, and who has that CPU answers sooner. A lone sender never waits for it.
 */
const BATCH_GAP_MS = 3
/** As many messages, or as many outcomes, in one batch are a load. */
const BATCH_ITEMS_UNDER_LOAD = 2
/** What nobody waits for and no kill doubles waits this long for something to ride with. */
const UNHURRIED_MS = 5
/** As many settlements are worth a sync of their own at once. */
const SETTLEMENTS_WITHOUT_WAIT = 256
/** Beyond these the disk is slower than the senders: MAIL answers 452 until half of it is written. */
const WAITING_BYTES_MAX = 256 * 1024 * 1024
const WAITING_MESSAGES_MAX = 20_000
const PROBE_MS = 1000
/** Kept free, so that what was accepted can still be delivered and recorded. */
const FREE_BYTES_MIN = 64 * 1024 * 1024

export type SpoolOptions = {
  readonly emit: Emit
  readonly clock: Clock
  /** The file that content above the in-row limit goes beside, and how the writer is started. */
  readonly start: WriterStart
  readonly folder: string
  readonly slot: number
}

/** A spool whose file is open in a writer thread. Made by `openSpool`. */
export class ThreadSpool implements Spool {
  readonly slot: number
  /** What people do with what waits. */
  readonly queue: SpoolQueue = queueOver((question) => this.#ask(question))
  readonly #options: SpoolOptions
  readonly #gatherer = new Gatherer()
  readonly #outcomes: OutcomeLog
  readonly #questions = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  #worker: Worker | null
  #number = 0
  #onItsWay: GatheredBatch | null = null
  #isScheduled = false
  /** When the last batch left, and how many messages or outcomes it carried, whichever were more. */
  #sentAt = 0
  #sentItems = 0
  #timer: NodeJS.Timeout | null = null
  #fault: string | null = null
  #isFull = false
  #isShort = false
  #isClosed = false
  #isCopying = false
  readonly #watch: NodeJS.Timeout

  constructor(worker: Worker, options: SpoolOptions) {
    this.#options = options
    this.slot = options.slot
    const { emit, slot } = options
    const tell = (why: string): void => emit('spool.outcomes.unnoted', { slot, why })
    this.#outcomes = new OutcomeLog({ path: options.start.outcomesFile, tell })
    this.#worker = worker
    this.#listen(worker)
    this.#watch = setInterval(() => void this.#tick(), PROBE_MS)
    this.#watch.unref()
  }

  health(): SpoolHealth {
    const { bytes, messages } = this.#gatherer
    if (bytes > WAITING_BYTES_MAX || messages > WAITING_MESSAGES_MAX) this.#isFull = true
    else if (bytes <= WAITING_BYTES_MAX / 2 && messages <= WAITING_MESSAGES_MAX / 2) this.#isFull = false
    if (this.#fault !== null) return { ok: false, why: this.#fault }
    if (this.#isShort) return { ok: false, why: 'the disk of the spool is almost full' }
    if (this.#isFull) return { ok: false, why: 'the disk is slower than the senders' }
    return HEALTHY
  }

  openContent(): Promise<ContentFile> {
    return createContentFile(this.#options.start.contentFolder)
  }

  commitMessage(envelope: Envelope, content: Content, report: AcceptedReport): Promise<void> {
    if (this.#isClosed) return Promise.reject(new SpoolUnavailable('the spool is closed'))
    if (this.#fault !== null) return Promise.reject(new SpoolUnavailable(this.#fault))
    const durable = this.#gatherer.commit(envelope, content, report)
    this.#hurry()
    return durable
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new SpoolUnavailable('the spool is closed'))
    if (settlements.length === 0) return Promise.resolve()
    const items = settlements.map(settleItemOf)
    // First of all: from here on a kill no longer doubles what was delivered.
    const isNoted = this.#outcomes.note(items)
    const durable = this.#gatherer.settle(items, { isNoted, mark: this.#outcomes.mark })
    this.#sendSoon()
    return durable
  }

  report(reports: readonly EdgeReport[]): void {
    if (this.#isClosed) return
    this.#gatherer.report(reports)
    this.#later()
  }

  async due(now: number, limit: number, exclude: ReadonlySet<string>): Promise<readonly DueMessage[]> {
    const rows = await this.#ask({ kind: 'due', now, limit, exclude: [...exclude] })
    return rows.map(({ envelope, states }) => dueMessageOf(JSON.parse(envelope), states, now))
  }

  nextDueAt(after: number): Promise<number | null> {
    return this.#ask({ kind: 'next-due', after })
  }

  async *readContent(messageId: string, { reuse = false } = {}): AsyncGenerator<Uint8Array> {
    const content = await this.#ask({ kind: 'content', messageId })
    if (content === null) throw new Error(`the spool has no content of message ${messageId}`)
    if ('bytes' in content) yield content.bytes
    else {
      const { contentFolder: folder } = this.#options.start
      yield* readContentFile({ folder, name: content.file }, reuse)
    }
  }

  retryNow(messageId: string, now: number): Promise<number> {
    return this.#ask({ kind: 'retry-now', messageId, now })
  }

  async outbox(limit: number): Promise<readonly OutboxRow[]> {
    return JSON.parse((await this.outboxText(limit)).json)
  }

  outboxText(limit: number): Promise<OutboxText> {
    return this.#ask({ kind: 'outbox', limit })
  }

  acknowledge(sequence: number): Promise<void> {
    if (this.#isClosed) return Promise.reject(new SpoolUnavailable('the spool is closed'))
    const durable = this.#gatherer.acknowledge(sequence)
    this.#later()
    return durable
  }

  counts(): Promise<AnswerOf['counts']> {
    return this.#ask({ kind: 'counts' })
  }

  /**
   * Copies everything into `folder` while work goes on; resolves with what is in the copy. See `copySpool`.
   */
  /** Rejects at once while another copy lasts. */
  async copyTo(folder: string): Promise<AnswerOf['counts']> {
    if (this.#isCopying) throw new Error('this spool is being copied already')
    const { file, contentFolder } = this.#options.start
    this.#isCopying = true
    try {
      return await copySpool({ file, contentFolder, slot: this.slot }, folder, {
        begin: () => this.#ask({ kind: 'copy-begin' }),
        end: () => this.#ask({ kind: 'copy-end' }).catch(() => ({ isSpoiled: true })),
      })
    } finally {
      this.#isCopying = false
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    // What waits is written first, unless the disk refuses it.
    while (this.#fault === null && (!this.#gatherer.isEmpty || this.#onItsWay !== null)) {
      this.#send()
      await this.#ask({ kind: 'counts' }).catch(() => undefined)
    }
    this.#isClosed = true
    clearInterval(this.#watch)
    if (this.#timer !== null) clearTimeout(this.#timer)
    const worker = this.#worker
    await this.#ask({ kind: 'close' }).catch(() => undefined)
    this.#worker = null
    this.#gatherer.rejectAll('the spool is closed')
    this.#outcomes.close()
    await worker?.terminate()
    this.#rejectQuestions('the spool is closed')
  }

  /** Nobody answers any more: who asked must not wait for ever. */
  #rejectQuestions(why: string): void {
    for (const question of this.#questions.values()) question.reject(new SpoolUnavailable(why))
    this.#questions.clear()
  }

  /**
   * Sends at the end of this turn of the loop with whatever else its sockets bring; under load a little
   * later.
   */
  #hurry(): void {
    if (this.#isScheduled || this.#onItsWay !== null) return
    this.#isScheduled = true
    const send = (): void => {
      this.#isScheduled = false
      this.#send()
    }
    const waitMs = this.#gapMs()
    if (waitMs > 0) setTimeout(send, waitMs)
    else setImmediate(send)
  }

  /** Messages have senders who wait; what could not be noted, a kill doubles until it is written. */
  #sendSoon(): void {
    const { hasCommits, hasUrgent, settlements, isEmpty } = this.#gatherer
    if (hasCommits || hasUrgent || settlements >= SETTLEMENTS_WITHOUT_WAIT) this.#hurry()
    else if (!isEmpty) this.#later()
  }

  #gapMs(): number {
    if (this.#sentItems < BATCH_ITEMS_UNDER_LOAD) return 0
    return Math.min(BATCH_GAP_MS, this.#sentAt + BATCH_GAP_MS - this.#options.clock.now())
  }

  #later(): void {
    if (this.#timer !== null || this.#onItsWay !== null || this.#fault !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#send()
    }, UNHURRIED_MS)
  }

  /** One batch at a time is on its way: while the disk syncs it, the next one gathers. */
  #send(): void {
    if (this.#onItsWay !== null || this.#worker === null || this.#fault !== null || this.#gatherer.isEmpty)
      return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const gathered = this.#gatherer.take()
    this.#onItsWay = gathered
    this.#sentAt = this.#options.clock.now()
    const { commits, settlements, contents } = gathered.batch
    this.#sentItems = Math.max(commits.length, settlements.length)
    this.#worker.postMessage(gathered.batch, contents === null ? [] : [contents.buffer as ArrayBuffer])
  }

  #listen(worker: Worker): void {
    worker.on('message', (message: FromWriter) => this.#hear(message))
    worker.on('error', (error: Error) => this.#lose(worker, error.message))
    worker.on('exit', () => this.#lose(worker, 'the writer thread ended'))
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'durable': {
        const gathered = this.#onItsWay
        this.#onItsWay = null
        if (gathered !== null) {
          this.#gatherer.resolve(gathered, message.refused)
          this.#outcomes.settled(gathered.settlements.at(-1)?.mark ?? 0)
        }
        if (message.dropped > 0) this.#options.emit('spool.reports.dropped', { count: message.dropped })
        this.#sendSoon()
        return
      }
      case 'unavailable':
        this.#fail(message.why)
        return
      case 'answer': {
        const question = this.#questions.get(message.number)
        this.#questions.delete(message.number)
        question?.resolve(message.value as never)
        return
      }
      case 'failed': {
        const question = this.#questions.get(message.number)
        this.#questions.delete(message.number)
        if (message.disk) this.#suspend(message.why)
        question?.reject(message.disk ? new SpoolUnavailable(message.why) : new Error(message.why))
        return
      }
      case 'opened':
        this.#recover()
        return
      case 'not-opened':
        this.#fail(message.text)
        return
    }
  }

  /** The batch on its way was refused, or nobody is left to say what became of it. */
  #fail(why: string): void {
    const gathered = this.#onItsWay
    this.#onItsWay = null
    if (gathered !== null) this.#gatherer.putBack(gathered, why)
    this.#suspend(why)
  }

  /** Sends nothing until the disk takes writes again. What is on its way gets an answer of its own. */
  #suspend(why: string): void {
    if (this.#fault === null) this.#options.emit('spool.unavailable', { slot: this.slot, why })
    this.#fault = why
    this.#gatherer.rejectCommits(why)
  }

  #recover(): void {
    if (this.#fault === null) return
    this.#fault = null
    this.#options.emit('spool.recovered', { slot: this.slot })
    this.#send()
  }

  /** The thread itself is gone: a bug, or memory. It is started again by the next tick. */
  #lose(worker: Worker, why: string): void {
    if (this.#worker !== worker || this.#isClosed) return
    this.#worker = null
    this.#rejectQuestions(why)
    this.#fail(why)
  }

  async #tick(): Promise<void> {
    const space = await statfs(this.#options.folder).catch(() => null)
    if (this.#isClosed) return
    this.#isShort = space !== null && space.bavail * space.bsize < FREE_BYTES_MIN
    if (this.#worker === null) {
      this.#worker = startWriter({
        ...this.#options.start,
        now: this.#options.clock.now(),
        keepsContents: true,
      })
      this.#listen(this.#worker)
    } else if (this.#fault !== null) {
      await this.#ask({ kind: 'probe' }).then(
        () => this.#recover(),
        () => undefined,
      )
    }
  }

  #ask<Kind extends keyof AnswerOf>(question: Extract<Question, { kind: Kind }>): Promise<AnswerOf[Kind]> {
    const worker = this.#worker
    if (worker === null) return Promise.reject(new SpoolUnavailable(this.#fault ?? 'the spool is closed'))
    this.#number += 1
    const number = this.#number
    return new Promise<AnswerOf[Kind]>((resolve, reject) => {
      this.#questions.set(number, { resolve: resolve as (value: never) => void, reject })
      worker.postMessage({ kind: 'ask', number, question })
    })
  }
}

const HEALTHY: SpoolHealth = { ok: true, why: null }

/** Starts the thread that owns the file. */
export function startWriter(start: WriterStart): Worker {
  return new Worker(new URL('./writer.ts', import.meta.url), { workerData: start, name: 'spool-writer' })
}
