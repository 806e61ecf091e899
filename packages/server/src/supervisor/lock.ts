// One installation a data folder: an exclusively opened SQLite file that the system frees when the process
// dies.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another instance holds the data folder. */
export class FolderInUse extends Error {}

/** Takes the folder until the returned function is called or the process ends. */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
  try {
    database.exec(
      'pragma locking_mode = exclusive; begin exclusive; create table if not exists held (at integer); commit',
    )
    database.exec('begin exclusive; delete from held; insert into held values (1); commit')
  } catch {
    database.close()
    throw new FolderInUse(
      `Another Gatepost runs on ${folder}. Stop it, or choose another folder with GATEPOST_DATA.`,
    )
  }
  return () => database.close()
}
