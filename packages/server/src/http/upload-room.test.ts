// Files that are uploaded at once have a bound in memory, and no organisation takes it from the others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UploadRoom } from './upload-room.ts'

const LIST = 20_000_000

test('an organisation has room for three of the largest lists, all of them for eight', () => {
  const room = new UploadRoom()
  const take = (tenant: string) => room.take(tenant, LIST)
  const given = [take('a'), take('a'), take('a')]
  assert.throws(() => take('a'), { problemName: 'too-many-attempts', retryAfterSeconds: 10 })
  for (const tenant of ['b', 'b', 'c', 'c', 'd']) take(tenant)
  assert.throws(() => take('e'), { problemName: 'too-many-attempts' })
  given[0]?.()
  given[0]?.()
  take('e')
  assert.throws(
    () => take('e'),
    { problemName: 'too-many-attempts' },
    'what was given back twice counts once',
  )
})

test('one that is larger than a share is read when it is the only one', () => {
  const room = new UploadRoom()
  const release = room.take('a', 100_000_000)
  assert.throws(() => room.take('a', 1), { problemName: 'too-many-attempts' })
  release()
  room.take('a', 1)
  assert.throws(() => room.take('a', 100_000_000), { problemName: 'too-many-attempts' })
})
