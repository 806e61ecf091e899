// Limits: a worker's share, clients as networks, counters that forget.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  COUNTED_CLIENTS_MAX,
  COUNTING_WINDOW_MS,
  ConnectionCounter,
  clientKey,
  limitsOf,
  patience,
  WindowCounter,
} from './limits.ts'

test('a worker takes its share of the limits of a node, rounded up', () => {
  const node = {
    messageBytes: 1_000,
    recipientsPerMessage: 100,
    connections: 1_001,
    connectionsPerClient: 20,
    connectionsPerTenant: 25,
    commandErrors: 10,
    unknownRecipients: 20,
  }
  const share = limitsOf(node, 2)
  assert.deepEqual([share.connections, share.connectionsPerClient, share.connectionsPerTenant], [501, 10, 13])
  assert.deepEqual([share.messageBytes, share.recipientsPerMessage, share.commandErrors], [1_000, 100, 10])
  assert.deepEqual([share.unknownRecipientsSlow, share.unknownRecipientsClose], [10, 30])
})

test('an IPv4 address is a client, and so is a whole IPv6 /64', () => {
  assert.equal(clientKey('192.0.2.1'), '192.0.2.1')
  assert.equal(clientKey('2001:db8:1:2:3:4:5:6'), clientKey('2001:db8:1:2::1'))
  assert.notEqual(clientKey('2001:db8:1:2::1'), clientKey('2001:db8:1:3::1'))
})

test('connections are counted for all and for each client, and given back', () => {
  const counter = new ConnectionCounter({ connections: 3, connectionsPerClient: 2 })
  assert.equal(counter.enter('a'), null)
  assert.equal(counter.enter('a'), null)
  assert.equal(counter.isUnderPressure, false)
  assert.equal(counter.enter('a'), 'connections-per-client')
  assert.equal(counter.isUnderPressure, true)
  assert.equal(counter.enter('b'), 'connections')
  for (const key of ['a', 'a', 'b']) counter.leave(key)
  assert.equal(counter.total, 1)
  assert.equal(counter.enter('a'), null)
})

test('windows count a minute, and the oldest is forgotten when there are too many', () => {
  const counter = new WindowCounter()
  assert.deepEqual(
    [counter.add('a', 0), counter.add('a', 59_999), counter.add('a', COUNTING_WINDOW_MS)],
    [1, 2, 1],
  )
  for (let i = 0; i < COUNTED_CLIENTS_MAX + 10; i++) counter.add(`client ${i}`, COUNTING_WINDOW_MS)
  assert.equal(counter.size, COUNTED_CLIENTS_MAX)
  counter.sweep(COUNTING_WINDOW_MS * 2)
  assert.equal(counter.size, 0)
})

test('case 44: a clock that is set back an hour keeps nobody counted for that hour', () => {
  const counter = new WindowCounter()
  const hour = 3_600_000
  for (let i = 0; i < 5; i++) counter.add('a', hour)
  assert.deepEqual([counter.count('a', 0), counter.add('a', 0)], [0, 1])
  counter.add('b', hour)
  counter.sweep(0)
  assert.deepEqual([counter.count('a', 1), counter.size], [1, 1])
})

test('RFC 5321 §4.5.3.2: five minutes for a command, three for a block, less only under pressure', () => {
  assert.equal(patience('command', false), 300_000)
  assert.equal(patience('intake', false), 180_000)
  assert.ok(patience('command', true) < patience('command', false))
  assert.equal(patience('intake', true), 180_000)
})
