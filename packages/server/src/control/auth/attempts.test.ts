// Limits on guessing count a network of IPv6 as one client: a host there may take any of its addresses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignInAttempts } from './attempts.ts'

const RULES = { lockoutAttempts: 3, lockoutMinutes: 15 }
const addressOf = (host: number): string => `2001:db8:1:2::${host.toString(16)}`

function attempts(): SignInAttempts {
  return new SignInAttempts({ now: () => 1_000_000, sleep: async () => {} } as never)
}

test('one password for many accounts: addresses of one /64 spend from one budget', () => {
  const guard = attempts()
  const waits = Array.from({ length: 40 }, (_, at) =>
    guard.take({ account: `account ${at}`, from: addressOf(at + 1), isKnown: false }),
  )
  assert.equal(waits.filter((seconds) => seconds === 0).length, 20)
  assert.equal(guard.take({ account: 'other', from: '2001:db8:1:3::1', isKnown: false }), 0)
})

test('resets and looks are counted so as well', () => {
  const guard = attempts()
  const asked = (who: (host: number) => string) =>
    Array.from({ length: 30 }, (_, at) => guard.spend('resetFrom', who(at + 1))).filter((wait) => wait === 0)
  assert.equal(asked(addressOf).length, 10)
  assert.equal(asked((host) => `share ${addressOf(host)}`).length, 10)
  assert.equal(asked((host) => `198.51.100.${host}`).length, 30)
})

test('a lock holds for the network, is shown as one, and goes with a right password there', () => {
  const guard = attempts()
  const attempt = (host: number) => ({ account: 'maya', from: addressOf(host), isKnown: false })
  for (const host of [1, 2]) assert.equal(guard.fail(attempt(host), RULES), false)
  assert.equal(guard.fail(attempt(3), RULES), true)
  assert.equal(guard.lockedSeconds(attempt(4)), 900)
  assert.equal(guard.lockedSeconds({ ...attempt(4), from: '2001:db8:1:3::4' }), 0)
  assert.deepEqual(
    guard.locksOf('maya').map(({ from }) => from),
    ['2001:db8:1:2::/64'],
  )
  guard.clear('maya', addressOf(9))
  assert.equal(guard.lockedSeconds(attempt(1)), 0)
})
