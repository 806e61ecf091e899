// Errors of the two databases that use cases turn into problems.

/** An error SQLite reported, brought over from its thread. */
export class SqliteError extends Error {
  /** Extended result code (sqlite.org/rescode.html), or null when it did not come from SQLite. */
  readonly errcode: number | null

  constructor(message: string, errcode: number | null) {
    super(message)
    this.errcode = errcode
  }
}

const SQLITE_UNIQUE = new Set([2067, 1555]) // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
const POSTGRES_UNIQUE = '23505'

/** A row with the same key exists: somebody was faster, or the name is taken. */
export function isUniqueViolation(error: unknown): boolean {
  if (error instanceof SqliteError) return error.errcode !== null && SQLITE_UNIQUE.has(error.errcode)
  return error instanceof Error && 'code' in error && error.code === POSTGRES_UNIQUE
}
