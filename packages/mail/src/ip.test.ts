// Addresses and ranges: one reading, canonical text, and no private target by a back door.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cidrContains,
  compileIpSet,
  formatCidr,
  isLinkLocal,
  isLoopback,
  isPrivate,
  normalizeIp,
  parseCidr,
  parseIp,
} from './ip.ts'

test('addresses have one text', () => {
  for (const [text, canonical] of [
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['1:2:3:4:5:6::8', '1:2:3:4:5:6:0:8'],
    ['1::', '1::'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
  ] as const) {
    assert.equal(normalizeIp(text), canonical, text)
  }
})

test('what is no address is refused', () => {
  for (const text of [
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.04',
    '00.0.0.0',
    '1.2.3.4 ',
    '0x1.2.3.4',
    '1..2.3',
    '.1.2.3.4',
    '1.2.3.',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3',
    '1.2.3.4::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '1:2:3:4:5:6:7:8::',
    '1'.repeat(100_000),
  ]) {
    assert.equal(parseIp(text).ok, false, text.slice(0, 60))
  }
})

test('ranges', () => {
  const contains = (range: string, ip: string) => {
    const cidr = parseCidr(range)
    const address = parseIp(ip)
    assert.ok(cidr.ok && address.ok)
    return cidrContains(cidr.value, address.value)
  }
  assert.equal(contains('192.0.2.0/24', '192.0.2.255'), true)
  assert.equal(contains('192.0.2.0/24', '192.0.3.0'), false)
  assert.equal(contains('192.0.2.128/25', '192.0.2.127'), false)
  assert.equal(contains('0.0.0.0/0', '203.0.113.1'), true)
  assert.equal(contains('0.0.0.0/0', '::1'), false)
  assert.equal(contains('2001:db8::/33', '2001:db8:8000::'), false)
  assert.equal(contains('::ffff:192.0.2.0/120', '192.0.2.9'), true)
  const host = parseCidr('192.0.2.77/26')
  assert.equal(host.ok && formatCidr(host.value), '192.0.2.64/26')
  for (const text of [
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/-1',
    '192.0.2.0/08',
    '::/129',
    '192.0.2/24',
    'x/8',
  ]) {
    assert.equal(parseCidr(text).ok, false, text)
  }
})

test('sets of ranges', () => {
  const set = compileIpSet(['192.0.2.0/24', '198.51.100.7', '2001:db8::/32', 'nonsense'])
  for (const ip of ['192.0.2.1', '198.51.100.7', '2001:db8:1::1', '::ffff:192.0.2.1'])
    assert.equal(set.has(ip), true, ip)
  for (const ip of ['192.0.3.1', '198.51.100.8', '2001:db9::', 'nonsense', ''])
    assert.equal(set.has(ip), false, ip)
})

test('private, loopback, link-local', () => {
  for (const ip of [
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '127.0.0.1',
    '0.0.0.0',
    '100.64.0.1',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fd00:ec2::254',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'nonsense',
  ]) {
    assert.equal(isPrivate(ip), true, ip)
  }
  for (const ip of [
    '203.0.113.1',
    '8.8.8.8',
    '172.32.0.1',
    '2001:db8::1',
    '64:ff9b::808:808',
    '100.128.0.1',
  ]) {
    assert.equal(isPrivate(ip), false, ip)
  }
  assert.equal(isLoopback('127.8.8.8') && isLoopback('::1') && isLoopback('::ffff:127.0.0.1'), true)
  assert.equal(isLoopback('128.0.0.1') || isLoopback('nonsense'), false)
  assert.equal(isLinkLocal('169.254.169.254') && isLinkLocal('fe80::1') && !isLinkLocal('10.0.0.1'), true)
})
