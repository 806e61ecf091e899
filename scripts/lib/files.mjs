// Walking folders and hashing what is in them: for builds that run only when their sources changed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './root.mjs'

const skippedFolders = new Set(['node_modules', 'dist', '.git', '.cache'])

/** All files below a folder (or the file itself), sorted, as absolute paths. An absent path yields none. */
export function filesBelow(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  const found = []
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const child = join(folder, entry.name)
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) visit(child)
      else if (entry.isFile()) found.push(child)
    }
  }
  visit(path)
  return found.sort()
}

/** One SHA-256 over names and contents of the files. */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}
