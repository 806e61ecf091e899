// A thread that copies control's databases and digests a backup: minutes of disk work beside the requests.

import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { isBackupPath } from '@gatepost/contract/operations.ts'
import {
  copySynced,
  digestOfFile,
  entriesOf,
  filesBelow,
  foldersBelow,
  linkOrCopy,
  syncFolder,
} from '#platform/backup-files.ts'
import { ensureFolder, filesIn, replaceFile, restrictFile } from '#platform/files.ts'
import { END_FILE, sealEnd } from '../archive/backup-end.ts'
import { MONTH_FILE } from './archive-work.ts'

export type CopyWork = {
  /** SQLite files that somebody writes to. */
  readonly databases: readonly { readonly from: string; readonly to: string }[]
  readonly files: readonly { readonly from: string; readonly to: string }[]
  /** Contents of the archive, listed once the databases above are copied; null where they stand elsewhere. */
  readonly contents: { readonly from: string; readonly to: string } | null
  /** Organisations with the keys of their chains: where they end in the copy is noted beside them. */
  readonly ends: readonly { readonly tenantId: string; readonly key: Uint8Array; readonly at: number }[]
  /** Everything below it is digested at the end. */
  readonly folder: string
}
export type CopyDone = {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
}

const TENANT = /^[\w-]+$/
/** A writer holds its lock for milliseconds; longer means that something is wrong with it. */
const BUSY_MS_MAX = 30_000

const { databases, files, contents, ends, folder } = workerData as CopyWork
for (const { from, to } of databases) copyDatabase(from, to)
for (const { tenantId, key, at } of ends) noteEnd(join(folder, 'archive', 'index', tenantId), key, at)
for (const { from, to } of files) copySynced(from, to)
if (contents !== null) copyContents(contents)
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

/** The last record that the copied months have. */
function noteEnd(months: string, key: Uint8Array, at: number): void {
  for (const name of filesIn(months)
    .filter((one) => MONTH_FILE.test(one))
    .sort()
    .toReversed()) {
    const database = new DatabaseSync(join(months, name), { readOnly: true })
    try {
      const row = database.prepare('select seq, hash from record order by seq desc limit 1').get()
      if (row === undefined) continue
      const end = { seq: Number(row.seq), hash: String(row.hash), at }
      replaceFile(join(months, END_FILE), sealEnd(key, end))
      return
    } finally {
      database.close()
    }
  }
}

/** Contents never change once they are there; only the last pack of an organisation still grows. */
function copyContents({ from, to }: NonNullable<CopyWork['contents']>): void {
  if (entriesOf(from) === null) return
  // By organisation: at the root of a disk there are folders that are not ours, nor readable to us.
  const names = foldersBelow(from)
    .filter((tenantId) => TENANT.test(tenantId))
    .flatMap((tenantId) => filesBelow(join(from, tenantId)).map((name) => `${tenantId}/${name}`))
    .filter((name) => isBackupPath(`archive/content/${name}`))
  const growing = new Map<string, string>()
  for (const name of names) if (name.endsWith('.pack')) growing.set(dirname(name), name)
  for (const name of names) {
    const isGrowing = growing.get(dirname(name)) === name
    if (isGrowing) copySynced(join(from, name), join(to, name))
    else linkOrCopy(join(from, name), join(to, name))
  }
}
