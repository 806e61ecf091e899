// Before anything is converted: does this release know everything that lies in the data folder? All is
// converted, or nothing is touched.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { entriesOf, readStart } from '#platform/backup-files.ts'
import { ensureFolder, fileExists } from '#platform/files.ts'
import { SCHEMA_VERSION } from '#spool/database.ts'
import { TRACKING_FORMAT } from '#store/tracking-schema.ts'

/** A restore works in this folder below the data folder until it is done. */
export const UNFINISHED = 'restoring'

/** The data folder cannot be used by this release as it is; the message says what to do. */
export class FolderRefused extends Error {}

const MIGRATIONS = join(import.meta.dirname, '..', 'store', 'migrations')
/**
 * SQLite keeps the application's version here in the first page, for all to read without opening the file.
 */
const USER_VERSION_AT = 60
const WAY_BACK = 'Start the release that wrote it, or restore a backup made before the update.'

/** Makes the data folder, for us alone. Throws `FolderRefused` with the system's word where that fails. */
export function makeDataFolder(data: string): void {
  try {
    ensureFolder(data)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new FolderRefused(
      `data (GATEPOST_DATA): ${data} cannot be made or entered: ${why}. Give the user that runs Gatepost a folder of its own.`,
    )
  }
}

/** Throws `FolderRefused`. Opens no spool and changes nothing. */
export function checkFolder(data: string): void {
  const entries = entriesOf(data) ?? []
  if (entries.includes(UNFINISHED)) {
    throw new FolderRefused(
      `A restore into ${data} did not come to its end. Empty the folder and run gatepost restore again.`,
    )
  }
  for (const name of namesIn(join(data, 'spool'), /^\d{1,4}\.db$/)) {
    refuseNewer(join(data, 'spool', name), userVersion(join(data, 'spool', name)), SCHEMA_VERSION)
  }
  for (const name of namesIn(join(data, 'tracking'), /^\d{4}-\d{2}-\d{2}\.db$/)) {
    refuseNewer(join(data, 'tracking', name), userVersion(join(data, 'tracking', name)), TRACKING_FORMAT)
  }
  const control = join(data, 'control.db')
  if (fileExists(control)) refuseNewer(control, controlVersion(control), newestMigration())
}

/**
 * By the names of the files: migrations themselves bring a query builder, which the supervisor has no use
 * for.
 */
export function newestMigration(): number {
  return Math.max(0, ...namesIn(MIGRATIONS, /^\d{4}-[\w-]+\.[jt]s$/).map((name) => Number.parseInt(name, 10)))
}

function refuseNewer(path: string, present: number, known: number): void {
  if (present <= known) return
  throw new FolderRefused(
    `${path} has schema ${present}, but this release knows schemas up to ${known}. Nothing was changed. ${WAY_BACK}`,
  )
}

function namesIn(folder: string, pattern: RegExp): readonly string[] {
  return (entriesOf(folder) ?? []).filter((name) => pattern.test(name))
}

function userVersion(path: string): number {
  const head = readStart(path, USER_VERSION_AT + 4)
  return head.length < USER_VERSION_AT + 4 ? 0 : head.readUInt32BE(USER_VERSION_AT)
}

function controlVersion(path: string): number {
  try {
    const database = new DatabaseSync(path, { timeout: 1_000 })
    try {
      return Number(
        database.prepare('select max(version) as version from schema_version').get()?.version ?? 0,
      )
    } finally {
      database.close()
    }
  } catch {
    return 0 // A file that cannot be read is control's to explain: it says what is wrong with it.
  }
}
