// One installation a folder; and a lock that cannot be written is not told as another installation.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FolderInUse, lockFolder } from './lock.ts'

function withFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-lock-'))
  try {
    work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const refusal = (text: RegExp) => (error: unknown) => error instanceof FolderInUse && text.test(error.message)

test('a folder belongs to one at a time, and is free again afterwards', () =>
  withFolder((folder) => {
    const unlock = lockFolder(folder)
    assert.throws(() => lockFolder(folder), refusal(/^Another Gatepost runs on .+ Stop it/))
    unlock()
    lockFolder(folder)()
  }))

test('a lock that is no database, or that cannot be opened, says so instead of naming another Gatepost', () =>
  withFolder((folder) => {
    writeFileSync(join(folder, 'lock.db'), 'x'.repeat(4096))
    assert.throws(() => lockFolder(folder), refusal(/lock\.db cannot be written: file is not a database/))
    rmSync(join(folder, 'lock.db'))
    mkdirSync(join(folder, 'lock.db'))
    assert.throws(
      () => lockFolder(folder),
      refusal(/lock\.db cannot be written: unable to open database file/),
    )
  }))
