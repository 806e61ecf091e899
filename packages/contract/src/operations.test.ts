// A manifest cannot make a restore write outside the data folder, nor to files that no backup holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackupManifest } from './operations.ts'

const sha256 = 'a'.repeat(64)
const manifestOf = (path: string): object => ({
  format: 1,
  gatepost: '0.1.0',
  node: 'vm',
  createdAt: 1,
  database: 'sqlite',
  schema: { control: 1, spool: 1, tracking: 1 },
  workers: 2,
  withKeys: false,
  messages: 0,
  files: [{ path, bytes: 1, sha256 }],
})

const cases: readonly (readonly [path: string, isGood: boolean])[] = [
  ['control.db', true],
  ['tracking/2026-11-21.db', true],
  ['spool/0.db', true],
  ['spool/12.content/0123456789abcdef', true],
  ['keys/master.key', true],
  ['keys/self-made.crt', true],
  ['', false],
  ['/etc/passwd', false],
  ['../control.db', false],
  ['keys/../../x', false],
  ['keys/..', false],
  ['spool/0.content/../../../x', false],
  ['spool/0.db-wal', false],
  ['run/link.sock', false],
  ['control.db\n', false],
]

for (const [path, isGood] of cases) {
  test(`${JSON.stringify(path)} is ${isGood ? 'taken' : 'refused'}`, () => {
    assert.equal(BackupManifest.safeParse(manifestOf(path)).success, isGood)
  })
}
