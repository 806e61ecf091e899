// The log does not grow with every kill: each start reads all of it before it takes mail.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createBench } from './spool.fixture.ts'

const CHILD = fileURLToPath(new URL('./crash-child.fixture.ts', import.meta.url))
/** Each leaves 20 MB in the log. */
const KILLS = 9
/** Above what is written back in any case, by what one process adds before it dies. */
const LOG_BYTES_MAX = 130 * 1024 * 1024

test('what killed writers left in the log is written back by one that has hardly begun', async () => {
  const bench = createBench()
  try {
    const sizes: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawnSync(process.execPath, [CHILD, bench.folder, 'commit-large'], { encoding: 'utf8' })
      assert.equal(child.signal, 'SIGKILL', child.stderr)
      sizes.push(statSync(join(bench.folder, '0.db-wal')).size)
    }
    assert.ok(Math.max(...sizes) < LOG_BYTES_MAX, sizes.join())
    const spool = await bench.open()
    assert.equal((await spool.counts()).messages, KILLS * 20)
  } finally {
    await bench.remove()
  }
})
