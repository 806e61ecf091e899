// The thread that owns one SQLite connection: node:sqlite blocks, so it must never run beside requests
// (decisions 28).
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'

export type ThreadOptions = { readonly file: string; readonly readOnly: boolean }
export type ThreadQuery = {
  readonly id: number
  readonly sql: string
  readonly parameters: readonly unknown[]
}
export type ThreadAnswer =
  | {
      readonly id: number
      readonly rows: readonly object[]
      readonly changes: number
      readonly lastInsertRowid: number
    }
  | { readonly id: number; readonly error: { readonly message: string; readonly errcode: number | null } }

/** Prepared statements kept; more texts than this push the oldest out. */
const STATEMENTS_MAX = 500
/**
 * Waiting for a lock blocks only this thread; another process on the file is a mistake that should show soon.
 */
const BUSY_MS_MAX = 5_000
/**
 * KiB of pages kept by the writer: an import of 50,000 rows touches five trees at random, and with SQLite's
 * 2 MB spends more time on reading pages again than on all else. Readers ask for a page of rows at a time.
 */
const CACHE_KIB = { writer: 65_536, reader: 16_384 } as const

/** Rows changed in one transaction from which its checkpoint is left until it was answered. */
const CHANGES_BEFORE_CHECKPOINT = 5_000
/** SQLite's own default: a log of more pages is written back by the commit that finds it. */
const PAGES_OF_LOG = 1_000

const { file, readOnly } = workerData as ThreadOptions
giveBackWhenCalm()
const database = new DatabaseSync(file, { readOnly, timeout: BUSY_MS_MAX, enableForeignKeyConstraints: true })
if (!readOnly) {
  database.exec('pragma journal_mode = wal')
  // A setting that was shown as saved survives a power cut.
  database.exec('pragma synchronous = full')
}
database.exec(`pragma cache_size = -${readOnly ? CACHE_KIB.reader : CACHE_KIB.writer}`)
/** Rows changed since the last commit. */
let changed = 0
const statements = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>()

parentPort!.on('message', (query: ThreadQuery | 'close') => {
  if (query === 'close') {
    statements.clear()
    database.close()
    parentPort!.close()
    return
  }
  // Whoever waits for a large commit need not wait for its pages to move from the log to the file as well.
  const isLarge = query.sql === 'commit' && changed > CHANGES_BEFORE_CHECKPOINT
  if (isLarge) database.exec('pragma wal_autocheckpoint = 0')
  parentPort!.postMessage(answerTo(query))
  if (query.sql === 'commit' || query.sql === 'rollback') changed = 0
  if (!isLarge) return
  database.exec(`pragma wal_autocheckpoint = ${PAGES_OF_LOG}`)
  try {
    database.exec('pragma wal_checkpoint(passive)')
  } catch {
    // The commit was answered and stands in the log: a full disk only means that a later commit moves it.
  }
})

function answerTo({ id, sql, parameters }: ThreadQuery): ThreadAnswer {
  try {
    const { statement, reads } = prepared(sql)
    const values = parameters as SQLInputValue[]
    if (reads) {
      const rows = statement.all(...values)
      return { id, rows, changes: rows.length, lastInsertRowid: 0 }
    }
    const { changes, lastInsertRowid } = statement.run(...values)
    changed += Number(changes)
    return { id, rows: [], changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
  } catch (error) {
    const { message, errcode } = error as { message: string; errcode?: number }
    return { id, error: { message, errcode: errcode ?? null } }
  }
}

function prepared(sql: string): { readonly statement: StatementSync; readonly reads: boolean } {
  const found = statements.get(sql)
  if (found) return found
  const statement = database.prepare(sql)
  const entry = { statement, reads: statement.columns().length > 0 }
  if (statements.size >= STATEMENTS_MAX) statements.delete(statements.keys().next().value!)
  statements.set(sql, entry)
  return entry
}
