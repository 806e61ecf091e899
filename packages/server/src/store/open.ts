// Opens the control store: embedded SQLite by default, PostgreSQL by one key; same schema, same queries.
import { join } from 'node:path'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import { Pool, type PoolConfig, types } from 'pg'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import { ensureFolder } from '#platform/files.ts'
import { migrate, StoreRefused } from './migrate.ts'
import type { Dialect } from './migrations/migration.ts'
import { NodeSqliteDialect } from './node-sqlite.ts'
import type { Schema } from './schema.ts'
import { tenantGuard } from './tenant-guard.ts'

export type Trx = Transaction<Schema>
/** Either the store's own handle or an open transaction. */
export type Db = Kysely<Schema>

export type Store = {
  /**
   * Guarded: every query on a tenant table must compare `tenant_id`; see `acrossTenants` for the way around.
   */
  readonly db: Db
  readonly dialect: Dialect
  /** Runs `work` in one transaction: all of it is stored, or nothing when it throws. */
  transaction<Result>(work: (trx: Trx) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** Connections to PostgreSQL: control is one process, so few are enough. */
const POSTGRES_CONNECTIONS_MAX = 10
const POSTGRES_CONNECT_MS_MAX = 10_000
const INT8 = 20
const NUMERIC = 1700

/**
 * Opens and migrates the store. `database` null is SQLite in `dataFolder/control.db`, else `postgres://…`.
 * Throws `StoreRefused` with a line for people when it cannot be used.
 */
export async function openStore(options: {
  readonly database: string | null
  readonly dataFolder: string
  readonly clock: Clock
  readonly emit: Emit
}): Promise<Store> {
  const { database, dataFolder, clock } = options
  const dialect: Dialect = database === null ? 'sqlite' : 'postgres'
  if (database === null) ensureFolder(dataFolder)
  const where = database === null ? join(dataFolder, 'control.db') : hostOf(database)
  const unguarded = new Kysely<Schema>({
    dialect: database === null ? new NodeSqliteDialect({ file: where, readers: 2 }) : postgres(database),
  })
  try {
    await migrate(unguarded, { dialect, clock, where })
  } catch (error) {
    await unguarded.destroy()
    if (error instanceof StoreRefused) throw error
    throw new StoreRefused(`The database at ${where} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const db = unguarded.withPlugin(tenantGuard)
  return {
    db,
    dialect,
    transaction: (work) => db.transaction().execute(work),
    close: () => db.destroy(),
  }
}

/** Connection settings that both the store and tracking use: 8-byte integers and sums come as numbers. */
export function postgresPool(database: string, more: PoolConfig = {}): Pool {
  const pool = new Pool({
    connectionString: database,
    max: POSTGRES_CONNECTIONS_MAX,
    connectionTimeoutMillis: POSTGRES_CONNECT_MS_MAX,
    types: {
      getTypeParser: ((oid: number, format: 'text' | 'binary') =>
        oid === INT8 || oid === NUMERIC
          ? Number
          : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
    ...more,
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  // The pool listens only to those at rest: one lost between two statements of a transaction must not end the
  // process. Its next statement fails, and the pool lets it go.
  pool.on('connect', (client) => {
    client.on('error', () => {})
    const query = client.query.bind(client) as (...asked: readonly unknown[]) => unknown
    const plain = (text: unknown, values: unknown, ...rest: readonly unknown[]) =>
      query(text, withoutNul(values), ...rest)
    client.query = plain as typeof client.query
  })
  return pool
}

/** Texts of PostgreSQL hold no NUL: a stranger's would fail what SQLite stores. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  return Array.isArray(value) ? value.map(withoutNul) : value
}

function postgres(database: string): PostgresDialect {
  return new PostgresDialect({ pool: postgresPool(database) })
}

/** The database without its credentials, for messages. */
function hostOf(database: string): string {
  const url = URL.parse(database)
  return url ? `${url.protocol}//${url.host}${url.pathname}` : 'the configured PostgreSQL'
}
