// The writer of the greylist's file: what ends its thread is told, and a new one is begun.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { GreylistWriter } from './writer.ts'

const TRIES = 40

test('a file that could not be opened is opened once it can be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-greylist-'))
  const troubles: string[] = []
  const writer = new GreylistWriter({
    path: join(folder, 'later', 'greylist.db'),
    clock: systemClock,
    tell: () => {},
    trouble: (why) => troubles.push(why),
  })
  try {
    await assert.rejects(writer.write([]))
    // Nobody waits for an answer that nobody will give.
    await assert.rejects(writer.write([]))
    mkdirSync(join(folder, 'later'))
    let isWritten = false
    for (let tries = 0; tries < TRIES && !isWritten; tries++) {
      isWritten = await writer.write([]).then(
        () => true,
        () => false,
      )
      if (!isWritten) await systemClock.sleep(100)
    }
    assert.ok(isWritten, 'a new thread opened the file')
    assert.equal(troubles.length, 1)
  } finally {
    await writer.close()
    rmSync(folder, { recursive: true })
  }
})
