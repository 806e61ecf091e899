// The files that hold what is known of archived messages: one of each organisation and month, with its
// records, the columns that searches filter by, and the index of words.
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { ensureFolder, fileExists, filesIn, removeFile } from '#platform/files.ts'

/** The index holds words, not text (contentless): what was written is read from the sealed content. */
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
  create index if not exists entry_digest on entry (digest);
  create table if not exists addition (seq integer primary key, entry integer not null);
  create index if not exists addition_entry on addition (entry);
  create virtual table if not exists words using fts5(
    subject, people, body, attachment, facet, content='', contentless_delete=1, tokenize='ascii'
  );
`
/** A commit for each batch of messages, synced: what is acknowledged stays. */
const PRAGMAS = `pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full;
  pragma cache_size = -32000; pragma wal_autocheckpoint = 4000; pragma temp_store = memory;`
const BUSY_MS_MAX = 10_000
const STATEMENTS_MAX = 200
/** Months open at once: a search goes through them one after the other. */
const OPEN_MAX = 64
const MONTH = /^\d{4}-\d{2}$/

/** Entries that both came through the gateway and were journalled have both bits. */
export const SOURCE_BITS = { gateway: 1, journal: 2 } as const

export class Month {
  readonly database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, isReader: boolean) {
    this.database = new DatabaseSync(path, { timeout: BUSY_MS_MAX })
    if (isReader)
      this.database.exec('pragma cache_size = -64000; pragma query_only = on; pragma temp_store = memory')
    else {
      this.database.exec(PRAGMAS)
      this.database.exec(SCHEMA)
    }
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
    this.database.exec('begin immediate')
    try {
      const result = work()
      this.database.exec('commit')
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('rollback')
      throw error
    }
  }

  close(): void {
    this.database.close()
  }
}

/** All months of all organisations below `archive/index`. */
export class MonthFiles {
  readonly #folder: string
  readonly #isReader: boolean
  readonly #open = new Map<string, Month>()

  constructor(folder: string, isReader: boolean) {
    this.#folder = folder
    this.#isReader = isReader
  }

  /** Names of the months that are there, oldest first. */
  months(tenantId: string): string[] {
    return filesIn(join(this.#folder, tenantId))
      .filter((name) => name.endsWith('.db'))
      .map((name) => name.slice(0, -3))
      .filter((name) => MONTH.test(name))
      .sort()
  }

  /** Opens a month, and makes it where it is not there; a reader gets null instead. */
  open(tenantId: string, month: string): Month | null {
    const key = `${tenantId}/${month}`
    const known = this.#open.get(key)
    if (known !== undefined) return known
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
    return file
  }

  /** Closes what is open of one organisation, or of all. */
  close(tenantId: string | null = null): void {
    for (const [key, file] of this.#open) {
      if (tenantId !== null && !key.startsWith(`${tenantId}/`)) continue
      file.close()
      this.#open.delete(key)
    }
  }

  /** Removes the files of an organisation. */
  remove(tenantId: string): void {
    this.close(tenantId)
    for (const name of filesIn(join(this.#folder, tenantId))) removeFile(join(this.#folder, tenantId, name))
  }
}

/** The month that something archived at this time stands in: `2026-11`. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7)
}
