// A thread that copies control's databases and digests a backup: minutes of disk work beside the requests.

import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { copySynced, digestOfFile, filesBelow, syncFolder } from '#platform/backup-files.ts'
import { ensureFolder, restrictFile } from '#platform/files.ts'

export type CopyWork = {
  /** SQLite files that somebody writes to. */
  readonly databases: readonly { readonly from: string; readonly to: string }[]
  readonly files: readonly { readonly from: string; readonly to: string }[]
  /** Everything below it is digested at the end. */
  readonly folder: string
}
export type CopyDone = {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
}

/** A writer holds its lock for milliseconds; longer means that something is wrong with it. */
const BUSY_MS_MAX = 30_000

const { databases, files, folder } = workerData as CopyWork
for (const { from, to } of databases) copyDatabase(from, to)
for (const { from, to } of files) copySynced(from, to)
const digests = filesBelow(folder).map((path) => ({ path, ...digestOfFile(join(folder, path)) }))
parentPort!.postMessage({ files: digests } satisfies CopyDone)

/** One moment of a database that is written to: readers and the writer go on. */
function copyDatabase(from: string, to: string): void {
  ensureFolder(dirname(to))
  const database = new DatabaseSync(from, { readOnly: true, timeout: BUSY_MS_MAX })
  try {
    database.prepare('vacuum into ?').run(to)
  } finally {
    database.close()
  }
  restrictFile(to)
  syncFolder(dirname(to))
}
