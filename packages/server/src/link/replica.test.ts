// Answers of the replica are kept, yet a change of the file is seen: by the next view, or once `position` was
// asked.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { openReplica, REPLICA_SCHEMA } from './replica.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatepost-replica-'))
after(() => rmSync(folder, { recursive: true }))

function written(name: string, isComplete: boolean) {
  const path = join(folder, name)
  const writer = new DatabaseSync(path)
  writer.exec('pragma journal_mode = wal')
  writer.exec(REPLICA_SCHEMA)
  writer.exec("insert into list values (1, 'ten_a', 'recipient'); insert into meta values ('position', 1)")
  writer.prepare("insert into meta values ('complete', ?)").run(isComplete ? 1 : 0)
  writer.prepare('insert into entry values (1, ?, ?)').run('u1@example.org', '{"source":"manual"}')
  return { path, writer }
}

test('a kept answer lasts until the writer changes the file', () => {
  const { path, writer } = written('changed.db', true)
  const replica = openReplica(path)
  const ask = (key: string) => replica.lookUp('ten_a', 'recipient', key)
  const listed = { kind: 'known', value: { source: 'manual' } }
  const unlisted = { kind: 'known', value: null }
  for (let time = 0; time < 3; time++) {
    assert.deepEqual(ask('u1@example.org'), listed)
    assert.deepEqual(ask('u2@example.org'), unlisted)
    assert.deepEqual(replica.lookUp('ten_b', 'recipient', 'u1@example.org'), unlisted)
    replica.position() // Ends the view; the next one finds the file as it was.
  }
  writer.exec('delete from entry; insert into entry values (1, \'u2@example.org\', \'{"source":"manual"}\')')
  assert.equal(replica.position(), 1)
  assert.deepEqual(ask('u1@example.org'), unlisted)
  assert.deepEqual(ask('u2@example.org'), listed)
  replica.close()
  writer.close()
})

test('while the file is filled, nobody is said to be missing, and that is not kept', () => {
  const { path, writer } = written('filling.db', false)
  const replica = openReplica(path)
  assert.equal(replica.lookUp('ten_a', 'recipient', 'u1@example.org').kind, 'known')
  assert.equal(replica.lookUp('ten_a', 'recipient', 'u2@example.org').kind, 'failed')
  writer.exec("update meta set value = 1 where name = 'complete'")
  replica.position()
  assert.deepEqual(replica.lookUp('ten_a', 'recipient', 'u2@example.org'), { kind: 'known', value: null })
  replica.close()
  writer.close()
})
