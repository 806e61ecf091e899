// What lies in a data folder is looked at before anything is converted: newer files and unfinished restores
// stop the start.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrations } from '#store/migrate.ts'
import { checkFolder, FolderRefused, makeDataFolder, newestMigration } from './preflight.ts'

function withFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-preflight-'))
  try {
    for (const name of ['spool', 'tracking']) mkdirSync(join(folder, name))
    work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

test('the newest migration is known by its file', () => {
  assert.equal(newestMigration(), migrations.at(-1)?.version)
})

test('a data folder that cannot be made is named with its key and what to do', () => {
  withFolder((folder) => {
    makeDataFolder(join(folder, 'a', 'b'))
    writeFileSync(join(folder, 'file'), '')
    assert.throws(
      () => makeDataFolder(join(folder, 'file')),
      (error) =>
        error instanceof FolderRefused && /GATEPOST_DATA.*\/file.*EEXIST.*of its own/.test(error.message),
    )
    // Node's own way of making folders with their parents never ends there.
    assert.throws(() => makeDataFolder('/proc/gatepost/data'), FolderRefused)
  })
})

const control = (version: number): string =>
  `create table schema_version (version integer, name text, applied_at integer);
   insert into schema_version values (1, 'initial', 0), (${version}, 'last', 0)`
const file = (version: number): string => `create table t (x); pragma user_version = ${version}`

const refused: readonly (readonly [name: string, sql: string])[] = [
  ['spool/0.db', file(99)],
  ['spool/7.db', file(99)],
  ['tracking/2026-11-21.db', file(99)],
  ['control.db', control(99)],
]

for (const [name, sql] of refused) {
  test(`a newer ${name} is named, and nothing is changed`, () =>
    withFolder((folder) => {
      const path = join(folder, name)
      write(path, sql)
      const before = readFileSync(path)
      assert.throws(
        () => checkFolder(folder),
        (error: Error) => {
          assert.ok(error instanceof FolderRefused)
          assert.ok(error.message.startsWith(`${path} has schema 99, but this release knows schemas up to `))
          assert.match(error.message, /Nothing was changed\. Start the release that wrote it, or restore/)
          return true
        },
      )
      assert.deepEqual(readFileSync(path), before)
    }))
}

test('older files, other files and an empty folder are fine', () =>
  withFolder((folder) => {
    checkFolder(folder)
    checkFolder(join(folder, 'absent'))
    write(join(folder, 'spool/0.db'), file(1))
    write(join(folder, 'tracking/2026-11-21.db'), file(0))
    write(join(folder, 'control.db'), control(1))
    write(join(folder, 'spool/notes.db'), file(99))
    checkFolder(folder)
  }))

test('a restore that did not end stops the start', () =>
  withFolder((folder) => {
    mkdirSync(join(folder, 'restoring'))
    assert.throws(() => checkFolder(folder), /A restore into .+ did not come to its end\. Empty the folder/)
  }))
