// One installation a data folder: an exclusively opened SQLite file that the system frees when the process
// dies.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another instance holds the data folder, or its lock cannot be written; the message says which. */
export class FolderInUse extends Error {}

/** SQLITE_BUSY and SQLITE_LOCKED: somebody has it. */
const TAKEN: readonly unknown[] = [5, 6]

/** Takes the folder until the returned function is called or the process ends. Throws `FolderInUse`. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock.db')
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec(
      'pragma locking_mode = exclusive; begin exclusive; create table if not exists held (at integer); commit',
    )
    database.exec('begin exclusive; delete from held; insert into held values (1); commit')
  } catch (error) {
    database?.close()
    throw refusalOf(error, folder, path)
  }
  const held = database
  return () => held.close()
}

function refusalOf(error: unknown, folder: string, path: string): FolderInUse {
  const { errcode, message } = error as Error & { readonly errcode?: unknown }
  if (TAKEN.includes(errcode)) {
    return new FolderInUse(
      `Another Gatepost runs on ${folder}. Stop it, or choose another folder with GATEPOST_DATA.`,
    )
  }
  return new FolderInUse(
    `${path} cannot be written: ${message}. Its disk needs room, and it must belong to the user that runs Gatepost.`,
  )
}
