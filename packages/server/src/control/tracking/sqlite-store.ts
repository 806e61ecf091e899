// Tracking in SQLite: a file a day in `tracking/`, one thread that writes and one that reads. Each starts
// with the first that is asked of it: a gateway at rest needs neither.
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { NotABatch } from '#link/report-batch.ts'
import { ensureFolder, filesIn, removeFile } from '#platform/files.ts'
import type { TrackingSchema } from '#store/tracking-schema.ts'
import type { DayAnswer, DayQuestion, DayThreadOptions } from './day-thread.ts'
import { dayName, dayOfName } from './days.ts'
import type { Removed } from './remove-rows.ts'
import type { Taken, TrackingStorage } from './tracking-store.ts'
import { tokenQuery } from './words.ts'

/**
 * SQLite cannot know how many rows a word has. For so few it pays to read them all and sort; of a commoner
 * word these are the newest.
 */
const FEW_MAX = 4_000
const NEWEST = `select rowid from tracking_words where tracking_words match ? and rowid > ?
  order by rowid desc limit ?`

export function openSqliteTracking(folder: string): TrackingStorage {
  ensureFolder(folder)
  const writer = new DayThread({ folder, readOnly: false })
  const reader = new DayThread({ folder, readOnly: true })
  let oldestDay = 0
  return {
    builder: new Kysely<TrackingSchema>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
    found: ({ tenantId, afterSeq = 0 }, words) => sql<number>`(select rowid from tracking_words
      where tracking_words match ${tokenQuery(tenantId, words)} and rowid > ${afterSeq})`,
    recipients: sql`json_each(body, '$.recipients') as recipient`,
    among: (texts) => sql`(select value from json_each(${JSON.stringify(texts)}))`,
    async newest({ day, tenantId, afterSeq = 0 }, words) {
      const parameters = [tokenQuery(tenantId, words), afterSeq, FEW_MAX + 1]
      const rows = (await reader.ask({ kind: 'read', day, sql: NEWEST, parameters })) as { rowid: number }[]
      return { seqs: rows.map(({ rowid }) => rowid), isAll: rows.length <= FEW_MAX }
    },
    days: async () => daysIn(folder),
    async read<Row>(day: number, query: { sql: string; parameters: readonly unknown[] }) {
      const { sql, parameters } = query
      return (await reader.ask({ kind: 'read', day, sql, parameters })) as readonly Row[]
    },
    async take(body) {
      // Memory that is shared is not copied; reading, checking and storing it is the thread's work.
      return (await writer.ask({ kind: 'take', body, oldestDay })) as Taken
    },
    domainsChanged(domains) {
      writer.tell({ kind: 'domains', domains })
    },
    forgetNotes() {
      if (writer.isStarted) void writer.ask({ kind: 'forget-notes' }).catch(() => {})
    },
    async dropBefore(day) {
      oldestDay = Math.max(oldestDay, day)
      for (const old of daysIn(folder).filter((other) => other < day)) {
        const threads = [writer, reader].filter(({ isStarted }) => isStarted)
        await Promise.all(threads.map((thread) => thread.ask({ kind: 'forget', day: old })))
        for (const ending of ['', '-wal', '-shm']) removeFile(join(folder, `${dayName(old)}.db${ending}`))
      }
    },
    async remove(day, what) {
      if (!daysIn(folder).includes(day)) return 0
      let count = 0
      // Reports that come meanwhile take their turn between the batches.
      for (let after: number | null = 0; after !== null; ) {
        const removed = (await writer.ask({ kind: 'remove', day, what, after })) as Removed
        count += removed.count
        after = removed.next
      }
      return count
    },
    async close() {
      await Promise.all([writer.close(), reader.close()])
    },
  }
}

function daysIn(folder: string): readonly number[] {
  return filesIn(folder)
    .filter((name) => name.endsWith('.db'))
    .map((name) => dayOfName(name.slice(0, -'.db'.length)))
    .filter((day) => day !== null)
    .sort((a, b) => b - a)
}

type Unnumbered<Question> = Question extends DayQuestion ? Omit<Question, 'id'> : never

class DayThread {
  readonly #options: DayThreadOptions
  #worker: Worker | null = null
  /** What the thread is told when it starts. */
  #first: Unnumbered<DayQuestion> | null = null
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #next = 0
  #ended: Error | null = null

  constructor(options: DayThreadOptions) {
    this.#options = options
  }

  get isStarted(): boolean {
    return this.#worker !== null
  }

  ask(question: Unnumbered<DayQuestion>): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#worker ??= this.#start()
    const waiting = Promise.withResolvers<unknown>()
    this.#next += 1
    this.#pending.set(this.#next, waiting)
    this.#worker.postMessage({ ...question, id: this.#next })
    return waiting.promise
  }

  /**
   * Says something that needs no answer: now, or when the thread starts. Only the last one is kept for that.
   */
  tell(question: Unnumbered<DayQuestion>): void {
    this.#first = question
    if (this.isStarted) void this.ask(question).catch(() => {})
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === null) this.#ended ??= new Error('The tracking thread is closed')
    if (worker === null || this.#ended) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    await this.ask({ kind: 'close' }).catch(() => {})
    await ended
  }

  #start(): Worker {
    const worker = new Worker(new URL('./day-thread.ts', import.meta.url), { workerData: this.#options })
    worker.on('message', (answer: DayAnswer) => this.#settle(answer))
    worker.on('error', (error) => this.#end(error as Error))
    worker.on('exit', () => this.#end(new Error('The tracking thread has ended')))
    if (this.#first !== null) worker.postMessage({ ...this.#first, id: 0 })
    return worker
  }

  #settle(answer: DayAnswer): void {
    const waiting = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if ('error' in answer)
      waiting?.reject(answer.isNotABatch ? new NotABatch(answer.error) : new Error(answer.error))
    else waiting?.resolve(answer.value)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiting of this.#pending.values()) waiting.reject(this.#ended)
    this.#pending.clear()
  }
}
