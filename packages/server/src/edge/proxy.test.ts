// PROXY protocol version 2, as proxies send it and as attackers might.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProxyHeader, parseProxyHeader, proxyHeader } from './proxy.ts'

const v4 = proxyHeader({ ip: '192.0.2.7', port: 50_000 }, { ip: '127.0.0.1', port: 25 })
const v6 = proxyHeader({ ip: '2001:db8::7', port: 50_000 }, { ip: '::1', port: 25 })

test('addresses of both families are read, whatever follows', () => {
  assert.deepEqual(parseProxyHeader(v4), { kind: 'proxied', length: 28, ip: '192.0.2.7', port: 50_000 })
  assert.deepEqual(parseProxyHeader(v6), { kind: 'proxied', length: 52, ip: '2001:db8::7', port: 50_000 })
  const followed = Buffer.concat([v4, Buffer.from('EHLO x\r\n')])
  assert.deepEqual(parseProxyHeader(followed), { kind: 'proxied', length: 28, ip: '192.0.2.7', port: 50_000 })
  const mapped = proxyHeader({ ip: '2001:db8::7', port: 1 }, { ip: '::1', port: 25 })
  mapped.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7], 16)
  assert.deepEqual(parseProxyHeader(mapped), { kind: 'proxied', length: 52, ip: '192.0.2.7', port: 1 })
})

test('every beginning of a header is incomplete, never something else', () => {
  for (const header of [v4, v6]) {
    for (let length = 1; length < header.length; length++) {
      assert.equal(parseProxyHeader(header.subarray(0, length)).kind, 'incomplete', String(length))
    }
  }
  assert.equal(parseProxyHeader(Buffer.from('PROX')).kind, 'incomplete')
})

test('TLVs behind the addresses are skipped; LOCAL and unknown families keep the connection itself', () => {
  const withTlv = Buffer.concat([v4, Buffer.from([4, 0, 1, 0])])
  withTlv.writeUInt16BE(16, 14)
  assert.equal(parseProxyHeader(withTlv).kind, 'proxied')
  const local = Buffer.from(v4)
  local[12] = 0x20
  assert.deepEqual(parseProxyHeader(local), { kind: 'local', length: 28 })
  const unix = Buffer.from(v4)
  unix[13] = 0x31
  assert.deepEqual(parseProxyHeader(unix), { kind: 'local', length: 28 })
})

test('what is no version 2 header is refused or absent', () => {
  const changed = (at: number, byte: number): Buffer => {
    const copy = Buffer.from(v4)
    copy[at] = byte
    return copy
  }
  assert.equal(parseProxyHeader(Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n')).kind, 'invalid')
  assert.equal(parseProxyHeader(changed(12, 0x11)).kind, 'invalid')
  assert.equal(parseProxyHeader(changed(12, 0x22)).kind, 'invalid')
  assert.equal(parseProxyHeader(changed(14, 0xff)).kind, 'invalid')
  assert.equal(parseProxyHeader(changed(15, 11)).kind, 'invalid')
  assert.equal(parseProxyHeader(changed(11, 13)).kind, 'absent')
  assert.equal(parseProxyHeader(Buffer.from('EHLO x\r\n')).kind, 'absent')
  assert.equal(parseProxyHeader(Buffer.alloc(0)).kind, 'absent')
})

test('a header is told from commands, also from empty lines', () => {
  assert.ok(isProxyHeader(v4))
  assert.ok(isProxyHeader(Buffer.from('PROXY UNKNOWN\r\n')))
  assert.ok(!isProxyHeader(Buffer.from('\r\n\r\nEHLO x\r\n')))
  assert.ok(!isProxyHeader(Buffer.from('\r\n')))
  assert.ok(!isProxyHeader(Buffer.from('EHLO x\r\n')))
})
