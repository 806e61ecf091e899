// Ids must sort by time, keep their kind and give their time back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, idTime, newId, newSecret } from './random.ts'

test('an id carries its kind and its time, and later ids sort later', () => {
  const at = 1_795_000_000_123
  const first = newId('msg', at)
  const second = newId('msg', at + 1)
  assert.match(first, /^msg_[0-9a-hjkmnp-tv-z]{26}$/)
  assert.equal(idTime(first), at)
  assert.ok(first < second)
  assert.equal(idTime('msg_short'), null)
})

test('two secrets differ and are kept as digests', () => {
  const secret = newSecret()
  assert.notEqual(secret, newSecret())
  assert.equal(digestOf(secret).length, 64)
})
