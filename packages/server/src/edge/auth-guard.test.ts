// Abuse case 16: wrong passwords from one address, and 10,000 spread over addresses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AuthGuard } from './auth-guard.ts'

test('abuse case 16: an address that guesses gets slow, is closed, and comes back after a minute', () => {
  const guard = new AuthGuard()
  const answers = Array.from({ length: 12 }, () => guard.failed('203.0.113.9', 'host', 0))
  assert.deepEqual(answers, [
    ...new Array<string>(3).fill('answer'),
    ...new Array<string>(7).fill('slow'),
    'close',
    'close',
  ])
  assert.equal(guard.isClosed('203.0.113.9', 59_000), true)
  assert.equal(guard.isClosed('203.0.113.9', 61_000), false)
})

test('abuse case 16: 10,000 wrong passwords from as many addresses lock out nobody who knows the right one', () => {
  const guard = new AuthGuard()
  guard.succeeded('192.0.2.10', 'host')
  for (let at = 0; at < 10_000; at += 1) guard.failed(`2001:db8:${at.toString(16)}::`, 'host', 0)
  assert.equal(guard.mustWait('192.0.2.10', 'host', 1_000), false, 'the host goes on at once')
  assert.equal(guard.mustWait('198.51.100.1', 'host', 1_000), true, 'a stranger waits')
  assert.equal(guard.isClosed('198.51.100.1', 1_000), false, 'and is answered all the same')
  assert.equal(guard.mustWait('198.51.100.1', 'another', 1_000), false, 'other names are not concerned')
})

test('a success forgives the address', () => {
  const guard = new AuthGuard()
  for (let at = 0; at < 10; at += 1) guard.failed('192.0.2.10', 'host', 0)
  guard.succeeded('192.0.2.10', 'host')
  assert.equal(guard.failed('192.0.2.10', 'host', 1), 'answer')
})
