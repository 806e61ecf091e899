// A spool that an older release wrote, with 10,000 messages waiting: each is there after the conversion,
// once.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { silentEmit } from '#events/emit.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './database.ts'
import { openSpool, SpoolNotOpened, SpoolTooNew } from './open.ts'
import { envelopeOf, settlementOf, textOf } from './spool.fixture.ts'

const WAITING = 10_000
const START = Date.now() - 100_000

function withFolder(work: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-upgrade-'))
    await work(folder).finally(() => rmSync(folder, { recursive: true, force: true }))
  }
}

/** A spool as the release with the first `version` migrations left it; every tenth message half done. */
function writeOld(file: string, version: number, count: number): readonly string[] {
  const database = new DatabaseSync(file)
  database.exec('pragma page_size = 8192; pragma journal_mode = wal; begin')
  for (const step of MIGRATIONS.slice(0, version)) database.exec(step)
  const message = database.prepare(
    'insert into message (id, number, due_at, recipients, queued, held, envelope, states) values (?, ?, ?, ?, ?, 0, ?, ?)',
  )
  const content = database.prepare('insert into content (number, bytes) values (?, ?)')
  const ids: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const at = START + number
    const envelope = envelopeOf({ id: newId('msg', at), receivedAt: at }, [
      'a@acme.example',
      'b@acme.example',
    ])
    const isHalf = number % 10 === 0
    const states = isHalf
      ? JSON.stringify([
          [0, ['d', 1, at, 0]],
          [1, ['q', 2, at, at]],
        ])
      : null
    message.run(envelope.id, number, at, 2, isHalf ? 1 : 2, JSON.stringify(envelope), states)
    content.run(number, Buffer.from(`Subject: ${number}\r\n\r\nhello\r\n`))
    ids.push(envelope.id)
  }
  database.exec(`pragma user_version = ${version}; commit`)
  database.close()
  return ids
}

const open = (folder: string) => openSpool(folder, 0, { clock: systemClock, emit: silentEmit })

test(
  'case 48: every older version converts at the start: of 10,000 messages none is lost, none comes twice',
  withFolder(async (folder) => {
    for (let version = 1; version < SCHEMA_VERSION; version += 1) {
      const place = join(folder, String(version))
      await (await open(place)).close()
      rmSync(join(place, '0.db'))
      const ids = writeOld(join(place, '0.db'), version, WAITING)
      const spool = await open(place)
      assert.deepEqual(await spool.counts(), { messages: WAITING, queued: 19_000, held: 0, outbox: 0 })
      const seen = new Map<string, number>()
      for (;;) {
        const due = await spool.due(Date.now(), 2_000, new Set())
        if (due.length === 0) break
        for (const { envelope, recipients } of due) {
          seen.set(envelope.id, (seen.get(envelope.id) ?? 0) + 1)
          assert.ok(recipients.length === 2 || recipients[0]?.attempts === 2)
        }
        const done = due.map(({ envelope, recipients }) =>
          settlementOf(
            envelope.id,
            recipients.map(({ index }) => index),
            { kind: 'delivered' },
          ),
        )
        if (seen.size === 2_000) {
          const text = await textOf(spool.readContent(due[0]!.envelope.id))
          assert.equal(text, `Subject: ${ids.indexOf(due[0]!.envelope.id) + 1}\r\n\r\nhello\r\n`)
        }
        await spool.settle(done)
      }
      assert.equal(seen.size, WAITING)
      assert.equal([...seen.values()].filter((times) => times !== 1).length, 0)
      assert.equal((await spool.counts()).messages, 0)
      await spool.close()
    }
  }),
)

test(
  'case 48: a newer one is refused with a line, and not touched',
  withFolder(async (folder) => {
    const file = join(folder, '0.db')
    writeOld(file, SCHEMA_VERSION, 3)
    const database = new DatabaseSync(file)
    database.exec(`pragma user_version = ${SCHEMA_VERSION + 7}`)
    database.close()
    const before = readFileSync(file)
    await assert.rejects(open(folder), (error: Error) => {
      assert.ok(error instanceof SpoolTooNew)
      assert.match(error.message, /written by a newer release .+ install that release again$/)
      return true
    })
    assert.deepEqual(readFileSync(file), before)
    assert.equal(existsSync(`${file}-wal`), false)
  }),
)

test(
  'a conversion that fails in its middle leaves everything as it was',
  withFolder(async (folder) => {
    const file = join(folder, '0.db')
    writeOld(file, 1, 5)
    const database = new DatabaseSync(file)
    // What the last step of the second migration makes is there already, so that it fails behind the first
    // step.
    database.exec('create table message_paused (x integer)')
    database.close()
    await assert.rejects(open(folder), SpoolNotOpened)
    const after = new DatabaseSync(file)
    assert.equal(after.prepare('pragma user_version').get()?.user_version, 1)
    const columns = after.prepare("select name from pragma_table_info('message')").all()
    assert.equal(
      columns.some(({ name }) => name === 'paused'),
      false,
    )
    assert.equal(after.prepare('select count(*) as count from message').get()?.count, 5)
    after.close()
  }),
)
