// The settings' database on a disk that fills up while a large change is moved from its log to its file: the
// change stays, the thread lives, and the next changes go on once there is space (reliability §3, case 40).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SqliteThread } from '@gatepost/server/store/node-sqlite.ts'

const DISK_MB = 24
/** More than go into a commit that moves its own pages. */
const ROWS = 6_000
const ROW_BYTES = 1_500
const MANY = `insert into entry (text)
  with recursive number (n) as (select 1 union all select n + 1 from number where n < ?) select ? from number`
/** Two rows a page: what the log of them takes. */
const LOG_BYTES = (ROWS / 2) * 4_120
/** Far less than the file needs for the same pages. */
const SPARE_BYTES = 1_000_000

const outer = mkdtempSync(join(tmpdir(), 'gatepost-store-'))
const disk = join(outer, 'disk')
mkdirSync(disk)
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk]).status === 0
const skip = isMounted ? false : 'component missing: a mount (root)'
after(() => {
  if (isMounted) spawnSync('umount', [disk])
  rmSync(outer, { recursive: true, force: true })
})

test('a checkpoint that finds no space costs nobody anything', { skip }, async () => {
  const file = join(disk, 'store.db')
  const filler = join(disk, 'filler')
  const writer = new SqliteThread({ file, readOnly: false })
  const ask = (sql: string, ...parameters: readonly unknown[]) => writer.query(sql, parameters)
  const rows = async (): Promise<unknown> => (await ask('select count(*) as rows from entry')).rows
  await ask('create table entry (id integer primary key, text text not null) strict')
  await ask('pragma wal_checkpoint(truncate)')
  await ask('begin immediate')
  await ask(MANY, ROWS, 'x'.repeat(ROW_BYTES))
  writeFileSync(filler, Buffer.alloc(spaceOf(disk) - LOG_BYTES - SPARE_BYTES))
  await ask('commit')
  assert.deepEqual(await rows(), [{ rows: ROWS }], 'what was committed is there')
  assert.ok(statSync(file).size < ROWS * ROW_BYTES, 'the disk was full at the checkpoint')
  const refused = await ask('insert into entry (text) values (?)', 'y'.repeat(4_000_000)).then(
    () => null,
    (error: unknown) => error,
  )
  assert.match(String(refused), /full/, 'what does not fit is refused in words')
  assert.deepEqual(await rows(), [{ rows: ROWS }])
  rmSync(filler)
  await ask('insert into entry (text) values (?)', 'after')
  await ask('pragma wal_checkpoint(truncate)')
  assert.ok(statSync(file).size > ROWS * ROW_BYTES, 'moved to its place as soon as there was one')
  await writer.close()
  const again = new SqliteThread({ file, readOnly: true })
  assert.deepEqual((await again.query('select count(*) as rows from entry', [])).rows, [{ rows: ROWS + 1 }])
  await again.close()
})

function spaceOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
