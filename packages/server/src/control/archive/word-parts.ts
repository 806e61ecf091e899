// The index of words of one month, in parts of so many entries: a part that is full is never merged with
// another, so that a large month takes words as fast as a small one, and a search reads the newest part
// first.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { WordDoc } from './words.ts'

/** Entries of a part: what a merge may have to write anew, and what one beginning of a word may gather. */
const PART_ENTRIES_MAX = 32_768
/** The name of the only table that files of earlier releases have. */
const FIRST_TABLE = 'words'

const SCHEMA = `
  create table if not exists word_part (
    number integer primary key,
    first_seq integer not null,
    entries integer not null,
    first_at integer,
    last_at integer
  );
`

/** A part as a search needs it: entries from `firstSeq` on stand in it, and no earlier ones. */
export type WordPart = {
  readonly table: string
  readonly firstSeq: number
  /** Epoch milliseconds of what it holds; null where an earlier release did not note them. */
  readonly firstAt: number | null
  readonly lastAt: number | null
}

type Database = { readonly database: DatabaseSync; sql(text: string): StatementSync }

type Writable = { number: number; firstSeq: number; entries: number; lastSeq: number }

export class WordParts {
  readonly #file: Database
  readonly #entriesMax: number
  /** Of the writer, oldest first; a transaction that was not kept empties it. */
  #parts: Writable[] | null = null
  #isMade = false

  constructor(file: Database, entriesMax = PART_ENTRIES_MAX) {
    this.#file = file
    this.#entriesMax = entriesMax
  }

  /** Makes what is not there; the caller writes this file and has a transaction open. */
  make(): void {
    const { database } = this.#file
    database.exec(SCHEMA)
    if (database.prepare('select 1 from word_part').get() !== undefined) return
    const isOld = this.#has(FIRST_TABLE)
    if (!isOld) database.exec(tableOf(FIRST_TABLE))
    const count = isOld ? Number(database.prepare('select count(*) as n from words_docsize').get()?.n) : 0
    database
      .prepare('insert into word_part values (1, 0, ?, ?, ?)')
      .run(count, isOld ? null : Number.MAX_SAFE_INTEGER, isOld ? null : Number.MIN_SAFE_INTEGER)
  }

  /** All parts, the newest first. */
  all(): readonly WordPart[] {
    // A file that no writer of this release opened yet has one table and no list of them.
    this.#isMade ||= this.#has('word_part')
    if (!this.#isMade) return [{ table: FIRST_TABLE, firstSeq: 0, firstAt: null, lastAt: null }]
    return this.#file.sql(LIST).all().map(partOf)
  }

  /** The part that an entry stands in. */
  holding(seq: number): WordPart {
    return this.all().find(({ firstSeq }) => firstSeq <= seq)!
  }

  /** Writes the words of an entry; what was written before of it goes. The caller has a transaction open. */
  put(seq: number, at: number, { subject, people, body, attachment, facet }: WordDoc): void {
    const part = this.#partFor(seq)
    const table = nameOf(part.number)
    if (seq <= part.lastSeq && this.#isIn(table, seq)) this.#drop(table, seq)
    this.#file
      .sql(`insert into ${table} (rowid, subject, people, body, attachment, facet) values (?, ?, ?, ?, ?, ?)`)
      .run(seq, subject, people, body, attachment, facet)
    this.#file
      .sql(
        `update word_part set entries = entries + 1, first_at = min(first_at, ?), last_at = max(last_at, ?)
          where number = ?`,
      )
      .run(at, at, part.number)
    part.entries += 1
    part.lastSeq = Math.max(part.lastSeq, seq)
  }

  /** Takes an entry out of the index. The caller has a transaction open. */
  drop(seq: number): void {
    const part = this.#writable().findLast(({ firstSeq }) => firstSeq <= seq)!
    this.#drop(nameOf(part.number), seq)
  }

  /** What was remembered of a transaction that was not kept. */
  forget(): void {
    this.#parts = null
  }

  #drop(table: string, seq: number): void {
    // The index notes what went under row ids above 2^53, which no statement may report as its last one:
    // `all` does not, and the next insert makes the connection forget it.
    this.#file.sql(`delete from ${table} where rowid = ?`).all(seq)
    this.#file.sql('insert or replace into waiting (seq) values (?)').all(seq)
    this.#file.sql('delete from waiting where seq = ?').run(seq)
  }

  #isIn(table: string, seq: number): boolean {
    return this.#file.sql(`select 1 from ${table}_docsize where id = ?`).get(seq) !== undefined
  }

  #partFor(seq: number): Writable {
    const parts = this.#writable()
    const newest = parts.at(-1)!
    if (newest.entries < this.#entriesMax || seq <= newest.lastSeq) {
      return parts.findLast(({ firstSeq }) => firstSeq <= seq)!
    }
    const next = { number: newest.number + 1, firstSeq: seq, entries: 0, lastSeq: 0 }
    this.#file.database.exec(tableOf(nameOf(next.number)))
    this.#file
      .sql('insert into word_part values (?, ?, 0, ?, ?)')
      .run(next.number, seq, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)
    parts.push(next)
    return next
  }

  #writable(): Writable[] {
    this.#parts ??= this.#file
      .sql('select number, first_seq, entries from word_part order by number')
      .all()
      .map((row) => {
        const number = Number(row.number)
        const last = this.#file.sql(`select max(id) as seq from ${nameOf(number)}_docsize`).get()
        const [firstSeq, entries] = [Number(row.first_seq), Number(row.entries)]
        return { number, firstSeq, entries, lastSeq: Number(last?.seq ?? 0) }
      })
    return this.#parts
  }

  #has(name: string): boolean {
    const found = this.#file.database.prepare('select 1 from sqlite_master where name = ?').get(name)
    return found !== undefined
  }
}

const LIST = 'select number, first_seq, first_at, last_at from word_part order by number desc'

function partOf(row: Record<string, unknown>): WordPart {
  const time = (value: unknown): number | null => (value === null ? null : Number(value))
  return {
    table: nameOf(Number(row.number)),
    firstSeq: Number(row.first_seq),
    firstAt: time(row.first_at),
    lastAt: time(row.last_at),
  }
}

function nameOf(number: number): string {
  return number === 1 ? FIRST_TABLE : `${FIRST_TABLE}_${number}`
}

/**
 * The index holds words, not text (contentless): what was written is read from the sealed content. Words go
 * in by the thousand; what a merge of the index costs then counts little. A page of it fills one of the file.
 */
function tableOf(name: string): string {
  return `
    create virtual table ${name} using fts5(
      subject, people, body, attachment, facet, content='', contentless_delete=1, tokenize='ascii'
    );
    insert into ${name} (${name}, rank) values ('hashsize', 33554432);
    insert into ${name} (${name}, rank) values ('automerge', 8);
    insert into ${name} (${name}, rank) values ('pgsz', 8100);
  `
}
