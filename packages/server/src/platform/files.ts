// Files and folders with tight permissions, and the few reads and writes that other parts may ask for.
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Makes a folder that only we may enter (0700), with its parents. */
export function ensureFolder(path: string): void {
  makeFolders(path)
  chmodSync(path, 0o700)
}

/**
 * One folder after the other. With `recursive` Node tries forever where the system says that a folder whose
 * parent exists has no parent, as `/proc` does.
 */
function makeFolders(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return
  const parent = dirname(path)
  if (parent !== path && !existsSync(parent)) makeFolders(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process of ours may have been quicker.
    if (!existsSync(path) || !statSync(path).isDirectory()) throw error
  }
}

/** The text of a file, or null when there is none. */
export function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** The bytes of a file, or null when it cannot be read. */
export function readBytes(path: string): Uint8Array | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}

/** The first octets of a file, at most so many; null when it cannot be read. */
export function readBeginning(path: string, octetsMax: number): Uint8Array | null {
  return readPiece(path, 0, octetsMax)
}

/**
 * Octets of a file from a place on, at most so many; null when it cannot be read. They stand in `room` where
 * it is given and large enough, until it is used again: many pieces then cost the memory of one.
 */
export function readPiece(
  path: string,
  from: number,
  octetsMax: number,
  room?: Uint8Array,
): Uint8Array | null {
  try {
    const file = openSync(path, 'r')
    try {
      const size = Math.max(0, Math.min(octetsMax, fstatSync(file).size - from))
      const octets = room && room.length >= size ? room.subarray(0, size) : Buffer.allocUnsafe(size)
      let at = 0
      for (let read = -1; read !== 0 && at < octets.length; at += read) {
        read = readSync(file, octets, at, octets.length - at, from + at)
      }
      return octets.subarray(0, at)
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}

/** Writes a text that everybody may read, and makes its folder. */
export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Replaces a file in one step (temporary name, then rename), readable by us alone. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.new`
  writeFileSync(temporary, content, { mode: 0o600 })
  renameSync(temporary, path)
}

/** Lets only us read and write a file or socket (0600). */
export function restrictFile(path: string): void {
  chmodSync(path, 0o600)
}

/** Names of the files in a folder; none when there is no folder. */
export function filesIn(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : []
}

/** Gives a file its final name in one step. */
export function renameFile(from: string, to: string): void {
  renameSync(from, to)
}

export function removeFile(path: string): void {
  rmSync(path, { force: true })
}

export function fileExists(path: string): boolean {
  return existsSync(path)
}

/** Modification time in milliseconds, 0 when absent. */
export function modifiedAt(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : 0
}

/**
 * Calls back when a file changes or is replaced; returns the stop. Its whole folder is watched, because a
 * file behind links (certbot, Kubernetes) changes without an event of its own name.
 */
export function watchFile(path: string, changed: () => void): () => void {
  const stateOf = (): string => {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`
  }
  let known = stateOf()
  const watcher = watch(dirname(path), { persistent: false }, () => {
    const state = stateOf()
    if (state === known) return
    known = state
    changed()
  })
  return () => watcher.close()
}

/** Every file below a folder by its relative path (`/` between names); empty when there is no such folder. */
export function readFolder(folder: string): ReadonlyMap<string, Buffer<ArrayBuffer>> {
  const files = new Map<string, Buffer<ArrayBuffer>>()
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return files
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(folder, path).replaceAll('\\', '/'), readFileSync(path))
  }
  return files
}
