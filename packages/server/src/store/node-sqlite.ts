// Kysely over node:sqlite in threads: one writer, some readers. Transactions and writes use the writer in
// turn; reads outside transactions go to the readers and see every commit (WAL). A reader starts when those
// before it keep somebody waiting: a gateway at rest needs one.
import { Worker } from 'node:worker_threads'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { SqliteError } from './errors.ts'
import type { ThreadAnswer, ThreadOptions } from './sqlite-thread.ts'

export type NodeSqliteOptions = { readonly file: string; readonly readers: number }

/**
 * A question that another one keeps waiting for this long, in milliseconds, is worth one more reader: most
 * take less than one, and a thread costs six megabytes and some 50 ms of processor time.
 */
const PATIENCE_MS = 50

export class NodeSqliteDialect implements Dialect {
  readonly #options: NodeSqliteOptions

  constructor(options: NodeSqliteOptions) {
    this.#options = options
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#options)
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new SqliteAdapter()
  }

  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new SqliteIntrospector(db)
  }
}

class NodeSqliteDriver implements Driver {
  readonly #options: NodeSqliteOptions
  #writer: SqliteThread | null = null
  readonly #readers: SqliteThread[] = []
  /** Resolves when the last user of the writer is done. */
  #writerFree: Promise<void> = Promise.resolve()

  constructor(options: NodeSqliteOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    this.#writer = new SqliteThread({ file: this.#options.file, readOnly: false })
    // The file must exist before a read-only connection can be opened.
    await this.#writer.query('select 1', [])
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new NodeSqliteConnection(this)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const pinned = connection as NodeSqliteConnection
    pinned.release = await this.takeWriter()
    try {
      // Immediate: a transaction never finds out half-way that it cannot write.
      await this.writer().query('begin immediate', [])
    } catch (error) {
      pinned.free()
      throw error
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.writer().query('commit', [])
    ;(connection as NodeSqliteConnection).free()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await this.writer().query('rollback', [])
    } finally {
      ;(connection as NodeSqliteConnection).free()
    }
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    await this.#writerFree
    await Promise.all(this.#readers.map((reader) => reader.close()))
    await this.#writer?.close()
  }

  writer(): SqliteThread {
    if (!this.#writer) throw new Error('The store is not open')
    return this.#writer
  }

  reader(): SqliteThread {
    const { file, readers } = this.#options
    if (readers === 0) return this.writer()
    let best = this.#readers[0]
    for (const reader of this.#readers) if (reader.waiting < best!.waiting) best = reader
    const isPatient = best !== undefined && best.waitingMs < PATIENCE_MS
    if (best !== undefined && (isPatient || this.#readers.length >= readers)) return best
    const another = new SqliteThread({ file, readOnly: true })
    this.#readers.push(another)
    return another
  }

  /** Waits for the writer; the returned function hands it on. */
  async takeWriter(): Promise<() => void> {
    const before = this.#writerFree
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#writerFree = before.then(() => promise)
    await before
    return resolve
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #driver: NodeSqliteDriver
  /** Set while a transaction holds the writer. */
  release: (() => void) | null = null

  constructor(driver: NodeSqliteDriver) {
    this.#driver = driver
  }

  free(): void {
    this.release?.()
    this.release = null
  }

  async executeQuery<Result>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Result>> {
    if (this.release) return resultOf(await this.#driver.writer().query(sql, parameters))
    if (SelectQueryNode.is(query)) return resultOf(await this.#driver.reader().query(sql, parameters))
    const release = await this.#driver.takeWriter()
    try {
      return resultOf(await this.#driver.writer().query(sql, parameters))
    } finally {
      release()
    }
  }

  // biome-ignore lint/correctness/useYield: it refuses before the first row.
  async *streamQuery<Result>(): AsyncIterableIterator<QueryResult<Result>> {
    throw new Error('Pages, not streams: the embedded store does not stream')
  }
}

type Answer = Extract<ThreadAnswer, { rows: unknown }>

function resultOf<Result>({ rows, changes, lastInsertRowid }: Answer): QueryResult<Result> {
  return {
    rows: rows as Result[],
    numAffectedRows: BigInt(changes),
    insertId: BigInt(lastInsertRowid),
  }
}

/** One thread with one connection; answers come in the order of the questions. */
export class SqliteThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, PromiseWithResolvers<Answer>>()
  /** When the question that is being answered began to be, or was asked. */
  #busySince = 0
  #isStarted = false
  #next = 0
  #ended: Error | null = null

  constructor(options: ThreadOptions) {
    this.#worker = new Worker(new URL('./sqlite-thread.ts', import.meta.url), { workerData: options })
    this.#worker.once('online', () => {
      this.#isStarted = true
      this.#busySince = performance.now()
    })
    this.#worker.on('message', (answer: ThreadAnswer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#end(error as Error))
    this.#worker.on('exit', () => this.#end(new Error('The database thread has ended')))
  }

  /** Questions that are not answered yet. */
  get waiting(): number {
    return this.#pending.size
  }

  /** For how long the oldest question has been before this thread, in milliseconds. */
  get waitingMs(): number {
    // One more thread would start no sooner than this one.
    return this.waiting === 0 || !this.#isStarted ? 0 : performance.now() - this.#busySince
  }

  query(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended)
    const waiting = Promise.withResolvers<Answer>()
    if (this.waiting === 0) this.#busySince = performance.now()
    this.#next += 1
    this.#pending.set(this.#next, waiting)
    this.#worker.postMessage({ id: this.#next, sql, parameters })
    return waiting.promise
  }

  async close(): Promise<void> {
    if (this.#ended) return
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.postMessage('close')
    await ended
  }

  #settle(answer: ThreadAnswer): void {
    const waiting = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    this.#busySince = performance.now()
    if ('error' in answer) waiting?.reject(new SqliteError(answer.error.message, answer.error.errcode))
    else waiting?.resolve(answer)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiting of this.#pending.values()) waiting.reject(this.#ended)
    this.#pending.clear()
  }
}
