// One transaction on a SQLite connection that this thread owns: everything of it is stored, or nothing.
import type { DatabaseSync } from 'node:sqlite'

/** Runs `work` in a transaction that may write from its beginning; whatever it throws undoes it. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    // A full disk may have ended it already.
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}
