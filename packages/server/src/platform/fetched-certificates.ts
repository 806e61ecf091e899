// Where fetched certificates lie for the workers: one file a name with key and chain together, so that no
// reader finds two that do not fit, and an index that is written last and watched.
import { join } from 'node:path'
import { ensureFolder, fileExists, readText, removeFile, replaceFile } from './files.ts'

/** Within the data folder. */
export const FETCHED_FOLDER = 'run/acme'
export const FETCHED_INDEX = 'index.json'
/** Host names alone become file names, so no name leads elsewhere. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

export type Fetched = { readonly name: string; readonly chain: string; readonly key: string }

/** Makes the folder with an empty index, so that it can be watched before the first certificate is there. */
export function ensureFetchedFolder(folder: string): void {
  ensureFolder(folder)
  if (!fileExists(join(folder, FETCHED_INDEX))) replaceFile(join(folder, FETCHED_INDEX), '[]')
}

/** Names with a certificate, in the order they were written; none where nothing can be read. */
export function fetchedNames(folder: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(readText(join(folder, FETCHED_INDEX)) ?? '[]')
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string' && NAME.test(name)) : []
  } catch {
    return []
  }
}

export function fetchedPath(folder: string, name: string): string {
  return join(folder, `${name}.pem`)
}

/**
 * Replaces what lies there, where it differs; tells whether it did. Files are readable by us alone (0600).
 */
export function writeFetched(folder: string, all: readonly Fetched[]): boolean {
  ensureFetchedFolder(folder)
  const kept = all.filter(({ name }) => NAME.test(name))
  let changed = false
  for (const { name, chain, key } of kept) {
    const text = `${key.trim()}\n${chain.trim()}\n`
    const path = fetchedPath(folder, name)
    if (readText(path) === text) continue
    replaceFile(path, text)
    changed = true
  }
  const names = kept.map(({ name }) => name)
  const before = fetchedNames(folder)
  const gone = before.filter((name) => !names.includes(name))
  if (!changed && gone.length === 0 && before.length === names.length) return false
  replaceFile(join(folder, FETCHED_INDEX), JSON.stringify(names))
  for (const name of gone) removeFile(fetchedPath(folder, name))
  return true
}
