// Listeners: whose connection it is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peerAddress } from './listener.ts'

test('a link-local client is known by its address, whatever interface it came in by', () => {
  assert.equal(peerAddress('fe80::5054:ff:fe12:3456%eth0'), 'fe80::5054:ff:fe12:3456')
  assert.equal(peerAddress('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(peerAddress('2001:db8::1'), '2001:db8::1')
  assert.equal(peerAddress(''), null)
})
