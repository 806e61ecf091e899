// Files of a backup: listed, digested, copied and moved, each synced, because a copy that a power cut undoes
// is none. Synchronous: for threads and for the command line.
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

const READ_BYTES = 1_048_576

/** Size and SHA-256 of a file. Throws what the disk says. */
export function digestOfFile(path: string): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  const descriptor = openSync(path, 'r')
  let bytes = 0
  try {
    for (;;) {
      const read = readSync(descriptor, buffer, 0, READ_BYTES, null)
      if (read === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, read))
      bytes += read
    }
  } finally {
    closeSync(descriptor)
  }
}

/** The first bytes of a file, fewer when it is shorter. */
export function readStart(path: string, bytes: number): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, 0))
  } finally {
    closeSync(descriptor)
  }
}

/** Every file below a folder by its relative path with `/`, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

/** Names in a folder; null when there is no such folder. */
export function entriesOf(folder: string): readonly string[] | null {
  return existsSync(folder) ? readdirSync(folder) : null
}

/** Copies one file, which must not exist there yet, with its folder; only we may read it. */
export function copySynced(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  const descriptor = openSync(to, 'r+')
  try {
    fchmodSync(descriptor, 0o600)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A second name for a file that never changes, or a copy where that is another disk. */
export function linkOrCopy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  try {
    linkSync(from, to)
  } catch {
    copySynced(from, to)
  }
}

/** Names of the folders in a folder; none when there is no such folder. */
export function foldersBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

/** Makes the names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Moves everything in a folder into another one on the same disk, and removes it. */
export function moveEntries(from: string, to: string): void {
  for (const name of readdirSync(from)) renameSync(join(from, name), join(to, name))
  rmdirSync(from)
  syncFolder(to)
}

/** Removes a folder with all that is in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
