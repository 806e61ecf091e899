// The spool's file: SQLite settings, schema and prepared statements. Law 1 rests on the pragmas here.
import { statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Raised with every change of the schema; a migration brings older files forward. */
export const SCHEMA_VERSION = 2

/**
 * Larger pages hold a 4 KiB message without an overflow page and halve the b-tree work; above 8 KiB a single
 * message would write more than it gains.
 */
const PAGE_BYTES = 8192
/** Pages kept in memory: what is delivered within seconds is never read from disk. */
const CACHE_KIB = 32_768
/**
 * The log is cut back to this after a burst; above what a checkpoint waits for, so that a load never grows it
 * anew.
 */
const WAL_BYTES_KEPT = 128 * 1024 * 1024

/** Another process has the file: its owner lives (decisions 24). */
export class DatabaseLocked extends Error {}
/** The file was written by a newer release. */
export class DatabaseTooNew extends Error {}

/** In order; a shipped one is never edited. */
export const MIGRATIONS: readonly string[] = [
  `
  create table message (
    id text primary key,
    number integer not null,
    due_at integer,
    recipients integer not null,
    queued integer not null,
    held integer not null,
    claims integer not null default 0,
    file text,
    envelope text not null,
    states text
  ) without rowid;
  create index message_due on message (due_at) where due_at is not null;
  create table content (number integer primary key, bytes blob not null);
  create table outbox (
    first integer primary key,
    count integer not null,
    refusals integer not null,
    reports text not null
  );
  create index outbox_refusals on outbox (first) where refusals = 1;
  create table meta (name text primary key, value integer not null) without rowid;
  `,
  // The tenant of a message with paused recipients, else null: nothing is written for all the others.
  `
  alter table message add column paused text;
  create index message_paused on message (paused) where paused is not null;
  `,
]

/** Opens or creates the file with an exclusive lock and brings its schema up to date. */
export function openDatabase(file: string, bytesMax: number | null): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec(`pragma page_size = ${PAGE_BYTES}`)
    // Before the first access: the log's index then lives in memory and no other process gets in.
    database.exec('pragma locking_mode = exclusive')
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = full')
    // Checkpoints are run by the writer between batches, not inside somebody's commit.
    database.exec('pragma wal_autocheckpoint = 0')
    database.exec(`pragma journal_size_limit = ${WAL_BYTES_KEPT}`)
    database.exec(`pragma cache_size = -${CACHE_KIB}`)
    database.exec('pragma secure_delete = off')
    database.exec('pragma temp_store = memory')
    if (bytesMax !== null) database.exec(`pragma max_page_count = ${Math.ceil(bytesMax / PAGE_BYTES)}`)
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw isBusy(error) ? new DatabaseLocked(`${file} is in use by another process`) : error
  }
}

/** Bytes of the file's log on the disk, written back or not; 0 without one. */
export function logSizeOf(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
}

function migrate(database: DatabaseSync): void {
  database.exec('begin exclusive')
  try {
    const version = Number(database.prepare('pragma user_version').get()?.user_version ?? 0)
    if (version > SCHEMA_VERSION) {
      throw new DatabaseTooNew(
        `the spool was written by a newer release (schema ${version}, this one knows ${SCHEMA_VERSION}); install that release again`,
      )
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step)
    if (version < SCHEMA_VERSION) database.exec(`pragma user_version = ${SCHEMA_VERSION}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

/** Whether the error means that the disk, and not the statement, is at fault. */
export function isDiskFault(error: unknown): boolean {
  return DISK_CODES.has(primaryCode(error))
}

/** SQLITE_READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOLFS, NOTADB. */
const DISK_CODES: ReadonlySet<number> = new Set([8, 10, 11, 13, 14, 22, 26])

function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === 5 || code === 6
}

function primaryCode(error: unknown): number {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : 0
}

export type Statements = ReturnType<typeof prepareStatements>

/** Prepares every statement once; they live as long as the connection. */
export function prepareStatements(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    begin: sql('begin immediate'),
    commit: sql('commit'),
    rollback: sql('rollback'),
    insertMessage: sql(
      'insert into message (id, number, due_at, recipients, queued, held, file, envelope) values (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    insertContent: sql('insert into content (number, bytes) values (?, ?)'),
    // The usual end of a message: all its recipients at once, none of them tried before.
    deleteWhole: sql(
      'delete from message where id = ? and states is null and queued = ? and recipients = ? returning number, file',
    ),
    deleteMessage: sql('delete from message where id = ?'),
    deleteContent: sql('delete from content where number = ?'),
    readMessage: sql('select number, queued, held, file, envelope, states from message where id = ?'),
    updateMessage: sql(
      'update message set due_at = ?, queued = ?, held = ?, claims = 0, states = ?, paused = ? where id = ?',
    ),
    claim: sql('update message set claims = claims + 1 where id = ?'),
    // What is in hand is left out here: thousands may be, and each row that came out would cost far more.
    dueIds: sql(
      `select id, number, claims from message where due_at is not null and due_at <= ?
       and id not in (select value from json_each(?)) order by due_at`,
    ),
    dueRow: sql('select envelope, states from message where id = ?'),
    nextDue: sql('select min(due_at) as due_at from message where due_at is not null and due_at > ?'),
    scan: sql(
      "select id, queued, held, envelope ->> '$.tenantId' as tenant from message where id > ? order by id limit ?",
    ),
    pausedTenants: sql('select distinct paused as tenant from message where paused is not null'),
    pausedIds: sql('select id from message where paused = ? and id > ? order by id limit ?'),
    place: sql('select number, file from message where id = ?'),
    content: sql('select bytes from content where number = ?'),
    insertReports: sql('insert into outbox (first, count, refusals, reports) values (?, ?, ?, ?)'),
    reportsFrom: sql('select first, count, reports from outbox where first + count > ? order by first'),
    deleteReports: sql('delete from outbox where first <= ? and first + count - 1 <= ? returning count'),
    reportsTotal: sql('select sum(count) as waiting, max(first + count) as next from outbox'),
    oldestRefusals: sql('select first, count from outbox where refusals = 1 order by first limit 1'),
    oldestReports: sql('select first, count from outbox order by first limit 1'),
    deleteReportsAt: sql('delete from outbox where first = ?'),
    setMeta: sql(
      'insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    ),
    getMeta: sql('select value from meta where name = ?'),
    checkpoint: sql('pragma wal_checkpoint(passive)'),
  }
}
