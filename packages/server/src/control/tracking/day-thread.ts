// The thread that owns the day files of tracking: one instance writes batches, another answers searches, so
// that a long search never holds up reports.
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'
import { fileExists, removeFile, renameFile } from '#platform/files.ts'
import { sqliteDay, sqliteDayAdditions } from '#store/tracking-schema.ts'
import { dayName } from './days.ts'
import type { DayWrites } from './store-day.ts'
import type { Removal } from './tracking-store.ts'

export type DayThreadOptions = { readonly folder: string; readonly readOnly: boolean }
export type DayQuestion =
  | {
      readonly kind: 'read'
      readonly id: number
      readonly day: number
      readonly sql: string
      readonly parameters: readonly unknown[]
    }
  | { readonly kind: 'take'; readonly id: number; readonly body: Uint8Array; readonly oldestDay: number }
  | { readonly kind: 'forget'; readonly id: number; readonly day: number }
  | {
      readonly kind: 'remove'
      readonly id: number
      readonly day: number
      readonly what: Removal
      readonly after: number
    }
  | { readonly kind: 'domains'; readonly id: number; readonly domains: ReadonlyMap<string, string> }
  | { readonly kind: 'forget-notes'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number }
export type DayAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string; readonly isNotABatch: boolean }

/**
 * Days open at once: reports come for today, retries for the days before; a search that finds little looks
 * into every day that is kept.
 */
const OPEN_MAX = { readWrite: 8, readOnly: 32 } as const
const STATEMENTS_MAX = 100
const BUSY_MS_MAX = 5_000
/** Pages at the ends of tables are written again with each batch: a rare checkpoint writes them once. */
const WRITER_PRAGMAS = `pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32000;
  pragma wal_autocheckpoint = 8000;`

type Day = {
  readonly database: DatabaseSync
  readonly reads: Map<string, StatementSync>
  readonly write: DayWrites | null
}

const { folder, readOnly } = workerData as DayThreadOptions
giveBackWhenCalm()
/** What reads reports brings the schemas of all of them; the thread that only searches goes without. */
const writing = readOnly ? null : await import('./day-writing.ts')
const days = new Map<number, Day>()
const batches = writing === null ? null : new writing.BatchTaker(opened)

parentPort!.on('message', (question: DayQuestion) => {
  try {
    parentPort!.postMessage({ id: question.id, value: answerTo(question) } satisfies DayAnswer)
  } catch (error) {
    const { message } = error as Error
    parentPort!.postMessage({
      id: question.id,
      error: message,
      isNotABatch: message === writing?.NOT_A_BATCH,
    } satisfies DayAnswer)
  }
  if (question.kind === 'close') parentPort!.close()
})

function answerTo(question: DayQuestion): unknown {
  switch (question.kind) {
    case 'read':
      return read(question)
    case 'take':
      return writer().take(textOf(question.body), question.oldestDay)
    case 'domains':
      batches?.domainsChanged(question.domains)
      return null
    case 'forget-notes':
      batches?.forgetNotes()
      return null
    case 'forget':
      return closeDay(question.day)
    case 'remove':
      // A day that retention dropped meanwhile is not made anew.
      if (!fileExists(pathOf(question.day))) return { count: 0, next: null }
      return writer().remove(question.day, question.what, question.after)
    case 'close':
      for (const day of [...days.keys()]) closeDay(day)
      return null
  }
}

function writer() {
  if (batches === null) throw new Error('this thread only searches')
  return batches
}

/** The octets stay where they are: a copy would be as large again. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8')
}

function read({ day, sql, parameters }: Extract<DayQuestion, { kind: 'read' }>): unknown {
  const there = openedIfThere(day)
  if (there === null) return []
  const { database, reads } = there
  let statement = reads.get(sql)
  if (!statement) {
    statement = database.prepare(sql)
    if (reads.size >= STATEMENTS_MAX) reads.delete(reads.keys().next().value!)
    reads.set(sql, statement)
  }
  return statement.all(...(parameters as SQLInputValue[]))
}

/** Null for a day that has no file, also when retention takes it away at this very moment. */
function openedIfThere(day: number): Day | null {
  for (let tries = 1; fileExists(pathOf(day)); tries += 1) {
    try {
      return opened(day)
    } catch (error) {
      if (tries === OPEN_TRIES) throw error
      Atomics.wait(pause, 0, 0, OPEN_PAUSE_MS)
    }
  }
  return null
}

/** A file that is going is gone in far less time. */
const OPEN_TRIES = 20
const OPEN_PAUSE_MS = 10
const pause = new Int32Array(new SharedArrayBuffer(4))

function opened(day: number): Day {
  const found = days.get(day)
  if (found) {
    // Longest unused first.
    days.delete(day)
    days.set(day, found)
    return found
  }
  if (days.size >= OPEN_MAX[readOnly ? 'readOnly' : 'readWrite']) closeDay(days.keys().next().value!)
  if (!readOnly && !fileExists(pathOf(day))) createDay(day)
  const database = new DatabaseSync(pathOf(day), { readOnly, timeout: BUSY_MS_MAX })
  if (!readOnly) readyForWriting(database)
  const fresh: Day = { database, reads: new Map(), write: batches?.prepare(database) ?? null }
  days.set(day, fresh)
  return fresh
}

/** A file of an older release gets the columns that it lacks; one that is only read stays as it is. */
function readyForWriting(database: DatabaseSync): void {
  database.exec(WRITER_PRAGMAS)
  const known = database.prepare("select name from pragma_table_info('tracking_message')").all()
  for (const { column, sql } of sqliteDayAdditions) {
    if (!known.some(({ name }) => name === column)) database.exec(sql)
  }
  database.exec(sqliteDay)
}

/** A day's file appears whole, tables and all: a search that meets it half made would fail. */
function createDay(day: number): void {
  const unfinished = `${pathOf(day)}.new`
  removeFile(unfinished)
  const database = new DatabaseSync(unfinished)
  database.exec(sqliteDay)
  database.close()
  renameFile(unfinished, pathOf(day))
}

function closeDay(day: number): null {
  days.get(day)?.database.close()
  days.delete(day)
  return null
}

function pathOf(day: number): string {
  return join(folder, `${dayName(day)}.db`)
}
