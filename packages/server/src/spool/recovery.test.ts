// What a refused batch left in the log is taken back when the file is read again, and what becomes of
// contents without a row.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase, prepareStatements } from './database.ts'
import { Outbox } from './outbox.ts'
import { recover, takeBack } from './recovery.ts'
import { emptyTally, insertMessage, inTransaction } from './rows.ts'
import { envelopeOf } from './spool.fixture.ts'

test('messages and reports behind the mark are gone, those before it stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-recovery-'))
  const database = openDatabase(join(folder, '0.db'), null)
  try {
    const sql = prepareStatements(database)
    const outbox = Outbox.open(sql, 1_000)
    const store = (number: number): void =>
      inTransaction(sql, () => {
        const envelope = envelopeOf()
        const item = {
          id: envelope.id,
          envelope: JSON.stringify(envelope),
          recipients: 1,
          queued: 1,
          dueAt: 0,
          offset: 0,
          length: 3,
          file: null,
          report: '{}',
        }
        insertMessage(sql, item, { number, contents: Buffer.from('abc'), tally: emptyTally() })
        outbox.append(sql, [`{"number":${number}}`], false)
      })
    for (const number of [1, 2]) store(number)
    const mark = { lastNumber: 2, nextReport: outbox.next }
    for (const number of [3, 4]) store(number)
    takeBack(database, sql, mark)
    const numbers = (table: string): unknown[] =>
      database
        .prepare(`select number from ${table} order by number`)
        .all()
        .map(({ number }) => number)
    assert.deepEqual(
      [numbers('message'), numbers('content')],
      [
        [1, 2],
        [1, 2],
      ],
    )
    assert.equal(Outbox.open(sql, 1_000).read(sql, 10).count, 2)
    takeBack(database, sql, mark)
    assert.deepEqual(numbers('message'), [1, 2])
  } finally {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('contents without a row go at a start, and stay while messages are being received', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-recovery-'))
  const database = openDatabase(join(folder, '0.db'), null)
  const contentFolder = join(folder, '0.content')
  try {
    const sql = prepareStatements(database)
    const outbox = Outbox.open(sql, 1_000)
    // What cannot be removed, such as a folder that somebody made there, must not keep the spool from
    // opening.
    mkdirSync(join(contentFolder, 'lost+found'), { recursive: true })
    writeFileSync(join(contentFolder, 'coming'), 'Subject: hi')
    const outcomesFile = join(folder, '0.outcomes')
    const again = (keepsContents: boolean): string[] => {
      recover(database, sql, { outbox, contentFolder, outcomesFile, now: 0, keepsContents })
      return readdirSync(contentFolder).sort()
    }
    assert.deepEqual(again(true), ['coming', 'lost+found'])
    assert.deepEqual(again(false), ['lost+found'])
  } finally {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
