// Where the third-party suites lie, and how a test is skipped by name where they are absent.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(process.env.GATEPOST_TESTDATA ?? join(import.meta.dirname, '../../../shared/testdata'))

/** The path of a file or folder of the suites. */
export function testdataPath(...names: string[]): string {
  return join(root, ...names)
}

/** For the `skip` option of a test: false where the data is present, else a sentence that names it. */
export function skipWithout(...names: string[]): string | false {
  return existsSync(testdataPath(...names)) ? false : `testdata/${names.join('/')} is not here`
}

/** Reads a file of the suites as bytes. */
export function readTestdata(...names: string[]): Buffer {
  return readFileSync(testdataPath(...names))
}

/** Paths of all files below a folder of the suites, sorted. */
export function testdataFiles(...names: string[]): string[] {
  return readdirSync(testdataPath(...names), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
