// The files that hold what is known of archived messages: one of each organisation and month, with its
// records, the columns that searches filter by, and the index of words.
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { ensureFolder, fileExists, filesIn, removeFile } from '#platform/files.ts'
import { inTransaction } from '#platform/sqlite-transaction.ts'
import { WordParts } from './word-parts.ts'
import type { WordDoc } from './words.ts'

const SCHEMA = `
  create table if not exists record (
    seq integer primary key,
    kind text not null,
    delivery text unique,
    body text,
    hash text not null
  );
  create table if not exists entry (
    seq integer primary key,
    id text not null unique,
    at integer not null,
    size integer not null,
    digest text not null,
    message_key text,
    same_key text not null,
    sources integer not null,
    is_internal integer not null
  );
  create index if not exists entry_at on entry (at);
  create index if not exists entry_message on entry (message_key) where message_key is not null;
  create table if not exists addition (seq integer primary key, entry integer not null);
  create index if not exists addition_entry on addition (entry);
  create table if not exists waiting (seq integer primary key);
`
/** A commit for each batch of messages, synced: what is acknowledged stays. */
const PRAGMAS = `pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full;
  pragma cache_size = -32000; pragma wal_autocheckpoint = 4000; pragma temp_store = memory;`
const BUSY_MS_MAX = 10_000
/** A large month has two for each part of its index. */
const STATEMENTS_MAX = 1_000
/** Months open at once: a search goes through them one after the other. */
const OPEN_MAX = 128
const MONTH = /^\d{4}-\d{2}$/

/** Entries that both came through the gateway and were journalled have both bits. */
export const SOURCE_BITS = { gateway: 1, journal: 2 } as const

export class Month {
  readonly database: DatabaseSync
  /** Files of earlier releases find an entry by its content. */
  readonly hasDigestIndex: boolean
  readonly words: WordParts
  readonly #statements = new Map<string, StatementSync>()
  /** Entries that are kept and not in the index yet; the file remembers that they wait, not their words. */
  readonly #later = new Map<number, WordDoc>()
  #laterCharacters = 0

  constructor(path: string, isReader: boolean) {
    this.database = new DatabaseSync(path, { timeout: BUSY_MS_MAX })
    if (isReader)
      this.database.exec('pragma cache_size = -64000; pragma query_only = on; pragma temp_store = memory')
    else {
      this.database.exec(PRAGMAS)
      this.database.exec(SCHEMA)
    }
    this.words = new WordParts(this)
    if (!isReader) this.transaction(() => this.words.make())
    this.hasDigestIndex = this.#has('entry_digest')
  }

  /** Entries whose words wait here. */
  get later(): { readonly entries: number; readonly characters: number } {
    return { entries: this.#later.size, characters: this.#laterCharacters }
  }

  /** Notes that the words of an entry are to come; the caller has a transaction open, or needs none. */
  noteLater(seq: number): void {
    this.sql('insert or ignore into waiting (seq) values (?)').run(seq)
  }

  indexLater(seq: number, doc: WordDoc): void {
    this.#later.set(seq, doc)
    this.#laterCharacters += doc.body.length
  }

  /** Entries that wait and whose words nobody remembers: control was stopped hard. */
  lost(): readonly number[] {
    const rows = this.sql('select seq from waiting order by seq').all()
    return rows.map(({ seq }) => Number(seq)).filter((seq) => !this.#later.has(seq))
  }

  /** Writes the words that wait, in one transaction; what was indexed before of an entry goes. */
  indexNow(): void {
    if (this.#later.size === 0) return
    const docs = [...this.#later].sort(([a], [b]) => a - b)
    this.transaction(() => {
      const time = this.sql('select at from entry where seq = ?')
      const done = this.sql('delete from waiting where seq = ?')
      for (const [seq, doc] of docs) {
        const at = time.get(seq)?.at
        // What went meanwhile needs no words.
        if (at !== undefined) this.words.put(seq, Number(at), doc)
        done.run(seq)
      }
    })
    this.#later.clear()
    this.#laterCharacters = 0
  }

  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.database.prepare(text)
      if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear()
      this.#statements.set(text, statement)
    }
    return statement
  }

  transaction<T>(work: () => T): T {
    try {
      return inTransaction(this.database, work)
    } catch (error) {
      this.words.forget()
      throw error
    }
  }

  close(): void {
    try {
      this.indexNow()
    } finally {
      this.database.close()
    }
  }

  #has(name: string): boolean {
    return this.database.prepare('select 1 from sqlite_master where name = ?').get(name) !== undefined
  }
}

/** All months of all organisations below `archive/index`. */
export class MonthFiles {
  readonly #folder: string
  readonly #isReader: boolean
  readonly #open = new Map<string, Month>()
  /** Only the writer makes months, so that it need not ask the disk each time. */
  readonly #names = new Map<string, string[]>()

  constructor(folder: string, isReader: boolean) {
    this.#folder = folder
    this.#isReader = isReader
  }

  /** Months of any organisation that are open. */
  opened(): readonly Month[] {
    return [...this.#open.values()]
  }

  /** Names of the months that are there, oldest first. */
  months(tenantId: string): readonly string[] {
    const known = this.#names.get(tenantId)
    if (known !== undefined) return known
    const names = filesIn(join(this.#folder, tenantId))
      .filter((name) => name.endsWith('.db'))
      .map((name) => name.slice(0, -3))
      .filter((name) => MONTH.test(name))
      .sort()
    if (!this.#isReader) this.#names.set(tenantId, names)
    return names
  }

  /** Opens a month, and makes it where it is not there; a reader gets null instead. */
  open(tenantId: string, month: string): Month | null {
    const key = `${tenantId}/${month}`
    const known = this.#open.get(key)
    if (known !== undefined) {
      // The one that was not used for longest is closed first.
      this.#open.delete(key)
      this.#open.set(key, known)
      return known
    }
    const path = join(this.#folder, tenantId, `${month}.db`)
    if (this.#isReader && !fileExists(path)) return null
    if (!this.#isReader) ensureFolder(join(this.#folder, tenantId))
    if (this.#open.size >= OPEN_MAX) {
      const [oldest, file] = this.#open.entries().next().value!
      file.close()
      this.#open.delete(oldest)
    }
    const file = new Month(path, this.#isReader)
    this.#open.set(key, file)
    this.#names.delete(tenantId)
    return file
  }

  /** Closes what is open of one organisation, or of all. */
  close(tenantId: string | null = null): void {
    for (const [key, file] of [...this.#open]) {
      if (tenantId !== null && !key.startsWith(`${tenantId}/`)) continue
      file.close()
      this.#open.delete(key)
    }
  }

  /** Removes the files of an organisation. */
  remove(tenantId: string): void {
    this.close(tenantId)
    this.#names.delete(tenantId)
    for (const name of filesIn(join(this.#folder, tenantId))) removeFile(join(this.#folder, tenantId, name))
  }
}

/** The month that something archived at this time stands in: `2026-11`. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7)
}
