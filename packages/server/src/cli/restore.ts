// Fills an empty data folder from a backup: checked byte by byte, in one step at the end, and with a queue
// that is not sent twice.
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BACKUP_FORMAT, BackupMade, BackupManifest } from '@gatepost/contract/operations.ts'
import { dayName, dayOfId } from '#control/tracking/days.ts'
import { copySynced, digestOfFile, entriesOf, moveEntries, removeFolder } from '#platform/backup-files.ts'
import { ensureFolder, fileExists, readText } from '#platform/files.ts'
import { placeOf } from '#spool/copy.ts'
import { SCHEMA_VERSION } from '#spool/database.ts'
import { listSpools } from '#spool/open.ts'
import { prepareRestored, type RestoredSpool, type RestoreOptions } from '#spool/restore.ts'
import { migrations } from '#store/migrate.ts'
import { TRACKING_FORMAT } from '#store/tracking-schema.ts'
import { UNFINISHED } from '#supervisor/preflight.ts'
import { CommandFailed } from './command.ts'

export type RestoreInput = {
  readonly folder: string
  /** The data folder: absent or empty. */
  readonly data: string
  readonly resend: boolean
  readonly database: BackupManifest['database']
  readonly now: number
}

export type Restored = { readonly manifest: BackupManifest; readonly spools: RestoredSpool }

/** Throws `CommandFailed` with what stands against it; then the data folder is as it was. */
export function restoreBackup(input: RestoreInput): Restored {
  const { folder, data } = input
  const manifest = manifestOf(folder)
  check(manifest, input)
  requireEmpty(data)
  ensureFolder(data)
  const staging = join(data, UNFINISHED)
  try {
    for (const { path, bytes, sha256 } of manifest.files) {
      const target = join(staging, path)
      copySynced(join(folder, path), target)
      const copied = digestOfFile(target)
      if (copied.bytes !== bytes || copied.sha256 !== sha256) {
        throw new CommandFailed(
          `${path} is not what was backed up: it has another digest. Use another backup.`,
        )
      }
    }
    const spools = prepareSpools(staging, input)
    moveEntries(staging, data)
    return { manifest, spools }
  } catch (error) {
    removeFolder(staging)
    if (error instanceof CommandFailed) throw error
    throw new CommandFailed(`The restore failed, and ${data} is empty again: ${(error as Error).message}`)
  }
}

function manifestOf(folder: string): BackupManifest {
  const text = readText(join(folder, 'manifest.json'))
  if (text === null) {
    throw new CommandFailed(`${folder} is no whole backup: it holds no manifest.json, which is written last.`)
  }
  const json = readJson(text)
  const parsed = BackupManifest.safeParse(json)
  if (parsed.success) return parsed.data
  const made = BackupMade.safeParse(json).data
  if (made !== undefined && made.format > BACKUP_FORMAT) throw newer(made.gatepost)
  throw new CommandFailed(
    `${join(folder, 'manifest.json')} cannot be read: ${parsed.error.issues[0]?.message}`,
  )
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function newer(gatepost: string): CommandFailed {
  return new CommandFailed(
    `The backup was made by Gatepost ${gatepost}, which is newer than this one. Restore it with that release.`,
  )
}

function check(manifest: BackupManifest, { database }: RestoreInput): void {
  const { format, schema, gatepost } = manifest
  const isNewer =
    format > BACKUP_FORMAT ||
    schema.control > (migrations.at(-1)?.version ?? 0) ||
    schema.spool > SCHEMA_VERSION ||
    schema.tracking > TRACKING_FORMAT
  if (isNewer) throw newer(gatepost)
  if (manifest.database === database) return
  throw new CommandFailed(
    manifest.database === 'postgresql'
      ? 'The backup belongs to an installation with PostgreSQL: set GATEPOST_DATABASE first.'
      : 'The backup holds embedded databases, but GATEPOST_DATABASE names PostgreSQL: unset it first.',
  )
}

function requireEmpty(data: string): void {
  const entries = entriesOf(data)
  if (entries === null || entries.length === 0) return
  throw new CommandFailed(
    `${resolve(data)} is not empty. Stop Gatepost, move the folder away and restore again, or set GATEPOST_DATA.`,
  )
}

function prepareSpools(staging: string, { now, resend }: RestoreInput): RestoredSpool {
  const folder = join(staging, 'spool')
  const tracked = openTracked(join(staging, 'tracking'))
  const sum = { messages: 0, held: 0, queued: 0, settled: 0 }
  try {
    for (const slot of listSpools(folder)) {
      const { lettersOf } = tracked
      const one = prepareRestored(placeOf(folder, slot), { now, resend, lettersOf })
      sum.messages += one.messages
      sum.held += one.held
      sum.queued += one.queued
      sum.settled += one.settled
    }
  } finally {
    tracked.close()
  }
  return sum
}

/**
 * What tracking of the backup, which is a little younger than the spools, knows of a message's recipients.
 */
function openTracked(folder: string): Pick<RestoreOptions, 'lettersOf'> & { close(): void } {
  const days = new Map<number, DatabaseSync | null>()
  const opened = (day: number): DatabaseSync | null => {
    const known = days.get(day)
    if (known !== undefined) return known
    const path = join(folder, `${dayName(day)}.db`)
    const database = fileExists(path) ? new DatabaseSync(path) : null
    days.set(day, database)
    return database
  }
  return {
    lettersOf(messageId, tenantId) {
      const day = dayOfId(messageId)
      const row = day === null ? undefined : opened(day)?.prepare(LETTERS).get(tenantId, messageId)
      return row === undefined ? null : String(row.statuses)
    },
    close() {
      for (const database of days.values()) database?.close()
    },
  }
}

const LETTERS = 'select statuses from tracking_message where tenant_id = ? and id = ?'
