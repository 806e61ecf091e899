// The greylist's file: `data/edge/greylist.db`, written by slot 0's thread alone and read by every worker.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { fileExists } from '#platform/files.ts'
import type { IdentityRecord } from './records.ts'

export const GREYLIST_SCHEMA = `
create table if not exists identity (
  tenant_id text not null, key text not null,
  first_at integer, passed_at integer, observed_at integer,
  primary key (tenant_id, key)
) without rowid, strict;
create index if not exists identity_waiting on identity (first_at) where passed_at is null and observed_at is null;
create index if not exists identity_passed on identity (passed_at) where passed_at is not null;
create index if not exists identity_observed on identity (observed_at) where observed_at is not null;
create table if not exists attempt (
  tenant_id text not null, id text not null,
  reverse_path text not null, forward_path text not null,
  client_ip text not null, client_name text, helo text not null,
  identity text not null, keys text not null,
  first_at integer not null, last_at integer not null, attempts integer not null,
  primary key (tenant_id, id)
) without rowid, strict;
create unique index if not exists attempt_message on attempt (tenant_id, forward_path, reverse_path);
create index if not exists attempt_first on attempt (first_at);
`

export type FoundAttempt = {
  readonly id: string
  readonly identity: string
  readonly keys: readonly string[]
  readonly firstAt: number
  readonly attempts: number
}

/** The reading side. Answers in microseconds and never waits; throws when the file cannot be read. */
export type GreylistReader = {
  identity(tenantId: string, key: string): IdentityRecord | null
  attempt(tenantId: string, forwardPath: string, reversePath: string): FoundAttempt | null
  /** False until the writer has made the file. */
  isHere(): boolean
  close(): void
}

/** Look-ups within this time share one view of the file; a change is seen so much later. */
const VIEW_MS = 20

type Statements = {
  readonly begin: StatementSync
  readonly commit: StatementSync
  readonly identity: StatementSync
  readonly attempt: StatementSync
}

/** Opens the file for reading as soon as it exists. */
export function openGreylistReader(path: string): GreylistReader {
  let database: DatabaseSync | null = null
  let statements: Statements | null = null
  const open = (): Statements | null => {
    if (statements !== null) return statements
    if (!fileExists(path)) return null
    try {
      database = new DatabaseSync(path, { readOnly: true, timeout: 50 })
      statements = prepare(database)
    } catch {
      database?.close() // The writer has not made its tables yet.
      database = null
    }
    return statements
  }
  const endView = (): void => {
    if (database?.isTransaction) statements?.commit.run()
  }
  const view = (): Statements => {
    const ready = open()
    if (ready === null) throw new Error('the greylist is not here yet')
    if (!database?.isTransaction) {
      ready.begin.run()
      // A view that is kept would keep the log of the file from being written back.
      setTimeout(endView, VIEW_MS).unref()
    }
    return ready
  }
  return {
    identity: (tenantId, key) => identityFrom(view().identity.get(tenantId, key)),
    attempt: (tenantId, forwardPath, reversePath) =>
      attemptFrom(view().attempt.get(tenantId, forwardPath, reversePath)),
    isHere: () => open() !== null,
    close() {
      endView()
      database?.close()
      database = null
      statements = null
    },
  }
}

/** Reads a database that is open for writing in the same thread. */
export function readerOver(database: DatabaseSync): GreylistReader {
  const statements = prepare(database)
  return {
    identity: (tenantId, key) => identityFrom(statements.identity.get(tenantId, key)),
    attempt: (tenantId, forwardPath, reversePath) =>
      attemptFrom(statements.attempt.get(tenantId, forwardPath, reversePath)),
    isHere: () => true,
    close: () => {},
  }
}

function prepare(database: DatabaseSync): Statements {
  const statements = {
    begin: database.prepare('begin'),
    commit: database.prepare('commit'),
    identity: database.prepare(
      'select first_at, passed_at, observed_at from identity where tenant_id = ? and key = ?',
    ),
    attempt: database.prepare(
      `select id, identity, keys, first_at, attempts from attempt
       where tenant_id = ? and forward_path = ? and reverse_path = ?`,
    ),
  }
  // Rows as arrays: one that is made an object costs more than finding it.
  statements.identity.setReturnArrays(true)
  statements.attempt.setReturnArrays(true)
  return statements
}

function identityFrom(row: unknown): IdentityRecord | null {
  if (row === undefined) return null
  const [firstAt, passedAt, observedAt] = row as readonly (number | null)[]
  return { firstAt: firstAt ?? null, passedAt: passedAt ?? null, observedAt: observedAt ?? null }
}

function attemptFrom(row: unknown): FoundAttempt | null {
  if (row === undefined) return null
  const [id, identity, keys, firstAt, attempts] = row as readonly [string, string, string, number, number]
  return { id, identity, keys: keys.split('\n'), firstAt, attempts }
}
